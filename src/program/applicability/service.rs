//! Statements of applicability: their life, and what is wrong with them.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    check::{Check, Looked},
    entry::EntryView,
    model::{
        NewStatementOfApplicability, StatementOfApplicability, StatementOfApplicabilityPatch,
        StatementOfApplicabilitySort, with_annex,
    },
    sheet::sheet,
    store,
    versions::{self, Content, Differences},
};
use crate::{
    catalog::Framework,
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{StatementOfApplicabilityId, StatementOfApplicabilityKind},
        time::Date,
    },
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        journal::{EventType, Write},
        room::{self, Actions, Head, Room, Stored, Told},
    },
    program::{
        controls::Control,
        isms::{self, Taken, Treatment},
        risks::{Treated, residual, treated},
    },
};

impl Room for StatementOfApplicability {
    type New = NewStatementOfApplicability;
    type Patch = StatementOfApplicabilityPatch;
    type View = Self;
    const ACTIONS: Actions = Actions {
        read: Action::ApplicabilityRead,
        create: Action::ApplicabilityCreate,
        update: Action::ApplicabilityUpdate,
        delete: Action::ApplicabilityDelete,
    };
    const TOLD: Told = Told {
        created: EventType::StatementOfApplicabilityCreated,
        updated: EventType::StatementOfApplicabilityUpdated,
        deleted: EventType::StatementOfApplicabilityDeleted,
    };

    fn head(&mut self) -> Head<'_, StatementOfApplicabilityKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewStatementOfApplicability, ctx: &Ctx) -> Self {
        input.into_statement(ctx.caller().tenant, ctx.id(), ctx.now())
    }
    fn apply(&mut self, patch: StatementOfApplicabilityPatch) {
        patch.apply(self);
    }
    fn keep(&mut self, old: &Self) {
        self.draft_number = old.draft_number;
        self.approved.clone_from(&old.approved);
    }
    fn check(&self, _: Date) -> Result<()> {
        self.validate()
    }

    /// What it goes through stays, and what was approved is kept.
    async fn guard(_: &mut Write, _: &Ctx, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        let mut faults = Faults::default();
        match (before, after) {
            (Some(before), Some(after)) => {
                let told = "stays as it is; create another statement for another framework";
                faults.when(before.framework != after.framework, "/framework", told);
            }
            (Some(before), None) if before.approved.is_some() => {
                return Err(Error::new(Code::InUse, "the statement has approved versions, which are kept"));
            }
            _ => {}
        }
        faults.into_result()
    }
    async fn show(_: &mut TenantTx, rows: Vec<Self>, _: Date) -> Result<Vec<Self>> {
        Ok(rows)
    }
    fn place(sort: StatementOfApplicabilitySort) -> impl Fn(&Self) -> (Value, String) {
        use StatementOfApplicabilitySort as Sort;
        move |statement| {
            let key = match sort {
                Sort::Name | Sort::NameDescending => json!(statement.name),
                Sort::Oldest | Sort::Newest => json!(statement.created_at),
            };
            (key, statement.id.to_string())
        }
    }
}

/// What is wrong with a statement as it stands today.
///
/// # Errors
/// When the caller may not read statements or there is no such one.
pub async fn check(ctx: &Ctx, id: StatementOfApplicabilityId) -> Result<Check> {
    let permit = ctx.may(Action::ApplicabilityRead)?;
    let mut tx = permit.read().await?;
    let statement = room::found::<StatementOfApplicability>(&mut tx, id).await?;
    let entries = entries(&mut tx, &statement).await?;
    look(&mut tx, &statement, &entries, ctx.today()).await
}

/// The check of a statement with these entries on a day.
pub(super) async fn look(
    tx: &mut TenantTx,
    statement: &StatementOfApplicability,
    entries: &[EntryView],
    today: Date,
) -> Result<Check> {
    let (treated, treatment) = (treated(tx).await?, isms::treatment(tx).await?);
    let (taken, residual) = (taken(tx, &treatment).await?, residual(tx).await?);
    let approved = match statement.approved_number() {
        Some(number) => {
            let draft = Content::draft(statement, framework(statement)?, entries.to_vec());
            let kept = versions::store::version(tx, statement.id, number).await?;
            let differs = |(_, content)| Differences::between(&content, &draft).count();
            Some((number, kept.map_or(0, differs)))
        }
        None => None,
    };
    let statement_id = statement.id;
    Ok(Check::of(&Looked {
        statement_id,
        entries,
        treated: &treated,
        taken: &taken,
        treatment: &treatment,
        residual: &residual,
        approved,
        today,
    }))
}

/// What the actions of treatment plans take, each control with how it stands.
async fn taken(tx: &mut TenantTx, treatment: &Treatment) -> Result<Vec<Treated>> {
    let mut ids: Vec<_> = treatment.taken.iter().map(|one| one.control).collect();
    ids.sort_by_key(|id| id.uuid());
    ids.dedup();
    let known: HashMap<_, _> =
        Control::by_ids(tx, &ids).await?.into_iter().map(|control| (control.id, control)).collect();
    let treats = |one: &Taken| {
        let control = known.get(&one.control)?;
        Some(Treated {
            risk_code: one.risk_code.clone(),
            control: control.id,
            control_code: control.code.clone(),
            control_status: control.status,
        })
    };
    Ok(treatment.taken.iter().filter_map(treats).collect())
}

/// Every entry of a statement as it stands.
pub(super) async fn entries(
    tx: &mut TenantTx,
    statement: &StatementOfApplicability,
) -> Result<Vec<EntryView>> {
    let material = store::material(tx, statement.id, &statement.framework).await?;
    Ok(sheet(tx.tenant(), statement.id, framework(statement)?, material))
}

/// The framework that a stored statement goes through.
pub(super) fn framework(statement: &StatementOfApplicability) -> Result<&'static Framework> {
    let gone = || Error::internal(format!("{} has no Annex A", statement.framework));
    with_annex(&statement.framework).ok_or_else(gone)
}
