//! The rules that a statement of applicability is held against, each with its clause and what is done about a breach.

use crate::platform::diary::{Rule, RuleBasis};

const fn rule(id: &'static str, clause: &'static str, basis: RuleBasis) -> Rule {
    Rule { id, clause, basis, source_checked: true, rule_set: "ISO/IEC 27001:2022" }
}

const fn normative(id: &'static str, clause: &'static str) -> Rule {
    rule(id, clause, RuleBasis::Normative)
}

const fn convention(id: &'static str, clause: &'static str) -> Rule {
    rule(id, clause, RuleBasis::Convention)
}

/// It lists the necessary controls, from wherever they come.
pub static LISTS_WHAT_IS_NECESSARY: Rule = normative("B.1.1", "ISO/IEC 27001:2022 6.1.3 d");
/// Each necessary control has a justification and an implemented yes or no.
pub static SAYS_WHETHER_IMPLEMENTED: Rule = normative("B.1.2", "ISO/IEC 27001:2022 6.1.3 d");
/// Each Annex A control is included or excluded, with a justification.
pub static DECIDES_EACH: Rule = normative("B.1.3", "ISO/IEC 27001:2022 6.1.3 d");
/// Including an Annex A control rests on a risk, a law, a contract or the business.
pub static GIVES_A_REASON: Rule = convention("B.1.4", "ISO/IEC 27001:2022 6.1.3 d");
/// What a treatment names is not excluded.
pub static KEEPS_WHAT_TREATS: Rule = normative("B.1.5", "ISO/IEC 27001:2022 6.1.3 c");
/// What is not implemented yet is in the risk treatment plan.
pub static PLANS_WHAT_IS_MISSING: Rule = convention("B.1.6", "ISO/IEC 27001:2022 6.1.3 e");
/// There is an approved version, and it says what holds.
pub static IS_APPROVED: Rule = Rule {
    // That versions are controlled is general knowledge of the clause.
    source_checked: false,
    ..convention("B.1.7", "ISO/IEC 27001:2022 7.5.3")
};
/// Risk owners accept what is left of the risks.
pub static IS_ACCEPTED: Rule = normative("B.1.8", "ISO/IEC 27001:2022 6.1.3 f");
