//! An event to record: what each type takes.

use async_graphql::InputObject;
use serde::Deserialize;
use utoipa::ToSchema;

use super::log::{
    AuditDays, CertificationEvent, CertificationEventDetails, CertificationEventType, EventReason,
    PrintedDates, VoidReason,
};
use crate::{
    kernel::{
        error::{Faults, Result},
        id::{CertificationEventId, CertificationId, TenantId},
        patch,
        text::ShortCode,
        time::{Date, Instant},
    },
    platform::db::Doc,
};

/// Rules that one event may acknowledge.
pub const MAX_ACKNOWLEDGED: usize = 20;

/// People who take one decision.
const MAX_DECIDERS: usize = 20;

/// An event to record.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "type": "surveillance_completed", "started_on": "2026-02-10", "ended_on": "2026-02-12" }))]
pub struct NewCertificationEvent {
    /// What happened.
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    pub event: CertificationEventType,
    /// The day on which it took effect, of a decision the day of the decision; for all but audits and registrations,
    /// which have days of their own.
    #[serde(default)]
    pub effective_on: Option<Date>,
    /// The first day of an audit; its last day unless said.
    #[serde(default)]
    #[schema(example = "2026-02-10")]
    pub started_on: Option<Date>,
    /// The last day of an audit.
    #[serde(default)]
    #[schema(example = "2026-02-12")]
    pub ended_on: Option<Date>,
    /// The event of the same day before which it took effect; the last of its day unless said. For an event that is recorded
    /// by itself: those that are told together keep the order in which they are written.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub before: Option<CertificationEventId>,
    /// What the certificate prints, all of it: for `registered_existing`, which replaces an earlier registration.
    #[serde(default)]
    #[schema(nullable = true, example = json!(null))]
    pub printed: Option<PrintedDates>,
    /// What else it says.
    #[serde(default, deserialize_with = "patch::object_or_null")]
    #[schema(nullable = true, example = json!(null))]
    pub details: Option<CertificationEventDetails>,
    /// Why: for what was suspended, withdrawn, refused or put off, and for what contradicts a rule.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub reason: Option<EventReason>,
    /// The rules that it contradicts, by their ids: it is stored all the same, and flagged.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub acknowledge: Vec<ShortCode>,
}

/// A detail of an event: its name, and whether it is there.
type Detail = (&'static str, fn(&CertificationEventDetails) -> bool);

const DETAILS: [Detail; 12] = [
    ("valid_from", |said| said.valid_from.is_some()),
    ("expires_on", |said| said.expires_on.is_some()),
    ("part", |said| said.part.is_some()),
    ("change", |said| said.change.is_some()),
    ("scope", |said| said.scope.is_some()),
    ("soa_version", |said| said.soa_version.is_some()),
    ("soa_version_id", |said| said.soa_version_id.is_some()),
    ("certification_body", |said| said.certification_body.is_some()),
    ("number", |said| said.number.is_some()),
    ("edition", |said| said.edition.is_some()),
    ("until", |said| said.until.is_some()),
    ("decided_by", |said| said.decided_by.is_some()),
];

impl CertificationEventType {
    /// The details that an event of this type must have, and those that it may have.
    const fn details(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Granted => (
                &[],
                &[
                    "valid_from",
                    "expires_on",
                    "scope",
                    "soa_version",
                    "soa_version_id",
                    "number",
                    "decided_by",
                ],
            ),
            Self::Recertified | Self::RestoredAfterExpiry | Self::ReinstatedAfterStage2 => {
                (&[], &["valid_from", "expires_on", "soa_version", "soa_version_id", "number", "decided_by"])
            }
            Self::Suspended => (&[], &["part"]),
            Self::ScopeChanged => {
                (&["change", "scope"], &["valid_from", "soa_version", "soa_version_id", "decided_by"])
            }
            Self::TransferredIn => {
                (&["certification_body"], &["valid_from", "number", "soa_version", "soa_version_id"])
            }
            Self::Transitioned => (&["edition"], &["valid_from"]),
            Self::ExpiryExtended | Self::SurveillancePostponed => (&["until"], &[]),
            _ => (&[], &[]),
        }
    }

    const fn wants_reason(self) -> bool {
        matches!(
            self,
            Self::Suspended
                | Self::Withdrawn
                | Self::Refused
                | Self::ExpiryExtended
                | Self::SurveillancePostponed
        )
    }
}

impl NewCertificationEvent {
    /// An event of this type that says nothing yet.
    pub(super) fn of(event: CertificationEventType) -> Self {
        Self {
            event,
            effective_on: None,
            started_on: None,
            ended_on: None,
            before: None,
            printed: None,
            details: None,
            reason: None,
            acknowledge: Vec::new(),
        }
    }

