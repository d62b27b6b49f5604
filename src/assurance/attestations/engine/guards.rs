//! The guard of each event (D.2): what the rules have against it, and what they would take instead.

use std::collections::BTreeSet;

use super::{AttestationState, Life, Terms};
use crate::{
    assurance::attestations::{
        description::PARTS,
        facts::{BridgeLetter, IssuedReport, OpinionPart, Recall, ServiceAuditor},
        log::{AttestationEventDetails, AttestationEventType},
        rules::RULES,
        scope::AttestationScope,
    },
    catalog::{Requirement, RequirementId, advice::ReportType},
    kernel::{error::Breach, time::Date},
};

/// What the guards look at beside the engagement itself.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Criteria that a control with an owner answers.
    pub owned: BTreeSet<RequirementId>,
    /// Criteria that an implemented control answers.
    pub implemented: BTreeSet<RequirementId>,
    /// Parties to whom the report was released.
    pub released: i64,
}

/// What the rules have against an event of this day, in the life that [`Life::judging`] tells; empty where they have nothing.
pub fn breaches(
    life: &Life,
    terms: &Terms<'_>,
    event: AttestationEventType,
    told: &AttestationEventDetails,
    day: Date,
    around: &Around,
) -> Vec<Breach> {
    use AttestationEventType as Type;
    let mut found = order(life, terms, event, day);
    found.extend(match event {
        Type::ScopeSet => told.scope.iter().flat_map(addressed).collect(),
        Type::AuditorEngaged => told.auditor.iter().flat_map(practitioner).collect(),
        Type::ReadinessDone => ready(life, around),
        Type::WindowOpened => opened(life, terms, around),
        Type::WindowClosed => closed(life, day).into_iter().collect(),
        Type::FieldworkStarted => engaged(life).into_iter().collect(),
        Type::AssertionSigned => described(terms).into_iter().collect(),
        Type::Issued => told.report.iter().flat_map(|one| issued(life, terms, one)).collect(),
        Type::BridgeIssued => told.bridge.iter().flat_map(|one| bridge(life, one)).collect(),
        Type::RegisterIssuedReport => registered(terms, told),
        Type::Recalled => told.recall.iter().filter_map(|one| notified(one, around)).collect(),
        Type::AsOfSet | Type::EvidenceChecked | Type::DraftingStarted | Type::Cancelled => Vec::new(),
    });
    found
}

/// The events that an engagement takes in a state.
fn accepted(state: AttestationState, report: ReportType) -> Vec<AttestationEventType> {
    use AttestationEventType as Type;
    use AttestationState as State;
    let starts = if report == ReportType::Type1 { Type::AsOfSet } else { Type::WindowOpened };
    let before = |mut some: Vec<Type>| {
        some.extend([Type::AuditorEngaged, Type::Cancelled]);
        some
    };
    match state {
        State::Planning => before(vec![Type::ScopeSet, Type::ReadinessDone, Type::RegisterIssuedReport]),
        State::Readiness => before(vec![starts, Type::ScopeSet, Type::RegisterIssuedReport]),
        State::AsOfSet => {
            before(vec![Type::FieldworkStarted, Type::AssertionSigned, Type::Issued, Type::AsOfSet])
        }
        State::WindowOpen => before(vec![
            Type::WindowClosed,
            Type::EvidenceChecked,
            Type::FieldworkStarted,
            Type::AssertionSigned,
        ]),
        State::WindowClosed => {
            before(vec![Type::FieldworkStarted, Type::AssertionSigned, Type::Issued, Type::EvidenceChecked])
        }
        State::Fieldwork => before(vec![Type::DraftingStarted, Type::AssertionSigned, Type::Issued]),
        State::Drafting => before(vec![Type::AssertionSigned, Type::Issued]),
        State::Issued if report == ReportType::Type2 => vec![Type::BridgeIssued, Type::Recalled],
        State::Issued => vec![Type::Recalled],
        State::Recalled | State::Cancelled => Vec::new(),
    }
}

