//! A step of an engagement on whichever day, and which rules bind it.

use uuid::Uuid;

use crate::{
    assurance::attestations::{
        engine::Around,
        facts::{
            BridgeLetter, IssuedReport, ManagementAssertion, Opinion, OpinionPart, PartOpinion, ReportWindow,
            ServiceAuditor,
        },
        log::{AttestationEvent, AttestationEventDetails, AttestationEventType as Type, NewAttestationEvent},
        rules::RULES,
        scope::{AttestationScope, TrustCategory, all},
    },
    catalog::advice::ReportType,
    kernel::{
        id::Id,
        text::Prose,
        time::{Date, Instant},
    },
    platform::{
        db::Doc,
        diary::{ASSUMED, place_in_day},
    },
};

/// An event on whichever day.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it will be.
    pub(super) event: Type,
    /// How many months its period has, of one that is opened.
    months: i32,
    /// The kind of report, which says on what there are opinions.
    report: ReportType,
    /// What it tells, where that is given.
    given: Option<NewAttestationEvent>,
    /// Its place among the events of its day.
    pub(super) order: i32,
}

impl Step {
    pub(super) fn given(new: NewAttestationEvent, report: ReportType, nth: i32) -> Self {
        let bare = Self::wished(new.event, 0, report, nth);
        Self { given: Some(new), ..bare }
    }

    pub(super) fn wished(event: Type, months: i32, report: ReportType, nth: i32) -> Self {
        Self { event, months, report, given: None, order: place_in_day(rank(event), nth) }
    }

    pub(super) fn assumed(event: Type, months: i32, report: ReportType) -> Self {
        Self::wished(event, months, report, ASSUMED)
    }

    /// The event of a day; nothing of it is recorded, so that it has no id.
    pub(super) fn on(&self, day: Date) -> AttestationEvent {
        let nothing = Uuid::nil();
        AttestationEvent {
            id: Id::from_uuid(nothing),
            tenant_id: Id::from_uuid(nothing),
            attestation_id: Id::from_uuid(nothing),
            sequence: self.order,
            event: self.event,
            effective_on: day,
            details: Doc(self.details(day)),
            contradicts: Doc(Vec::new()),
            reason: None,
            recorded_at: Instant::from_micros(0),
            voided_at: None,
            void_reason: None,
            version: 1,
        }
    }

    fn details(&self, day: Date) -> AttestationEventDetails {
        match &self.given {
            Some(new) => moved(new.details(), day),
            None => self.least(day),
        }
    }

    /// The least that an event has to tell for the engine to take it in: who it will be and which opinion is not known.
    fn least(&self, day: Date) -> AttestationEventDetails {
        let nothing = AttestationEventDetails::default();
        match self.event {
            Type::ScopeSet => {
                let scope = AttestationScope {
                    categories: vec![TrustCategory::Security],
                    ..AttestationScope::default()
                };
                AttestationEventDetails { scope: Some(scope), ..nothing }
            }
            Type::AuditorEngaged => AttestationEventDetails { auditor: somebody(), ..nothing },
            Type::AsOfSet => AttestationEventDetails { as_of: Some(day), ..nothing },
            Type::WindowOpened => {
                let window = ReportWindow { start: day, months: Some(self.months), end: None };
                AttestationEventDetails { window: Some(window.settled()), ..nothing }
            }
            Type::AssertionSigned => {
                let signed_by = "Management".parse().ok();
                let assertion = signed_by.map(|signed_by| ManagementAssertion { signed_by, signed_on: day });
                AttestationEventDetails { assertion, ..nothing }
            }
            Type::Issued => AttestationEventDetails { report: Some(self.unqualified(day)), ..nothing },
            Type::BridgeIssued => AttestationEventDetails { bridge: letter(day), ..nothing },
            _ => nothing,
        }
    }

    fn unqualified(&self, report_date: Date) -> IssuedReport {
        let parts: &[OpinionPart] = match self.report {
            ReportType::Type1 => &[OpinionPart::Description, OpinionPart::Design],
            ReportType::Type2 => &[OpinionPart::Description, OpinionPart::Design, OpinionPart::Operation],
        };
        let opinion = Opinion::Unqualified;
        let part = |part: &OpinionPart| PartOpinion { part: *part, opinion, basis: Prose::default() };
        IssuedReport { report_date, opinion, parts: parts.iter().map(part).collect() }
    }

    /// Whether a rule binds it: those of days and of order, and of what is given those that follow from what it says.
    pub(super) fn is_bound_by(&self, rule: &str) -> bool {
        let of_days = [&RULES.order, &RULES.type_1, &RULES.type_2, &RULES.report_date, &RULES.bridge_letter];
        let of_itself = match self.event {
            Type::ScopeSet => rule == RULES.common_criteria.id || rule == RULES.categories.id,
            Type::AuditorEngaged => rule == RULES.practitioner.id,
            Type::Issued => rule == RULES.opinion.id,
            _ => false,
        };
        of_days.iter().any(|one| one.id == rule) || (self.given.is_some() && of_itself)
    }
}

/// The order of what happens on one day.
fn rank(event: Type) -> i32 {
    match event {
        Type::ScopeSet => 0,
        Type::AuditorEngaged => 1,
        Type::ReadinessDone => 2,
        Type::AsOfSet | Type::WindowOpened => 3,
        Type::EvidenceChecked => 4,
        Type::WindowClosed => 5,
        Type::AssertionSigned => 6,
        Type::FieldworkStarted => 7,
        Type::DraftingStarted => 8,
        Type::Issued | Type::RegisterIssuedReport => 9,
        Type::BridgeIssued | Type::Recalled | Type::Cancelled => 10,
    }
}

/// What is told, of another day: what bears a day of its own moves with it.
fn moved(mut told: AttestationEventDetails, day: Date) -> AttestationEventDetails {
    if let Some(window) = &mut told.window {
        let length = u64::try_from(window.last().days_since(window.start)).unwrap_or(0);
        let months = window.months.and_then(|months| u32::try_from(months).ok());
        window.end = Some(months.map_or(day.plus_days(length), |months| day.period_end(months)));
        window.start = day;
    }
    if let Some(assertion) = &mut told.assertion {
        assertion.signed_on = day;
    }
    if let Some(report) = &mut told.report {
        report.report_date = day;
    }
    if let Some(letter) = &mut told.bridge {
        letter.signed_on = day;
    }
    told
}

/// Somebody who is still to be found.
fn somebody() -> Option<ServiceAuditor> {
    let firm = "To be engaged".parse().ok()?;
    Some(ServiceAuditor {
        firm,
        licence: None,
        jurisdiction: None,
        standard: None,
        peer_reviewed_on: None,
        independence_confirmed: false,
    })
}

/// A letter that speaks of the days until its signature.
fn letter(day: Date) -> Option<BridgeLetter> {
    let signed_by = "Management".parse().ok()?;
    let (changes, reminds_of_user_controls) = (Prose::default(), true);
    Some(BridgeLetter { covers_through: day, signed_on: day, signed_by, changes, reminds_of_user_controls })
}

/// Controls as readiness wants them: what is asked of them binds no day.
pub(super) fn everything() -> Around {
    let every = || all().iter().map(|one| one.id.clone()).collect();
    Around { owned: every(), implemented: every(), released: 0 }
}
