//! The rule table: every rule and number that dates rest on, with its source. A later edition is another table.

use crate::platform::diary::{Rule, RuleBasis};

/// The edition of the table.
const EDITION: &str = "2015/2024";

/// One edition of the rules. Months are counted by convention A.3.2.
pub struct RuleSet {
    /// Months from a decision to the expiry, and from one expiry to the next.
    pub cycle: u32,
    /// Months from the decision, or from the prior expiry, to each surveillance audit.
    pub surveillance: [u32; 2],
    /// Months before that, from which a surveillance audit is welcome (convention).
    pub surveillance_window: u32,
    /// Months before the expiry by which recertification is planned (convention).
    pub recertification_planned: u32,
    /// Months before the expiry from which the recertification audit and decision are welcome (convention, A.3.12).
    pub recertification_window: u32,
    /// Months before the expiry by which the recertification audit is held (convention).
    pub recertification_audited: u32,
    /// Months after the expiry in which it can be restored.
    pub restoration: u32,
    /// The first cycle begins with the decision; a cycle lasts three years.
    pub cycle_begins: Rule,
    /// A surveillance audit in the first and in the second year.
    pub yearly_surveillance: Rule,
    /// The first surveillance within twelve months of the decision.
    pub first_surveillance: Rule,
    /// Surveillance in each calendar year.
    pub calendar_year: Rule,
    /// Recertification in time to renew before expiry.
    pub recertification: Rule,
    /// A new expiry can be based on the old one.
    pub kept_anniversary: Rule,
    /// Restoration within six months of expiry.
    pub restored: Rule,
}

const fn normative(id: &'static str, clause: &'static str) -> Rule {
    Rule { id, clause, basis: RuleBasis::Normative, source_checked: true, rule_set: EDITION }
}

/// ISO/IEC 17021-1:2015 with ISO/IEC 27006-1:2024.
pub static RULES: RuleSet = RuleSet {
    cycle: 36,
    surveillance: [12, 24],
    surveillance_window: 3,
    recertification_planned: 6,
    recertification_window: 6,
    recertification_audited: 3,
    restoration: 6,
    cycle_begins: normative("A-07", "ISO/IEC 17021-1:2015 9.1.3.2"),
    yearly_surveillance: normative("A-09", "ISO/IEC 17021-1:2015 9.1.3.2"),
    first_surveillance: normative("A-10", "ISO/IEC 17021-1:2015 9.1.3.3"),
    calendar_year: normative("A-11", "ISO/IEC 17021-1:2015 9.1.3.3"),
    recertification: normative("A-16", "ISO/IEC 17021-1:2015 9.6.3.1"),
    kept_anniversary: normative("A-18", "ISO/IEC 17021-1:2015 9.6.3.2.3"),
    restored: normative("A-20", "ISO/IEC 17021-1:2015 9.6.3.2.5"),
};