fn order(life: &Life, terms: &Terms<'_>, event: AttestationEventType, day: Date) -> Vec<Breach> {
    use AttestationEventType as Type;
    let state = life.state();
    let wrong_kind = match (event, terms.report) {
        (Type::WindowOpened | Type::WindowClosed | Type::EvidenceChecked, ReportType::Type1) => {
            Some((&RULES.type_1, "a Type I report speaks of one day and has no period", "as_of_set"))
        }
        (Type::AsOfSet, ReportType::Type2) => {
            Some((&RULES.type_2, "a Type II report speaks of a period", "window_opened"))
        }
        (Type::BridgeIssued, ReportType::Type1) => Some((
            &RULES.bridge_letter,
            "a Type I report has no period from whose end a letter could bridge",
            "a Type II report, and a letter after it",
        )),
        _ => None,
    };
    if let Some((rule, reason, instead)) = wrong_kind {
        return vec![rule.against(reason, instead)];
    }
    let takes = accepted(state, terms.report);
    if takes.contains(&event) {
        return Vec::new();
    }
    let words: Vec<_> = takes.iter().map(|one| one.as_str()).collect();
    let instead = match state {
        AttestationState::Recalled | AttestationState::Cancelled => "another attestation".to_owned(),
        _ => format!("one of {}", words.join(", ")),
    };
    let reason = format!("{event} does not follow where the engagement is {state} on {day}");
    vec![RULES.order.against(reason, instead)]
}

