//! What is asked before an audit of a management system, each with its clause.

use std::ops::RangeInclusive;

use super::model::ReadinessGoal;
use crate::{
    assurance::certifications::{MAJORS_AT_SURVEILLANCE, MAJORS_BEFORE_GRANT, MAJORS_BEFORE_RENEWAL},
    platform::diary::{Rule, RuleBasis},
};

const fn rule(id: &'static str, clause: &'static str, basis: RuleBasis) -> Rule {
    Rule { id, clause, basis, source_checked: true, rule_set: "ISO/IEC 27001:2022" }
}

const fn normative(id: &'static str, clause: &'static str) -> Rule {
    rule(id, clause, RuleBasis::Normative)
}

/// Whether climate change is a relevant issue is decided.
pub const CLIMATE: Rule = normative("RDY-1", "ISO/IEC 27001:2022/Amd 1:2024 4.1");
/// The scope is documented.
pub const SCOPE: Rule = normative("RDY-2", "ISO/IEC 27001:2022 4.3");
/// Top management has established the policy.
pub const POLICY: Rule = normative("RDY-3", "ISO/IEC 27001:2022 5.2");
/// Risks were assessed by a method with criteria.
pub const ASSESSMENT: Rule = normative("RDY-4", "ISO/IEC 27001:2022 6.1.2, 8.2");
/// There is a Statement of Applicability.
pub const APPLICABILITY: Rule = normative("RDY-5", "ISO/IEC 27001:2022 6.1.3 d");
/// The owners of risks approved the treatment plan.
pub const PLAN: Rule = normative("RDY-6", "ISO/IEC 27001:2022 6.1.3 e, f");
/// There are objectives, monitored where they are measurable.
pub const OBJECTIVES: Rule = normative("RDY-7", "ISO/IEC 27001:2022 6.2");
/// Those who do the work are competent.
pub const COMPETENCE: Rule = normative("RDY-8", "ISO/IEC 27001:2022 7.2");
/// Internal audits follow a programme.
pub const PROGRAMME: Rule = normative("RDY-9", "ISO/IEC 27001:2022 9.2.2");
/// The system was audited internally. That this is done every year is common practice.
pub const INTERNAL_AUDIT: Rule = normative("RDY-10", "ISO/IEC 27001:2022 9.2.1");
/// Top management reviewed the system. That this is done every year is common practice.
pub const REVIEW: Rule = normative("RDY-11", "ISO/IEC 27001:2022 9.3");
/// Nonconformities are dealt with, and what was done about them is kept.
pub const NONCONFORMITIES: Rule = normative("RDY-12", "ISO/IEC 27001:2022 10.2");
/// Why an open major stands in the way: by the rules of the certification cycle.
pub fn majors(goal: ReadinessGoal) -> &'static Rule {
    match goal {
        ReadinessGoal::Surveillance => MAJORS_AT_SURVEILLANCE,
        ReadinessGoal::Recertification => MAJORS_BEFORE_RENEWAL,
        _ => MAJORS_BEFORE_GRANT,
    }
}

/// The key of the standard.
pub const STANDARD: &str = "iso27001-2022";
/// The clauses that a management system has to meet, which internal audits have to look at.
pub const CLAUSES: RangeInclusive<u8> = 4..=10;
/// Months after which an internal audit or a management review is old: yearly, by convention (A.5).
pub const YEARLY: u32 = 12;
/// Nonconformities that are named as examples at the most.
pub const EXAMPLES: usize = 20;
