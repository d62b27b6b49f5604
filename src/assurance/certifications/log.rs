//! The event log of a certificate: what happened, on which day. Events are voided, never deleted.

use async_graphql::{InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::certification_events;
use crate::{
    bounded_text,
    kernel::{
        error::{Faults, Result},
        id::{CertificationEventId, CertificationId, TenantId},
        time::{Date, Instant},
    },
    platform::{db::Doc, diary::AsOf, journal::EventType},
    text_enum,
};

text_enum! {
    /// What happened to a certificate.
    CertificationEventType {
        /// A certificate already held was entered, or what it prints was corrected.
        RegisteredExisting = "registered_existing",
        /// A stage 1 audit was held.
        Stage1Completed = "stage_1_completed",
        /// A stage 2 audit was held.
        Stage2Completed = "stage_2_completed",
        /// A surveillance audit was held.
        SurveillanceCompleted = "surveillance_completed",
        /// A recertification audit was held.
        RecertificationAuditCompleted = "recertification_audit_completed",
    }
}

impl CertificationEventType {
    /// What the journal calls it.
    pub(super) fn journalled(self) -> EventType {
        match self {
            Self::RegisteredExisting => EventType::CertificationRegistered,
            Self::Stage1Completed => EventType::CertificationStage1Completed,
            Self::Stage2Completed => EventType::CertificationStage2Completed,
            Self::SurveillanceCompleted => EventType::CertificationSurveillanceCompleted,
            Self::RecertificationAuditCompleted => EventType::CertificationRecertificationAuditCompleted,
        }
    }
}

/// Years that a certificate may be valid at the most: three by the rules, more where a scheme of its own says so.
pub const MAX_YEARS: u32 = 10;
/// Events in the log of one certificate at the most.
pub const MAX_LOG: usize = 200;
/// Events after which only a corrected registration is still taken.
pub const MAX_AUDITS: usize = 150;

bounded_text! {
    /// Why an event is voided.
    VoidReason: 1..=2000, like "It was recorded for the wrong certificate.";
}

/// The dates that a certificate prints. The printed expiry wins over any computed one (convention A.3.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "PrintedDatesInput")]
pub struct PrintedDates {
    /// The day of the certification decision that began this cycle. Where it is not printed, dates are counted from
    /// `valid_from` and marked as assumed.
    #[serde(default)]
    #[schema(example = "2025-03-10")]
    pub decision_on: Option<Date>,
    /// The first valid day; on or after the decision. The day of the decision where it is not printed.
    #[serde(default)]
    #[schema(example = "2025-03-12")]
    pub valid_from: Option<Date>,
    /// The last valid day.
    #[schema(example = "2028-03-10")]
    pub expires_on: Date,
    /// When the organisation was first certified; tells the cycle where that is not given.
    #[serde(default)]
    pub original_certification_on: Option<Date>,
    /// The expiry before this cycle, from which the surveillance audits of a later cycle are counted (A.3.10).
    #[serde(default)]
    pub prior_expires_on: Option<Date>,
    /// Which three-year cycle this is, from 1.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100)]
    pub cycle: Option<i32>,
}

impl PrintedDates {
    /// The day from which the cycle is counted: the decision, or else the first valid day.
    pub fn anchor(&self) -> Option<Date> {
        self.decision_on.or(self.valid_from)
    }

    fn validate(&self, at: &str, today: Date, faults: &mut Faults) {
        let Some(anchor) = self.anchor() else {
            faults.when(true, format!("{at}/decision_on"), "must be given, or else valid_from");
            return;
        };
        let early = matches!((self.valid_from, self.decision_on), (Some(from), Some(on)) if from < on);
        let a08 =
            "must not be before decision_on: a certificate is effective on or after its decision (A-08)";
        faults.when(early, format!("{at}/valid_from"), a08);
        let future = self.decision_on.is_some_and(|on| on > today);
        faults.when(future, format!("{at}/decision_on"), "must not be in the future");
        let first_valid = self.valid_from.unwrap_or(anchor);
        faults.when(
            self.expires_on <= first_valid,
            format!("{at}/expires_on"),
            "must be later than its start",
        );
        let far = self.expires_on > anchor.plus_months(12 * MAX_YEARS);
        faults.when(
            far,
            format!("{at}/expires_on"),
            format!("must be within {MAX_YEARS} years of its start"),
        );
        let later = self.original_certification_on.is_some_and(|first| first > first_valid);
        faults.when(later, format!("{at}/original_certification_on"), "must not be later than valid_from");
        let overlaps = self.prior_expires_on.is_some_and(|prior| prior >= self.expires_on);
        faults.when(overlaps, format!("{at}/prior_expires_on"), "must be before expires_on");
        let numbered = self.cycle.is_none_or(|cycle| (1..=100).contains(&cycle));
        faults.when(!numbered, format!("{at}/cycle"), "must be from 1 to 100");
        let first = self.cycle == Some(1) && self.prior_expires_on.is_some();
        faults.when(first, format!("{at}/cycle"), "must be 2 or more where there is a prior expiry");
    }
}

/// The days of an audit that was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct AuditDays {
    /// Its first day.
    pub started_on: Date,
    /// Its last day, which is the one that counts (convention A.3.5).
    pub ended_on: Date,
}