    /// A registration with these dates.
    pub(super) fn registration(printed: PrintedDates) -> Self {
        Self { printed: Some(printed), ..Self::of(CertificationEventType::RegisteredExisting) }
    }

    /// Notes a place among the events of its day: one that is told with others has that by where it is written.
    pub(super) fn unplaced(&self, at: &str, faults: &mut Faults) {
        let placed = self.before.is_some();
        faults.when(
            placed,
            format!("{at}/before"),
            "must be left out: the order in which they are written counts",
        );
    }

    fn validate(&self, at: &str, today: Date, faults: &mut Faults) {
        self.validate_days(at, today, faults);
        self.validate_printed(at, today, faults);
        self.validate_details(at, faults);
        let reason = self.reason.is_none();
        faults.when(
            reason && self.event.wants_reason(),
            format!("{at}/reason"),
            format!("must say why it was {}", self.event),
        );
        faults.when(
            reason && !self.acknowledge.is_empty(),
            format!("{at}/reason"),
            "must say why the acknowledged rules did not hold",
        );
        faults.once_each(&format!("{at}/acknowledge"), &self.acknowledge, MAX_ACKNOWLEDGED);
    }

    fn validate_days(&self, at: &str, today: Date, faults: &mut Faults) {
        let audit = self.event.is_audit();
        let registration = self.event == CertificationEventType::RegisteredExisting;
        let misplaced = !audit && (self.started_on.is_some() || self.ended_on.is_some());
        faults.when(misplaced, format!("{at}/ended_on"), "goes with an audit alone");
        let unsaid = audit && self.ended_on.is_none();
        faults.when(unsaid, format!("{at}/ended_on"), "must be the audit's last day");
        let own = self.effective_on.is_some() && (audit || registration);
        faults.when(own, format!("{at}/effective_on"), "follows from the event's own days");
        let undated = self.effective_on.is_none() && !audit && !registration;
        faults.when(undated, format!("{at}/effective_on"), "must be the day on which it took effect");
        for (name, day) in [("ended_on", self.ended_on), ("effective_on", self.effective_on)] {
            let future = day.is_some_and(|day| day > today);
            faults.when(future, format!("{at}/{name}"), "must not be in the future");
        }
        let backwards = matches!((self.started_on, self.ended_on), (Some(first), Some(last)) if first > last);
        faults.when(backwards, format!("{at}/started_on"), "must not be after ended_on");
    }

    fn validate_printed(&self, at: &str, today: Date, faults: &mut Faults) {
        let registration = self.event == CertificationEventType::RegisteredExisting;
        let at = format!("{at}/printed");
        match &self.printed {
            Some(printed) if registration => printed.validate(&at, today, faults),
            None if registration => {
                faults.when(true, at, "must say what the certificate prints");
            }
            printed => {
                faults.when(printed.is_some(), at, "goes with registered_existing alone");
            }
        }
    }

    fn validate_details(&self, at: &str, faults: &mut Faults) {
        let (must, may) = self.event.details();
        let said = self.details.clone().unwrap_or_default();
        for (name, is_said) in DETAILS {
            let at = format!("{at}/details/{name}");
            if is_said(&said) {
                let known = must.contains(&name) || may.contains(&name);
                faults.when(!known, at, format!("does not go with {}", self.event));
            } else {
                faults.when(must.contains(&name), at, format!("must be given with {}", self.event));
            }
        }
        let deciders = said.decided_by.as_deref().unwrap_or_default();
        faults.once_each(&format!("{at}/details/decided_by"), deciders, MAX_DECIDERS);
        let told = said.from_edition.is_some();
        faults.when(told, format!("{at}/details/from_edition"), "is told by the service");
        let start = said.valid_from.or(self.effective_on);
        let early = matches!((said.expires_on, start), (Some(last), Some(start)) if last <= start);
        faults.when(early, format!("{at}/details/expires_on"), "must be later than its start");
        let back = matches!((said.until, self.effective_on), (Some(until), Some(on)) if until <= on);
        faults.when(back, format!("{at}/details/until"), "must be later than effective_on");
    }

    /// The day on which it took effect; none where it says none.
    pub fn effective_on(&self) -> Option<Date> {
        let own = self.ended_on.or_else(|| self.printed.as_ref().and_then(PrintedDates::anchor));
        own.or(self.effective_on)
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
        let days = |ended_on| AuditDays {
            started_on: new.started_on.unwrap_or(ended_on),
            ended_on,
            conclusion: None,
        };
        Some(CertificationEvent {
            id: self.id,
            tenant_id: self.tenant_id,
            certification_id: self.certification_id,
            sequence: self.sequence,
            event: new.event,
            effective_on,
            audit: new.ended_on.map(days).map(Doc),
            printed: new.printed.map(Doc),
            details: new.details.map(Doc),
            reason: new.reason,
            contradicts: Doc(new.acknowledge),
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
