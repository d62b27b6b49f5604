//! The rules that date a finding, with their sources.

use crate::platform::diary::{Rule, RuleBasis};

/// The edition of the rule table.
pub const RULE_SET: &str = "2015/2024";

const fn rule(id: &'static str, clause: &'static str, basis: RuleBasis, source_checked: bool) -> Rule {
    Rule { id, clause, basis, source_checked, rule_set: RULE_SET }
}

/// Majors of a stage 2 are verified within six months of its last day, or another stage 2 is needed.
pub static STAGE_2_MAJORS: Rule = rule("A-04", "ISO/IEC 17021-1:2015 9.5.3.2", RuleBasis::Normative, true);
/// Majors found at recertification are verified before the certificate expires.
pub static RECERTIFICATION_MAJORS: Rule =
    rule("A-17", "ISO/IEC 17021-1:2015 9.6.3.2.2", RuleBasis::Normative, false);
/// The certification body sets the time.
pub static SET_BY_BODY: Rule =
    rule("A-27", "ISO/IEC 17021-1:2015 9.4.9, 9.4.10", RuleBasis::Normative, false);
/// The numbers that bodies commonly set.
pub static COMMON_TIMES: Rule =
    rule("A-27", "ISO/IEC 17021-1:2015 9.4.9, 9.4.10", RuleBasis::Convention, false);
/// The organisation's own nonconformities: acted on, without a number.
pub static OWN_NONCONFORMITY: Rule = rule("10.2", "ISO/IEC 27001:2022 10.2", RuleBasis::Convention, true);