/// Something that happened to a certificate on a day.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable,
)]
#[diesel(table_name = certification_events, treat_none_as_default_value = false)]
pub struct CertificationEvent {
    /// Its id.
    pub id: CertificationEventId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The certificate.
    pub certification_id: CertificationId,
    /// The order in which events of one day took effect.
    #[schema(minimum = 1)]
    pub sequence: i32,
    /// What happened.
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    pub event: CertificationEventType,
    /// The day from which it holds.
    pub effective_on: Date,
    /// The days of the audit; null where it is none.
    #[schema(value_type = Option<AuditDays>)]
    pub audit: Option<Doc<AuditDays>>,
    /// What the certificate prints; null but for a registration.
    #[schema(value_type = Option<PrintedDates>)]
    pub printed: Option<Doc<PrintedDates>>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// When it was voided; null while it stands.
    pub voided_at: Option<Instant>,
    /// Why it was voided.
    pub void_reason: Option<VoidReason>,
    /// 1; 2 once it is voided.
    #[schema(minimum = 1, maximum = 2)]
    pub version: i32,
}

impl CertificationEvent {
    /// Whether it holds for a day: it stands, and for a past day it had happened by then.
    pub fn holds(&self, as_of: AsOf) -> bool {
        self.voided_at.is_none() && self.effective_on <= as_of.settled_by()
    }
}

/// An event to record.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "type": "surveillance_completed", "started_on": "2026-02-10", "ended_on": "2026-02-12" }))]
pub struct NewCertificationEvent {
    /// What happened.
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    pub event: CertificationEventType,
    /// The first day of an audit; its last day unless said.
    #[serde(default)]
    #[schema(example = "2026-02-10")]
    pub started_on: Option<Date>,
    /// The last day of an audit.
    #[serde(default)]
    #[schema(example = "2026-02-12")]
    pub ended_on: Option<Date>,
    /// What the certificate prints, all of it: for `registered_existing`, which replaces an earlier registration.
    #[serde(default)]
    #[schema(nullable = true, example = json!(null))]
    pub printed: Option<PrintedDates>,
}

impl NewCertificationEvent {
    /// A registration with these dates.
    pub(super) fn registration(printed: PrintedDates) -> Self {
        let event = CertificationEventType::RegisteredExisting;
        Self { event, started_on: None, ended_on: None, printed: Some(printed) }
    }

    fn validate(&self, at: &str, today: Date, faults: &mut Faults) {
        let audit = self.event != CertificationEventType::RegisteredExisting;
        match &self.printed {
            Some(printed) if !audit => printed.validate(&format!("{at}/printed"), today, faults),
            None if !audit => {
                faults.when(true, format!("{at}/printed"), "must say what the certificate prints");
            }
            printed => {
                faults.when(
                    printed.is_some(),
                    format!("{at}/printed"),
                    "goes with registered_existing alone",
                );
            }
        }
        let misplaced = !audit && (self.started_on.is_some() || self.ended_on.is_some());
        faults.when(misplaced, format!("{at}/ended_on"), "goes with an audit alone");
        faults.when(
            audit && self.ended_on.is_none(),
            format!("{at}/ended_on"),
            "must be the audit's last day",
        );
        let future = self.ended_on.is_some_and(|last| last > today);
        faults.when(future, format!("{at}/ended_on"), "must not be in the future");
        let backwards = matches!((self.started_on, self.ended_on), (Some(first), Some(last)) if first > last);
        faults.when(backwards, format!("{at}/started_on"), "must not be after ended_on");
    }

    fn effective_on(&self) -> Option<Date> {
        self.ended_on.or_else(|| self.printed.as_ref().and_then(PrintedDates::anchor))
    }
}

/// Checks events; faults are told below `at`.
pub fn validate(events: &[(String, &NewCertificationEvent)], today: Date) -> Result<()> {
    let mut faults = Faults::default();
    for (at, event) in events {
        event.validate(at, today, &mut faults);
    }
    faults.into_result()
}

/// Where an event belongs, and when it was recorded.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    pub id: CertificationEventId,
    pub tenant_id: TenantId,
    pub certification_id: CertificationId,
    pub sequence: i32,
    pub recorded_at: Instant,
}

impl Slot {
    /// The event to store; none where it has no day, which [`validate`] refuses.
    pub fn fill(self, new: NewCertificationEvent) -> Option<CertificationEvent> {
        let effective_on = new.effective_on()?;
        let days = |ended_on| AuditDays { started_on: new.started_on.unwrap_or(ended_on), ended_on };
        Some(CertificationEvent {
            id: self.id,
            tenant_id: self.tenant_id,
            certification_id: self.certification_id,
            sequence: self.sequence,
            event: new.event,
            effective_on,
            audit: new.ended_on.map(days).map(Doc),
            printed: new.printed.map(Doc),
            recorded_at: self.recorded_at,
            voided_at: None,
            void_reason: None,
            version: 1,
        })
    }
}

/// What can change of a recorded event: that it does not stand.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct EventPatch {
    /// Why it never happened so; voids it.
    #[schema(example = "Entered twice")]
    pub void_reason: VoidReason,
}
