//! The event log of an attestation engagement: what happened, on which day, and when that was recorded. Events are voided, never
//! deleted.

use async_graphql::{InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    facts::{
        BridgeLetter, IssuedReport, ManagementAssertion, PrintedReport, Recall, ReportWindow, ServiceAuditor,
        validate_parts,
    },
    model::Facts,
    scope::{AttestationScope, Why},
    store::attestation_events,
};
use crate::{
    assurance::audits::Fieldwork,
    kernel::{
        error::{Faults, Result},
        id::{AttestationEventId, AttestationId, TenantId},
        text::ShortCode,
        time::{Date, Instant},
    },
    platform::{db::Doc, diary::Moment, journal::EventType},
    text_enum,
};

text_enum! {
    /// What happened to an engagement.
    AttestationEventType {
        /// It was settled what is addressed.
        ScopeSet = "scope_set",
        /// A practitioner was engaged.
        AuditorEngaged = "auditor_engaged",
        /// Each criterion has its controls, and each control its owner.
        ReadinessDone = "readiness_done",
        /// The day was settled of which a Type I report speaks.
        AsOfSet = "as_of_set",
        /// The period of a Type II report began.
        WindowOpened = "window_opened",
        /// The evidence of the controls was looked through, in the window.
        EvidenceChecked = "evidence_checked",
        /// The period ended.
        WindowClosed = "window_closed",
        /// The practitioner's fieldwork began; interim, where the window is still open.
        FieldworkStarted = "fieldwork_started",
        /// Management signed its assertion.
        AssertionSigned = "assertion_signed",
        /// The report is being drafted.
        DraftingStarted = "drafting_started",
        /// The report was issued.
        Issued = "issued",
        /// Management signed a bridge letter.
        BridgeIssued = "bridge_issued",
        /// A report already held was entered.
        RegisterIssuedReport = "register_issued_report",
        /// The report was recalled.
        Recalled = "recalled",
        /// The engagement ended without a report.
        Cancelled = "cancelled",
    }
}

impl AttestationEventType {
    /// What the journal calls it.
    pub(super) fn journalled(self) -> EventType {
        match self {
            Self::ScopeSet => EventType::AttestationScopeSet,
            Self::AuditorEngaged => EventType::AttestationAuditorEngaged,
            Self::ReadinessDone => EventType::AttestationReadinessDone,
            Self::AsOfSet => EventType::AttestationAsOfSet,
            Self::WindowOpened => EventType::AttestationWindowOpened,
            Self::EvidenceChecked => EventType::AttestationEvidenceChecked,
            Self::WindowClosed => EventType::AttestationWindowClosed,
            Self::FieldworkStarted => EventType::AttestationFieldworkStarted,
            Self::AssertionSigned => EventType::AttestationAssertionSigned,
            Self::DraftingStarted => EventType::AttestationDraftingStarted,
            Self::Issued => EventType::AttestationIssued,
            Self::BridgeIssued => EventType::AttestationBridgeIssued,
            Self::RegisterIssuedReport => EventType::AttestationReportRegistered,
            Self::Recalled => EventType::AttestationRecalled,
            Self::Cancelled => EventType::AttestationCancelled,
        }
    }

    /// What happened, for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::ScopeSet => "The scope is settled",
            Self::AuditorEngaged => "A practitioner is engaged",
            Self::ReadinessDone => "Readiness is complete",
            Self::AsOfSet => "The day of the report is settled",
            Self::WindowOpened => "The window opens",
            Self::EvidenceChecked => "The controls' evidence is checked",
            Self::WindowClosed => "The window is closed",
            Self::FieldworkStarted => "Fieldwork starts",
            Self::AssertionSigned => "Management signs its assertion",
            Self::DraftingStarted => "The report is drafted",
            Self::Issued => "The report is issued",
            Self::BridgeIssued => "A bridge letter is signed",
            Self::RegisterIssuedReport => "A report already held is entered",
            Self::Recalled => "The report is recalled",
            Self::Cancelled => "The engagement ends without a report",
        }
    }

    /// The field that tells more of it, where there is one; it has to be there.
    fn detail(self) -> Option<&'static str> {
        Some(match self {
            Self::ScopeSet => "scope",
            Self::AuditorEngaged => "auditor",
            Self::AsOfSet => "as_of",
            Self::WindowOpened => "window",
            Self::AssertionSigned => "assertion",
            Self::Issued => "report",
            Self::BridgeIssued => "bridge",
            Self::RegisterIssuedReport => "printed",
            Self::Recalled => "recall",
            _ => return None,
        })
    }
}

/// Events in the log of one engagement at the most.
pub const MAX_LOG: usize = 200;
/// Rules that one event may acknowledge.
const MAX_ACKNOWLEDGED: usize = 20;

