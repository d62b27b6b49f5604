//! Whoever audits does not decide.

use super::{
    super::{log::CertificationEvent, rules::RULES},
    guards::Objection,
    state::{State, Terms},
};
use crate::{assurance::audits::AuditFact, kernel::text::Title};

/// A decision by somebody who audited in the cycle that ends with it.
pub fn objection(state: &State, terms: &Terms, event: &CertificationEvent) -> Option<Objection> {
    let deciders = event.says().decided_by?;
    let begins = state.cycles.last().map(|cycle| cycle.anchor.begins);
    let counts = |audit: &&AuditFact| {
        audit.voided_at.is_none()
            && audit.ended_on <= event.effective_on
            && begins.is_none_or(|begins| begins <= audit.ended_on)
    };
    let team: Vec<&Title> = terms.audits.iter().filter(counts).flat_map(|audit| &audit.team).collect();
    let both: Vec<_> = deciders.iter().filter(|one| team.iter().any(|other| same(one, other))).collect();
    let names: Vec<_> = both.iter().map(|one| one.as_str()).collect();
    let detail = format!("{} audited, and would decide on it", names.join(", "));
    (!both.is_empty()).then_some(Objection {
        rule: &RULES.deciders,
        detail,
        instead: Some((event.event, None)),
    })
}

fn same(one: &Title, other: &Title) -> bool {
    one.as_str().trim().to_lowercase() == other.as_str().trim().to_lowercase()
}
