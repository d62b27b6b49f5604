//! The event log of a certificate: what happened, on which day. Events are voided, never deleted.

use async_graphql::{InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    model::{CertificateNumber, CertificateScope, Facts},
    store::certification_events,
};
use crate::{
    assurance::audits::{AuditConclusion, AuditFact, AuditKind},
    bounded_text,
    kernel::{
        error::Faults,
        id::{ApplicabilityVersionId, CertificationBodyId, CertificationEventId, CertificationId, TenantId},
        text::{ShortCode, Title},
        time::{Date, Instant},
    },
    platform::{db::Doc, diary::Moment, journal::EventType},
    text_enum,
};

text_enum! {
    /// What happened to a certificate.
    CertificationEventType {
        /// A certificate already held was entered, or what it prints was corrected.
        RegisteredExisting = "registered_existing",
        /// The organisation applied for certification.
        Applied = "applied",
        /// A stage 1 audit was held.
        Stage1Completed = "stage_1_completed",
        /// A stage 2 audit was held.
        Stage2Completed = "stage_2_completed",
        /// The certification body granted certification.
        Granted = "granted",
        /// The certification body refused certification.
        Refused = "refused",
        /// A surveillance audit was held.
        SurveillanceCompleted = "surveillance_completed",
        /// A recertification audit was held.
        RecertificationAuditCompleted = "recertification_audit_completed",
        /// The certification body suspended it, whole or in part.
        Suspended = "suspended",
        /// The suspension was lifted.
        SuspensionLifted = "suspension_lifted",
        /// The certification body withdrew it.
        Withdrawn = "withdrawn",
        /// Its scope was extended or reduced.
        ScopeChanged = "scope_changed",
        /// It was renewed before its expiry.
        Recertified = "recertified",
        /// It was renewed within six months of its expiry.
        RestoredAfterExpiry = "restored_after_expiry",
        /// It was granted again after a new stage 2, later than that.
        ReinstatedAfterStage2 = "reinstated_after_stage_2",
        /// Another certification body took it over; this record goes on there.
        TransferredIn = "transferred_in",
        /// Another certification body took it over; this record ends.
        TransferredOut = "transferred_out",
        /// It moved to another edition of its standard.
        Transitioned = "transitioned",
        /// Its expiry was put off for an extraordinary event.
        ExpiryExtended = "expiry_extended",
        /// Its first surveillance was put off for an extraordinary event.
        SurveillancePostponed = "surveillance_postponed",
    }
}

impl CertificationEventType {
    /// What the journal calls it.
    pub(super) fn journalled(self) -> EventType {
        match self {
            Self::RegisteredExisting => EventType::CertificationRegistered,
            Self::Applied => EventType::CertificationApplied,
            Self::Stage1Completed => EventType::CertificationStage1Completed,
            Self::Stage2Completed => EventType::CertificationStage2Completed,
            Self::Granted => EventType::CertificationGranted,
            Self::Refused => EventType::CertificationRefused,
            Self::SurveillanceCompleted => EventType::CertificationSurveillanceCompleted,
            Self::RecertificationAuditCompleted => EventType::CertificationRecertificationAuditCompleted,
            Self::Suspended => EventType::CertificationSuspended,
            Self::SuspensionLifted => EventType::CertificationSuspensionLifted,
            Self::Withdrawn => EventType::CertificationWithdrawn,
            Self::ScopeChanged => EventType::CertificationScopeChanged,
            Self::Recertified => EventType::CertificationRecertified,
            Self::RestoredAfterExpiry => EventType::CertificationRestoredAfterExpiry,
            Self::ReinstatedAfterStage2 => EventType::CertificationReinstatedAfterStage2,
            Self::TransferredIn => EventType::CertificationTransferredIn,
            Self::TransferredOut => EventType::CertificationTransferredOut,
            Self::Transitioned => EventType::CertificationTransitioned,
            Self::ExpiryExtended => EventType::CertificationExpiryExtended,
            Self::SurveillancePostponed => EventType::CertificationSurveillancePostponed,
        }
    }

    /// Whether a certificate begins with it.
    pub fn is_root(self) -> bool {
        matches!(self, Self::RegisteredExisting | Self::Applied | Self::Granted)
    }

    /// Whether it is an audit, which has days of its own.
    pub fn is_audit(self) -> bool {
        use CertificationEventType as Type;
        matches!(
            self,
            Type::Stage1Completed
                | Type::Stage2Completed
                | Type::SurveillanceCompleted
                | Type::RecertificationAuditCompleted
        )
    }
}

