//! Programmes of internal audits (ISO/IEC 27001:2022 9.2.2): what is audited when, how, and by whom.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    editions::step,
    numbered::{self, Numbered},
    record::{Record, as_stored, room},
    rules::{self, not_yet},
    shape::record,
    store,
    texts::RecordText,
};
use crate::{
    batch,
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{AuditProgrammeId, IsmsRecordId},
        patch::Expected,
        text::Title,
        time::Date,
    },
    platform::{
        db::{Doc, TenantTx},
        diary::Due,
        journal::{EventType, Write},
        room::Told,
    },
    text_enum,
};

text_enum! {
    /// How far a programme has come.
    ProgrammeStatus default Draft {
        /// It is drawn up.
        Draft = "draft",
        /// It is carried out.
        Active = "active",
        /// Its period is over.
        Closed = "closed",
    }
}

/// An audit that a programme plans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "PlannedAuditInput")]
pub struct PlannedAudit {
    /// Its number, by which its milestone is known; given where it is not said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10000, example = json!(null))]
    pub number: Option<i32>,
    /// What is audited: clauses, controls, processes or sites.
    #[schema(example = "Clauses 4 to 10")]
    pub area: Title,
    /// By when.
    pub planned_on: Date,
    /// When it was held; null while it was not. An audit that says it is this one tells it by its last day.
    #[serde(default)]
    pub done_on: Option<Date>,
}

impl Numbered for PlannedAudit {
    fn number(&self) -> Option<i32> {
        self.number
    }
    fn number_mut(&mut self) -> &mut Option<i32> {
        &mut self.number
    }
    fn is_same(&self, other: &Self) -> bool {
        self.area == other.area && self.planned_on == other.planned_on
    }
}

/// Audits of one programme at the most.
const MOST: usize = 100;

record! {
    /// A programme of internal audits.
    #[graphql(complex)]
    AuditProgramme: AuditProgrammeKind, AuditProgrammeId,
    #[schema(example = json!({ "period_from": "2027-01-01", "period_to": "2027-12-31" }))] NewAuditProgramme,
    #[schema(example = json!({ "period_from": "2027-01-01", "period_to": "2027-12-31" }))] AuditProgrammePatch,
    AuditProgrammeFilter(ProgrammeStatus) {
        /// What it is called.
        #[schema(example = "Internal audits 2027")]
        title;
        must {
            /// Its first day.
            period_from: Date,
            /// Its last day.
            period_to: Date,
        }
        may {
            /// How often there are audits.
            #[schema(example = "Every process once a year, access control twice")]
            frequency: RecordText,
            /// How is audited.
            methods: RecordText,
            /// Who sees to what, and how auditors are impartial.
            responsibilities: RecordText,
            /// How an audit is planned.
            planning: RecordText,
            /// To whom is reported what.
            reporting: RecordText,
            /// How the importance of the processes and the results of earlier audits were considered.
            considered: RecordText,
        }
        refs {}
        with {
            /// The audits that it plans.
            #[schema(max_items = 100)]
            audits: Vec<PlannedAudit>,
            /// How far it has come; a draft unless said.
            status: ProgrammeStatus,
        }
        kept {}
    }
}

room!(AuditProgramme, AuditProgrammeKind);

impl AuditProgramme {
    /// What clause 9.2.2 asks for and it does not say.
    fn missing(&self) -> impl Iterator<Item = &'static str> {
        let parts = [
            ("/frequency", &self.frequency),
            ("/methods", &self.methods),
            ("/responsibilities", &self.responsibilities),
            ("/planning", &self.planning),
            ("/reporting", &self.reporting),
            ("/considered", &self.considered),
        ];
        parts.into_iter().filter(|(_, text)| text.is_none()).map(|(at, _)| at)
    }
}

impl Record for AuditProgramme {
    const NAME: &'static str = "audit_programme";
    const EVENTS: Told = Told {
        created: EventType::AuditProgrammeCreated,
        updated: EventType::AuditProgrammeUpdated,
        deleted: EventType::AuditProgrammeDeleted,
    };
    as_stored!();

