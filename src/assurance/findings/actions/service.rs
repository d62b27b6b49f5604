//! Corrective actions: their rules.

use serde_json::{Value, json};

use super::{
    model::{CorrectiveAction, CorrectiveActionPatch, CorrectiveActionSort, NewCorrectiveAction},
    store,
};
use crate::{
    assurance::findings::{Finding, service::hold_certificates},
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{CorrectiveActionKind, FindingId},
        time::Date,
    },
    platform::{
        access::{Action, Ctx},
        batch::Operation,
        db::TenantTx,
        diary::Due,
        held,
        identity::members::Member,
        journal::{EventType, Ripple, Write},
        room::{self, Actions, Head, Room, Stored, Told},
    },
};

const NO_FINDING: &str = "is no finding here; GET /v1/findings lists them";
const NO_MEMBER: &str = "is not a member of this tenant; GET /v1/members lists them";

impl Room for CorrectiveAction {
    type New = NewCorrectiveAction;
    type Patch = CorrectiveActionPatch;
    type View = Self;
    const ACTIONS: Actions = Actions {
        read: Action::FindingRead,
        create: Action::CorrectiveActionCreate,
        update: Action::CorrectiveActionUpdate,
        delete: Action::CorrectiveActionDelete,
    };
    const TOLD: Told = Told {
        created: EventType::CorrectiveActionCreated,
        updated: EventType::CorrectiveActionUpdated,
        deleted: EventType::CorrectiveActionDeleted,
    };

    fn head(&mut self) -> Head<'_, CorrectiveActionKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewCorrectiveAction, ctx: &Ctx) -> Self {
        input.into_action(ctx.caller().tenant, ctx.id(), ctx.now())
    }
    fn apply(&mut self, patch: CorrectiveActionPatch) {
        patch.apply(self);
    }
    fn keep(&mut self, old: &Self) {
        self.round = old.round;
    }
    fn check(&self, today: Date) -> Result<()> {
        self.validate(today)
    }

    /// The certificates that follow what was found, and then the findings.
    async fn hold_first(tx: &mut Write, operations: &[Operation<Self>]) -> Result<()> {
        let ids = room::named(tx, operations).await?;
        let mut findings: Vec<_> = Self::by_ids(tx, &ids).await?.iter().map(|row| row.finding).collect();
        for one in operations {
            if let Operation::Create(new) | Operation::Put(_, new) = one {
                findings.push(new.finding);
            }
        }
        let found = Finding::by_ids(tx, &findings).await?;
        let audits: Vec<_> = found.iter().filter_map(|one| one.audit).collect();
        hold_certificates(tx, &audits).await?;
        held::hold_all(tx, &findings).await
    }

    async fn guard(tx: &mut Write, _: &Ctx, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        let mut faults = Faults::default();
        if let (Some(before), Some(after)) = (before, after) {
            let other = before.finding != after.finding;
            faults.when(other, "/finding", "stays as it is; enter another corrective action");
        }
        // A database does not say which of two references leads nowhere, so one of them is looked up.
        let was = before.and_then(|one| one.approved_by);
        let is = after.and_then(|one| one.approved_by).filter(|is| Some(*is) != was);
        if let Some(member) = is {
            faults.when(Member::find(tx, member).await?.is_none(), "/approved_by", NO_MEMBER);
        }
        faults.into_result()?;
        let Some(action) = before.or(after) else { return Ok(()) };
        let finding = Finding::find(tx, action.finding).await?;
        let missing = || Error::at(Code::Unprocessable, "/finding", NO_FINDING);
        let finding = finding.ok_or_else(missing)?;
        hold_certificates(tx, finding.audit.as_slice()).await?;
        tx.stir(Ripple::CorrectiveAction(action.finding));
        // What was judged was judged with these actions.
        if !finding.is_pending() || before.is_some_and(|one| one.round < finding.reopenings()) {
            let detail =
                "the finding was judged with this corrective action; reopen the finding and enter another";
            return Err(Error::new(Code::Conflict, detail));
        }
        Ok(())
    }

    async fn complete(tx: &mut Write, row: Self) -> Result<Self> {
        if row.version > 1 {
            return Ok(row);
        }
        let finding = Finding::find(tx, row.finding).await?;
        Ok(Self { round: finding.map_or(0, |one| one.reopenings()), ..row })
    }

    fn dues(&self) -> Option<Vec<Due>> {
        Some(self.due_dates())
    }
    async fn show(_: &mut TenantTx, rows: Vec<Self>, _: Date) -> Result<Vec<Self>> {
        Ok(rows)
    }
    fn place(_: CorrectiveActionSort) -> impl Fn(&Self) -> (Value, String) {
        |action| (json!(action.created_at), action.id.to_string())
    }
}

/// The first corrective actions of these findings in the order of their making, so many of each.
///
/// # Errors
/// When the caller may not read findings.
pub async fn first(ctx: &Ctx, findings: &[FindingId], each: u32) -> Result<Vec<CorrectiveAction>> {
    let permit = ctx.may(Action::FindingRead)?;
    store::first(&mut *permit.read().await?, findings, each).await
}