text_enum! {
    /// In which way a scope changed.
    ScopeChange {
        /// More is covered.
        Extended = "extended",
        /// Less is covered.
        Reduced = "reduced",
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
    /// Why an event took place.
    EventReason: 1..=2000, like "The surveillance audit was not allowed in time.";
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

    pub(super) fn validate(&self, at: &str, today: Date, faults: &mut Faults) {
        let Some(anchor) = self.anchor() else {
            faults.when(true, format!("{at}/decision_on"), "must be given, or else valid_from");
            return;
        };
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
    /// What it came to; none of one that is kept in a log, which does not say.
    #[serde(skip)]
    #[graphql(skip)]
    pub conclusion: Option<AuditConclusion>,
}

/// What an event says beside its day; which of these, depends on its type.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject,
)]
#[serde(deny_unknown_fields, default)]
#[graphql(input_name = "CertificationEventDetailsInput")]
#[schema(as = CertificationEventDetails, example = json!({ "valid_from": "2028-01-15", "expires_on": "2031-03-10" }))]
pub struct CertificationEventDetails {
    /// Of a decision: the first valid day, on or after the decision; the day of the decision unless said.
    pub valid_from: Option<Date>,
    /// Of a decision that begins a cycle: the last valid day that is printed; counted by the rules unless said.
    pub expires_on: Option<Date>,
    /// Of a suspension in part: the part that is suspended; all of it unless said.
    pub part: Option<CertificateScope>,
    /// Of a scope change: in which way.
    pub change: Option<ScopeChange>,
    /// Of a grant or a scope change: what is covered from then on.
    pub scope: Option<CertificateScope>,
    /// Of a grant, a renewal or a scope change: the version of the Statement of Applicability that is named.
    pub soa_version: Option<ShortCode>,
    /// The same by its id, where it is an approved version here; its label is then cited.
    pub soa_version_id: Option<ApplicabilityVersionId>,
    /// Of a transfer to another certification body: that body.
    pub certification_body: Option<CertificationBodyId>,
    /// Of a grant, a renewal or a transfer: the number that is printed from then on.
    pub number: Option<CertificateNumber>,
    /// Of a transition: the edition from then on.
    pub edition: Option<ShortCode>,
    /// Of a transition: the edition until then; told by the service.
    #[graphql(skip_input)]
    #[schema(read_only)]
    pub from_edition: Option<ShortCode>,
    /// Of what is put off: until when.
    pub until: Option<Date>,
    /// Of a decision: the people of the certification body who took it, none of whom audited.
    #[schema(max_items = 20)]
    pub decided_by: Option<Vec<Title>>,
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
    /// The order in which events of one day took effect: the order recorded, unless one was recorded before another.
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
    /// What else it says; null where its type says nothing more.
    #[schema(value_type = Option<CertificationEventDetails>)]
    pub details: Option<Doc<CertificationEventDetails>>,
    /// Why, where somebody said so.
    pub reason: Option<EventReason>,
    /// The rules that it contradicts, which were acknowledged when it was recorded.
    #[schema(value_type = Vec<ShortCode>, max_items = 50)]
    pub contradicts: Doc<Vec<ShortCode>>,
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
    /// A completed audit as the event that it is for a certificate; none of a kind that its cycle does not know. It is
    /// entered once, as an audit, and in no log.
    pub(super) fn of_audit(audit: &AuditFact, facts: &Facts) -> Option<Self> {
        let event = match audit.kind {
            AuditKind::Stage1 => CertificationEventType::Stage1Completed,
            AuditKind::Stage2 => CertificationEventType::Stage2Completed,
            AuditKind::Surveillance => CertificationEventType::SurveillanceCompleted,
            AuditKind::Recertification => CertificationEventType::RecertificationAuditCompleted,
            _ => return None,
        };
        let acknowledged = audit.acknowledged.as_ref();
        Some(Self {
            id: CertificationEventId::from_uuid(audit.id.uuid()),
            tenant_id: facts.tenant_id,
            certification_id: facts.id,
            // Before what was decided on the same day.
            sequence: 0,
            event,
            effective_on: audit.ended_on,
            audit: Some(Doc(AuditDays {
                started_on: audit.started_on,
                ended_on: audit.ended_on,
                conclusion: Some(audit.conclusion),
            })),
            printed: None,
            details: None,
            reason: None,
            contradicts: Doc(acknowledged.map(|one| one.rules.clone()).unwrap_or_default()),
            recorded_at: audit.recorded_at,
            voided_at: audit.voided_at,
            void_reason: None,
            version: 1,
        })
    }

    /// Whether it holds for what is asked: it stood and was known by then, and for a past day it had happened by then.
    pub fn holds(&self, moment: Moment) -> bool {
        moment.tells(self.recorded_at, self.voided_at, self.effective_on)
    }

    /// Its place among the events of a certificate: by its day, and then by its order on that day.
    pub(super) fn place(&self) -> (Date, i32) {
        (self.effective_on, self.sequence)
    }

    /// Whether it stands and took effect before another.
    pub(super) fn comes_before(&self, other: &Self) -> bool {
        self.voided_at.is_none() && self.place() < other.place()
    }

    /// Moves it to another day; an audit is then of that one day.
    pub(super) fn move_to(&mut self, day: Date) {
        self.effective_on = day;
        self.audit =
            self.audit.take().map(|held| Doc(AuditDays { started_on: day, ended_on: day, ..held.0 }));
    }

    /// Whether another tells of the same: what the service noted when it was recorded is no matter.
    pub(super) fn tells_of_the_same(&self, other: &Self) -> bool {
        let (one, two) = (self, other);
        let details = |of: &Self| CertificationEventDetails { from_edition: None, ..of.says() };
        (one.event, one.effective_on, &one.audit, &one.printed, &one.reason)
            == (two.event, two.effective_on, &two.audit, &two.printed, &two.reason)
            && details(one) == details(two)
    }

    /// What it says beside its day; of an event that says nothing more, nothing.
    pub fn says(&self) -> CertificationEventDetails {
        self.details.as_deref().cloned().unwrap_or_default()
    }
}