    fn status(&self) -> &'static str {
        self.status.as_str()
    }
    fn faults(&self, today: Date, faults: &mut Faults) {
        faults.when(self.period_to < self.period_from, "/period_to", "must not be before period_from");
        faults.when(self.audits.len() > MOST, "/audits", format!("must have at most {MOST} items"));
        numbered::validate("/audits", &self.audits, faults);
        for (n, audit) in self.audits.iter().enumerate().take(MOST) {
            let outside = audit.planned_on < self.period_from || audit.planned_on > self.period_to;
            let told = "must lie in the programme's period";
            faults.when(outside, format!("/audits/{n}/planned_on"), told);
            not_yet(&format!("/audits/{n}/done_on"), audit.done_on, today, faults);
        }
        if self.status != ProgrammeStatus::Draft {
            let told =
                format!("{} must be said before the programme is active", rules::AUDITS_ARE_PLANNED.id);
            for at in self.missing() {
                faults.when(true, at, told.clone());
            }
            faults.when(self.audits.is_empty(), "/audits", told);
        }
    }
    fn dates(&self) -> Vec<Due> {
        // What was not held in a period that is over will not be any more.
        let waits = |audit: &&PlannedAudit| match self.status {
            ProgrammeStatus::Draft => false,
            ProgrammeStatus::Active => true,
            ProgrammeStatus::Closed => audit.done_on.is_some(),
        };
        let planned = self.audits.iter().filter(waits).filter_map(|audit| {
            let rule = rules::AUDITS_ARE_PLANNED.cite();
            let known = rules::due("planned_audit", "Audit of a programme", audit.planned_on, rule);
            let inputs = vec![rules::input("title", &self.title), rules::input("area", &audit.area)];
            Some(Due { cycle: audit.number?, done_on: audit.done_on, inputs: Doc(inputs), ..known })
        });
        planned.collect()
    }

    async fn completed(mut self, tx: &mut Write) -> Result<Self> {
        let stored = store::find::<Self>(tx, self.id).await?;
        numbered::number(&mut self.audits, stored.as_ref().map_or(&[], |one| &one.audits));
        // What an audit says that was held, nobody says otherwise here.
        for (_, number, held_on) in store::audits_of(tx, self.id).await? {
            let planned = self.audits.iter_mut().find(|one| one.number == Some(number));
            if let (Some(planned), Some(_)) = (planned, held_on) {
                planned.done_on = held_on;
            }
        }
        Ok(self)
    }

    /// What an audit says it is, stays.
    async fn ripple(tx: &mut Write, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        let Some(before) = before else { return Ok(()) };
        let mut left = after.map_or_else(Vec::new, |after| after.audits.clone());
        numbered::number(&mut left, &before.audits);
        let named = store::audits_of(tx, before.id).await?;
        match named.iter().find(|(_, number, _)| left.iter().all(|one| one.number != Some(*number))) {
            None => Ok(()),
            Some((audit, number, _)) => {
                let detail = format!(
                    "{audit} is audit {number} of this programme; keep that, or let the audit name another before it is held"
                );
                Err(Error::new(Code::InUse, detail))
            }
        }
    }
}

/// Holds a programme until the transaction ends: what an audit says of it stays true until then.
///
/// # Errors
/// When the database fails.
pub async fn hold(tx: &mut TenantTx, id: AuditProgrammeId) -> Result<()> {
    store::hold(tx, IsmsRecordId::from_uuid(id.uuid())).await
}

/// Notes on which day an audit of a programme was held, or that it was not; its milestone follows. For a write that has
/// been authorised.
///
/// # Errors
/// When two writes of the programme met, or the database fails.
pub async fn held(tx: &mut Write, id: AuditProgrammeId, number: i32, on: Option<Date>) -> Result<()> {
    hold(tx, id).await?;
    let Some(mut programme) = store::find::<AuditProgramme>(tx, id).await? else { return Ok(()) };
    match programme.audits.iter_mut().find(|one| one.number == Some(number)) {
        Some(planned) if planned.done_on != on => planned.done_on = on,
        _ => return Ok(()),
    }
    step(tx, programme, Expected::Any, EventType::AuditProgrammeUpdated).await.map(drop)
}

batch! {
    AuditProgramme, AuditProgrammeBatch, AuditProgrammeOperation { NewAuditProgramme, AuditProgrammeChange(AuditProgrammePatch), AuditProgrammePut, AuditProgrammeRemoval(AuditProgrammeId) }
}
