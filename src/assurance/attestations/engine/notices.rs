//! What a reader of an engagement should know that no guard refuses.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Life, Terms, bridge_limit};
use crate::{
    assurance::attestations::{
        description::{Subservice, SubserviceMethod, UserControl},
        facts::BridgeLetter,
        log::AttestationEvent,
        rules::RULES,
        scope::TrustCategory,
    },
    kernel::time::Date,
    platform::diary::{Moment, Rule},
    text_enum,
};

text_enum! {
    /// How much a notice matters.
    NoticeLevel {
        /// Readers of the report will ask about it.
        Warning = "warning",
        /// It is unusual.
        Notice = "notice",
    }
}

/// Something unusual about an engagement, and the rule by which it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AttestationNotice {
    /// The rule's id.
    #[schema(max_length = 32, example = "D-06")]
    pub rule: String,
    /// How much it matters.
    pub level: NoticeLevel,
    /// What is unusual.
    #[schema(max_length = 4000, example = "the period 2025-07-01 to 2025-08-31 is shorter than 3 months")]
    pub detail: String,
}

fn warning(rule: &Rule, detail: impl Into<String>) -> AttestationNotice {
    AttestationNotice { rule: rule.id.to_owned(), level: NoticeLevel::Warning, detail: detail.into() }
}

fn notice(rule: &Rule, detail: impl Into<String>) -> AttestationNotice {
    AttestationNotice { level: NoticeLevel::Notice, ..warning(rule, detail) }
}

impl Life {
    /// What is unusual for a day.
    pub fn notices(
        &self,
        terms: &Terms<'_>,
        subservices: &[Subservice],
        user_controls: &[UserControl],
        day: Date,
    ) -> Vec<AttestationNotice> {
        let mut found: Vec<_> = self.length().into_iter().chain(self.without_security()).collect();
        found.extend(self.early_assertion());
        found.extend(self.old_peer_review(day));
        found.extend(self.long_bridges());
        found.extend(subservices.iter().filter_map(method));
        if !subservices.is_empty() && terms.description.says_none(7) {
            let detail = "DC 7 says none, and subservice organisations are listed";
            found.push(warning(&RULES.subservices, detail));
        }
        if !user_controls.is_empty() && terms.description.says_none(6) {
            let detail = "DC 6 says none, and complementary user entity controls are listed";
            found.push(warning(&RULES.user_controls, detail));
        }
        if !user_controls.is_empty() {
            found.extend(self.letters_without_reminder());
        }
        if self.hides_what_is_waived(terms) {
            let detail = "DC 8 says none, and criteria are judged not relevant";
            found.push(warning(&RULES.relevance, detail));
        }
        found
    }

    /// Whether the description says that every criterion is relevant, and the scope that some are not.
    pub(super) fn hides_what_is_waived(&self, terms: &Terms<'_>) -> bool {
        let waived = self.scope.as_ref().is_some_and(|scope| !scope.not_relevant.is_empty());
        waived && terms.description.says_none(8)
    }

    /// What is unusual about the length of its period (D-06).
    pub fn length(&self) -> Option<AttestationNotice> {
        let window = self.window?;
        let (from, to) = (window.from, window.to);
        let of =
            |word: &str, months: u32| format!("the period {from} to {to} is {word} than {months} months");
        if to < from.period_end(RULES.short) {
            Some(warning(&RULES.length, of("shorter", RULES.short)))
        } else if to < from.period_end(RULES.usual_least) {
            Some(notice(&RULES.length, of("shorter", RULES.usual_least)))
        } else if to > from.period_end(RULES.usual_most) {
            Some(notice(&RULES.length, of("longer", RULES.usual_most)))
        } else {
            None
        }
    }

    fn without_security(&self) -> Option<AttestationNotice> {
        let scope = self.scope.as_ref().filter(|one| !one.categories.contains(&TrustCategory::Security))?;
        let why = scope.security_off_reason.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        Some(notice(&RULES.categories, format!("security is not addressed{why}")))
    }

    fn early_assertion(&self) -> Option<AttestationNotice> {
        let (signed, end) = (self.assertion.as_ref()?.signed_on, self.covers()?.to);
        let detail = format!("the assertion was signed on {signed}, and speaks of days until {end}");
        (signed < end).then(|| notice(&RULES.assertion, detail))
    }

    fn old_peer_review(&self, day: Date) -> Option<AttestationNotice> {
        let auditor = self.auditor.as_ref()?;
        let (reviewed, on) =
            (auditor.peer_reviewed_on?, self.report.as_ref().map_or(day, |one| one.report_date));
        let old = reviewed.plus_months(RULES.peer_review) < on;
        let detail =
            format!("the peer review of {} is of {reviewed}; one in three years is usual", auditor.firm);
        old.then(|| warning(&RULES.practitioner, detail))
    }

    fn long_bridges(&self) -> Vec<AttestationNotice> {
        let Some(window) = self.window else { return Vec::new() };
        let limit = bridge_limit(window.to);
        let long = self.bridges.iter().filter(|one| one.covers_through > limit);
        let told = |one: &BridgeLetter| {
            let (signed, through) = (one.signed_on, one.covers_through);
            let detail =
                format!("the bridge letter of {signed} reaches {through}; customarily it ends by {limit}");
            warning(&RULES.bridge_letter, detail)
        };
        long.map(told).collect()
    }

    fn letters_without_reminder(&self) -> Vec<AttestationNotice> {
        let told = |one: &BridgeLetter| {
            let signed = one.signed_on;
            let detail = format!(
                "the bridge letter of {signed} does not remind of the complementary user entity controls"
            );
            notice(&RULES.bridge_letter, detail)
        };
        self.bridges.iter().filter(|one| !one.reminds_of_user_controls).map(told).collect()
    }
}

fn method(one: &Subservice) -> Option<AttestationNotice> {
    unsettled(one).map(|why| warning(&RULES.subservices, why))
}

/// What its method asks for and is not there (D-12).
pub(super) fn unsettled(one: &Subservice) -> Option<String> {
    match one.method {
        SubserviceMethod::CarveOut if one.expected_controls.is_empty() => {
            Some(format!("{} is carved out, and no control is listed that is expected of it", one.name))
        }
        SubserviceMethod::Inclusive if one.assertion_signed_on.is_none() => {
            Some(format!("{} is included, and has given no assertion of its own", one.name))
        }
        _ => None,
    }
}

/// The events that hold against rules, each with its reason.
pub fn contradictions(log: &[AttestationEvent], moment: Moment) -> Vec<AttestationNotice> {
    let against = log.iter().filter(|event| event.holds(moment) && !event.contradicts.is_empty());
    let told = |event: &AttestationEvent| {
        let why = event.reason.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        let detail = format!("{} of {} contradicts it{why}", event.event, event.effective_on);
        event
            .contradicts
            .iter()
            .map(|rule| AttestationNotice {
                rule: rule.to_string(),
                level: NoticeLevel::Warning,
                detail: detail.clone(),
            })
            .collect::<Vec<_>>()
    };
    against.flat_map(told).collect()
}