pub(super) fn addressed(scope: &AttestationScope) -> Vec<Breach> {
    use crate::assurance::attestations::scope::TrustCategory::Security;
    let (lacking, foreign) = (scope.lacking(), scope.foreign());
    let none = scope.categories.is_empty();
    let off = !none && !scope.categories.contains(&Security) && scope.security_off_reason.is_none();
    [
        none.then(|| RULES.categories.against("no category is addressed", "at least one category")),
        off.then(|| {
            let reason = "security is not addressed, and nothing says why";
            RULES.categories.against(reason, "security among the categories, or security_off_reason")
        }),
        (!lacking.is_empty()).then(|| {
            let reason = format!("{} missing: {COMMON}, and a category adds all of its own", named(&lacking));
            RULES.common_criteria.against(reason, "no criteria, so that they follow from the categories")
        }),
        (!foreign.is_empty()).then(|| {
            let reason = format!("{} named, and of a category that is not addressed", named(&foreign));
            RULES.common_criteria.against(reason, "the category with all of its criteria, or none of them")
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

const COMMON: &str = "the common criteria CC1.1-CC9.2 are always in scope";

/// The first few of these, and how many there are.
fn named(all: &[&Requirement]) -> String {
    let first: Vec<_> = all.iter().take(5).map(|one| one.id.as_str()).collect();
    let more = all.len().saturating_sub(first.len());
    let tail = if more == 0 { String::new() } else { format!(" and {more} more") };
    let verb = if all.len() == 1 { "is" } else { "are" };
    format!("{}{tail} {verb}", first.join(", "))
}

pub(super) fn practitioner(auditor: &ServiceAuditor) -> Option<Breach> {
    let lacks = auditor.lacks();
    (!lacks.is_empty()).then(|| {
        let reason = format!("not recorded of {}: {}", auditor.firm, lacks.join(", "));
        let instead = "a licensed, independent firm in a peer review programme, with all of these";
        RULES.practitioner.against(reason, instead)
    })
}

pub(super) fn engaged(life: &Life) -> Option<Breach> {
    life.auditor.is_none().then(|| {
        let reason = "no practitioner is engaged, and only one may examine and sign";
        RULES.practitioner.against(reason, "auditor_engaged first")
    })
}

pub(super) fn ready(life: &Life, around: &Around) -> Vec<Breach> {
    let Some(scope) = &life.scope else {
        return vec![RULES.categories.against("it is not settled what is addressed", "scope_set first")];
    };
    let open: Vec<_> = scope.relevant().filter(|one| !around.owned.contains(&one.id)).collect();
    if open.is_empty() {
        return Vec::new();
    }
    let reason = format!("{} without a control that has an owner", named(&open));
    let instead =
        "a control with an owner for each, or a reason why the criterion is not relevant (scope_set)";
    vec![RULES.relevance.against(reason, instead)]
}

pub(super) fn opened(life: &Life, terms: &Terms<'_>, around: &Around) -> Vec<Breach> {
    let open: Vec<_> = life
        .scope
        .iter()
        .flat_map(AttestationScope::relevant)
        .filter(|one| !around.implemented.contains(&one.id))
        .collect();
    let draft = (!terms.description.is_begun()).then(|| {
        let reason = "nothing of the description is written";
        RULES.description.against(reason, "a draft of the description (PATCH `description`)")
    });
    let place = (!open.is_empty()).then(|| {
        let reason =
            format!("{} without an implemented control, and the period asks for operation", named(&open));
        RULES.type_2.against(reason, "a start on which the controls are in place")
    });
    draft.into_iter().chain(place).collect()
}

fn closed(life: &Life, day: Date) -> Option<Breach> {
    let end = life.window?.to;
    (day <= end).then(|| {
        let reason = format!("the period runs until {end}");
        RULES.type_2.against(reason, format!("window_closed from {} on", end.plus_days(1)))
    })
}

pub(super) fn described(terms: &Terms<'_>) -> Option<Breach> {
    let last = if terms.report == ReportType::Type2 { PARTS } else { PARTS - 1 };
    let missing: Vec<_> = terms.description.missing(last).iter().map(|n| format!("DC {n}")).collect();
    (!missing.is_empty()).then(|| {
        let reason = format!("the description lacks {}", missing.join(", "));
        let instead = "each part as text; 4, 6, 7 and 8 may say `none`";
        RULES.description.against(reason, instead)
    })
}

fn issued(life: &Life, terms: &Terms<'_>, report: &IssuedReport) -> Vec<Breach> {
    let asserted = life.assertion.is_none().then(|| {
        let reason = "management has signed no assertion, and the opinion rests on it";
        RULES.assertion.against(reason, "assertion_signed first")
    });
    let dated = life.covers().and_then(|covers| dated(report.report_date, covers.to));
    let mut found: Vec<_> = asserted.into_iter().chain(engaged(life)).chain(dated).collect();
    found.extend(opinions(terms.report, report));
    found
}

fn dated(report_date: Date, last: Date) -> Option<Breach> {
    (report_date <= last).then(|| {
        let reason = format!("the report is dated {report_date}, and speaks of days until {last}");
        RULES.report_date.against(reason, format!("a report date from {} on", last.plus_days(1)))
    })
}

fn opinions(kind: ReportType, report: &IssuedReport) -> Vec<Breach> {
    let has = |part| report.parts.iter().any(|one| one.part == part);
    let both = has(OpinionPart::Description) && has(OpinionPart::Design);
    let operation = has(OpinionPart::Operation);
    [
        (!both).then(|| {
            let reason = "an opinion on the description or on the design is missing";
            RULES.opinion.against(reason, "parts with description and design")
        }),
        (kind == ReportType::Type1 && operation).then(|| {
            let reason = "a Type I report has no opinion on operating effectiveness";
            RULES.type_1.against(reason, "parts without operation, or a Type II report")
        }),
        (kind == ReportType::Type2 && !operation).then(|| {
            let reason = "a Type II report has an opinion on operating effectiveness";
            RULES.type_2.against(reason, "parts with operation, or a Type I report")
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn bridge(life: &Life, letter: &BridgeLetter) -> Vec<Breach> {
    let BridgeLetter { covers_through: through, signed_on: signed, .. } = letter;
    let end = life.window.map(|window| window.to);
    [
        (through > signed).then(|| {
            let reason = format!("the letter speaks of days until {through}, and was signed on {signed}");
            RULES
                .bridge_letter
                .against(reason, format!("covers_through until {signed}: nobody asserts the future"))
        }),
        end.filter(|end| through <= end).map(|end| {
            let reason = format!("the report itself speaks of days until {end}");
            RULES.bridge_letter.against(reason, format!("covers_through from {} on", end.plus_days(1)))
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn registered(terms: &Terms<'_>, told: &AttestationEventDetails) -> Vec<Breach> {
    let Some(printed) = &told.printed else { return Vec::new() };
    let last = printed.as_of.or(printed.window.as_ref().map(|window| window.last()));
    let mut found = match (terms.report, &printed.window) {
        (ReportType::Type1, Some(_)) => {
            vec![RULES.type_1.against("a Type I report speaks of one day and has no period", "printed.as_of")]
        }
        (ReportType::Type2, None) => {
            vec![RULES.type_2.against("a Type II report speaks of a period", "printed.window")]
        }
        _ => Vec::new(),
    };
    found.extend(last.and_then(|last| dated(printed.report_date, last)));
    found.extend(addressed(&printed.scope));
    found.extend(opinions(terms.report, &printed.report()));
    found
}

fn notified(recall: &Recall, around: &Around) -> Option<Breach> {
    let untold = around.released > 0 && recall.release_list_notified_on.is_none();
    untold.then(|| {
        let reason = format!("{} on the release log hold the report and were not told", around.released);
        RULES.restricted.against(reason, "recall.release_list_notified_on, once all of them know")
    })
}