macro_rules! details {
    ($($(#[$meta:meta])* $field:ident: $type:ty;)+) => {
        /// What an event tells beside its day: the one field that its type has, or none.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
        #[serde(default)]
        pub struct AttestationEventDetails { $($(#[$meta])* pub $field: Option<$type>,)+ }

        impl AttestationEventDetails {
            /// The fields that are there.
            fn told(&self) -> Vec<&'static str> {
                let all = [$((self.$field.is_some(), stringify!($field))),+];
                all.into_iter().filter_map(|(there, name)| there.then_some(name)).collect()
            }
        }

        /// An event to record.
        #[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
        #[serde(deny_unknown_fields)]
        #[schema(example = json!({ "type": "readiness_done", "on": "2026-03-31", "scope": null, "auditor": null,
            "as_of": null, "window": null, "assertion": null, "report": null, "bridge": null, "printed": null,
            "recall": null, "acknowledge": [], "reason": null }))]
        pub struct NewAttestationEvent {
            /// What happened.
            #[serde(rename = "type")]
            #[graphql(name = "type")]
            pub event: AttestationEventType,
            /// The day, today unless said. An event with a day of its own (a window's start, a signature, a report
            /// date) takes that.
            #[serde(default)]
            pub on: Option<Date>,
            $($(#[$meta])* #[serde(default)] pub $field: Option<$type>,)+
            /// Rules that speak against it, by their ids: it happened all the same.
            #[serde(default)]
            #[graphql(default)]
            #[schema(max_items = 20)]
            pub acknowledge: Vec<ShortCode>,
            /// Why it happened against those rules.
            #[serde(default)]
            pub reason: Option<Why>,
        }

        impl NewAttestationEvent {
            /// The event without its particulars.
            fn bare(event: AttestationEventType) -> Self {
                Self { event, on: None, $($field: None,)+ acknowledge: Vec::new(), reason: None }
            }

            /// What it tells, a window with its last day.
            pub fn details(&self) -> AttestationEventDetails {
                AttestationEventDetails { $($field: self.$field.clone()),+ }.settled()
            }
        }
    };
}

details! {
    /// What is addressed: of `scope_set`.
    #[schema(nullable = true)]
    scope: AttestationScope;
    /// Who was engaged: of `auditor_engaged`.
    #[schema(nullable = true)]
    auditor: ServiceAuditor;
    /// The day of which the report speaks: of `as_of_set`.
    as_of: Date;
    /// The period: of `window_opened`.
    #[schema(nullable = true)]
    window: ReportWindow;
    /// What was signed: of `assertion_signed`.
    #[schema(nullable = true)]
    assertion: ManagementAssertion;
    /// The report: of `issued`.
    #[schema(nullable = true)]
    report: IssuedReport;
    /// The letter: of `bridge_issued`.
    #[schema(nullable = true)]
    bridge: BridgeLetter;
    /// What a report already held prints: of `register_issued_report`.
    #[schema(nullable = true)]
    printed: PrintedReport;
    /// Why and who knows: of `recalled`.
    #[schema(nullable = true)]
    recall: Recall;
}

impl AttestationEventDetails {
    fn settled(self) -> Self {
        let printed =
            self.printed.map(|one| PrintedReport { window: one.window.map(ReportWindow::settled), ..one });
        Self { window: self.window.map(ReportWindow::settled), printed, ..self }
    }

    /// The day that the event has by itself.
    fn day(&self) -> Option<Date> {
        self.window
            .as_ref()
            .map(|window| window.start)
            .or(self.assertion.as_ref().map(|one| one.signed_on))
            .or(self.report.as_ref().map(|one| one.report_date))
            .or(self.bridge.as_ref().map(|one| one.signed_on))
            .or(self.printed.as_ref().map(|one| one.report_date))
    }
}

/// Something that happened to an engagement on a day.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable,
)]
#[diesel(table_name = attestation_events, treat_none_as_default_value = false)]
pub struct AttestationEvent {
    /// Its id.
    pub id: AttestationEventId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The engagement.
    pub attestation_id: AttestationId,
    /// The order in which events of one day took effect.
    #[schema(minimum = 1)]
    pub sequence: i32,
    /// What happened.
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    pub event: AttestationEventType,
    /// The day from which it holds.
    pub effective_on: Date,
    /// What it tells beside its day.
    #[serde(flatten)]
    #[graphql(flatten)]
    #[schema(value_type = AttestationEventDetails)]
    pub details: Doc<AttestationEventDetails>,
    /// The rules that it contradicts, which were acknowledged.
    #[schema(value_type = Vec<ShortCode>, max_items = 20)]
    pub contradicts: Doc<Vec<ShortCode>>,
    /// Why it happened against them.
    pub reason: Option<Why>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// When it was voided; null while it stands.
    pub voided_at: Option<Instant>,
    /// Why it was voided.
    pub void_reason: Option<Why>,
    /// 1; 2 once it is voided.
    #[schema(minimum = 1, maximum = 2)]
    pub version: i32,
}

impl AttestationEvent {
    /// Completed fieldwork as the event that it is for its engagement. It is entered once, as an audit, and in no log.
    pub(super) fn of_fieldwork(held: &Fieldwork, facts: &Facts) -> Self {
        let acknowledged = held.acknowledged.as_ref();
        Self {
            id: AttestationEventId::from_uuid(held.audit.uuid()),
            tenant_id: facts.tenant_id,
            attestation_id: facts.id,
            // Before what happened on the same day.
            sequence: 0,
            event: AttestationEventType::FieldworkStarted,
            effective_on: held.started_on,
            details: Doc(AttestationEventDetails::default()),
            contradicts: Doc(acknowledged.map(|one| one.rules.clone()).unwrap_or_default()),
            reason: acknowledged.and_then(|one| one.reason.as_str().parse().ok()),
            recorded_at: held.recorded_at,
            voided_at: held.voided_at,
            void_reason: None,
            version: 1,
        }
    }

    /// Whether it holds for a moment: it had been recorded and not voided by then, and for a past day it had happened.
    pub fn holds(&self, moment: Moment) -> bool {
        moment.tells(self.recorded_at, self.voided_at, self.effective_on)
    }

    /// Where an event stands in a list: its place in the order, and its id.
    pub(super) fn place(&self) -> (i32, String) {
        (self.sequence, self.id.to_string())
    }
}

impl NewAttestationEvent {
    /// A report already held.
    pub(super) fn registration(printed: PrintedReport) -> Self {
        Self { printed: Some(printed), ..Self::bare(AttestationEventType::RegisterIssuedReport) }
    }

    /// The day on which it took effect.
    pub fn effective_on(&self, today: Date) -> Date {
        self.details().day().or(self.on).unwrap_or(today)
    }

    /// Checks what can be told of it alone; faults are told below `at`.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self, at: &str, today: Date) -> Result<()> {
        let mut faults = Faults::default();
        let (details, wanted) = (self.details(), self.event.detail());
        for name in details.told() {
            let misplaced = wanted != Some(name);
            faults.when(misplaced, format!("{at}/{name}"), format!("does not go with {}", self.event));
        }
        let lacking = wanted.filter(|name| !details.told().contains(name));
        faults.when(lacking.is_some(), format!("{at}/{}", lacking.unwrap_or_default()), "must be told");
        let own = details.day().is_some() && self.on.is_some();
        faults.when(own, format!("{at}/on"), format!("follows from what {} tells; leave it out", self.event));
        let future = self.effective_on(today) > today;
        let place = if self.on.is_some() { "on" } else { wanted.unwrap_or("on") };
        let detail = "must not lie in the future: what is intended goes into the attestation's plan";
        faults.when(future, format!("{at}/{place}"), detail);
        self.validate_details(at, today, &mut faults);
        faults.when(
            self.acknowledge.len() > MAX_ACKNOWLEDGED,
            format!("{at}/acknowledge"),
            format!("must have at most {MAX_ACKNOWLEDGED} items"),
        );
        let unexplained = !self.acknowledge.is_empty() && self.reason.is_none();
        faults.when(unexplained, format!("{at}/reason"), "must say why it happened against those rules");
        faults.into_result()
    }

    fn validate_details(&self, at: &str, today: Date, faults: &mut Faults) {
        if let Some(scope) = &self.scope {
            scope.validate(&format!("{at}/scope"), faults);
        }
        if let Some(window) = &self.window {
            window.validate(&format!("{at}/window"), faults);
        }
        if let Some(report) = &self.report {
            validate_parts(&report.parts, &format!("{at}/report"), faults);
        }
        if let Some(printed) = &self.printed {
            let at = format!("{at}/printed");
            printed.scope.validate(&format!("{at}/scope"), faults);
            validate_parts(&printed.parts, &at, faults);
            let one = printed.as_of.is_some() != printed.window.is_some();
            faults.when(!one, format!("{at}/window"), "must be given, or else as_of, and not both");
            if let Some(window) = &printed.window {
                window.validate(&format!("{at}/window"), faults);
            }
        }
        let told = self.recall.as_ref().and_then(|one| one.release_list_notified_on);
        let future = told.is_some_and(|day| day > today);
        faults.when(future, format!("{at}/recall/release_list_notified_on"), "must not lie in the future");
    }
}

/// Where an event belongs, and when it was recorded.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    pub id: AttestationEventId,
    pub tenant_id: TenantId,
    pub attestation_id: AttestationId,
    pub sequence: i32,
    pub recorded_at: Instant,
}

impl Slot {
    /// The event to store, with the rules that it contradicts.
    pub fn fill(
        self,
        new: &NewAttestationEvent,
        contradicts: Vec<ShortCode>,
        today: Date,
    ) -> AttestationEvent {
        let reason = new.reason.clone().filter(|_| !contradicts.is_empty());
        AttestationEvent {
            id: self.id,
            tenant_id: self.tenant_id,
            attestation_id: self.attestation_id,
            sequence: self.sequence,
            event: new.event,
            effective_on: new.effective_on(today),
            details: Doc(new.details()),
            contradicts: Doc(contradicts),
            reason,
            recorded_at: self.recorded_at,
            voided_at: None,
            void_reason: None,
            version: 1,
        }
    }
}

/// What can change of a recorded event: that it does not stand.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct AttestationEventPatch {
    /// Why it never happened so; voids it.
    #[schema(example = "Entered twice")]
    pub void_reason: Why,
}
