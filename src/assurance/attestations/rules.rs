//! The rule table of SOC 2: every rule and number that dates and guards rest on, with its source.

use crate::platform::diary::{Rule, RuleBasis};

/// The edition of the table: criteria of 2017 with the points of focus of 2022.
const EDITION: &str = "2017/2022";

/// One edition of the rules.
pub struct RuleSet {
    /// Months of a step of the controls' evidence check in the window.
    pub quarter: u32,
    /// Months after the period at whose end readers take a report as ageing.
    pub ageing: u32,
    /// Months after the period through which readers take a report as current.
    pub current: u32,
    /// Months after the period that a bridge letter customarily spans at most.
    pub bridge: u32,
    /// Days before the window by which readiness is complete.
    pub readiness_days: u64,
    /// Days before the end by which description and assertion are drafted.
    pub draft_days: u64,
    /// Days after the end by which the report is wanted.
    pub target_days: u64,
    /// Months below which a period is warned of.
    pub short: u32,
    /// Months below which a period is noticed.
    pub usual_least: u32,
    /// Months above which a period is noticed.
    pub usual_most: u32,
    /// Months after which a peer review is old.
    pub peer_review: u32,
    /// The common criteria apply always.
    pub common_criteria: Rule,
    /// One category at least; security by default.
    pub categories: Rule,
    /// What is not relevant has a reason, everything else an owned control.
    pub relevance: Rule,
    /// Type I is as of one day.
    pub type_1: Rule,
    /// Type II is throughout a period.
    pub type_2: Rule,
    /// Usual lengths of a period.
    pub length: Rule,
    /// An opinion on each part.
    pub opinion: Rule,
    /// Management asserts.
    pub assertion: Rule,
    /// The description's parts.
    pub description: Rule,
    /// Subservice organisations by carve-out or inclusive.
    pub subservices: Rule,
    /// What user entities have to do.
    pub user_controls: Rule,
    /// The report is dated after what it is about.
    pub report_date: Rule,
    /// Who may sign.
    pub practitioner: Rule,
    /// Who may have the report.
    pub restricted: Rule,
    /// How long readers take a report as current.
    pub currency: Rule,
    /// The bridge letter.
    pub bridge_letter: Rule,
    /// Periods follow each other.
    pub continuity: Rule,
    /// The order of an engagement (D.2).
    pub order: Rule,
    /// The engagement's dates (D.3).
    pub dates: Rule,
}

const fn rule(id: &'static str, clause: &'static str, basis: RuleBasis, source_checked: bool) -> Rule {
    Rule { id, clause, basis, source_checked, rule_set: EDITION }
}

const fn normative(id: &'static str, clause: &'static str) -> Rule {
    rule(id, clause, RuleBasis::Normative, true)
}

/// A rule that rests on general knowledge of its source.
const fn unchecked(id: &'static str, clause: &'static str) -> Rule {
    rule(id, clause, RuleBasis::Normative, false)
}

const fn practice(id: &'static str) -> Rule {
    rule(id, "convention", RuleBasis::Convention, true)
}

/// That a report comes of an engagement, by the order of its events.
pub static ENGAGEMENT: &Rule = &RULES.order;

/// TSP section 100 (2017, points of focus 2022), DC section 200 (2018), AT-C 105 and 205.
pub static RULES: RuleSet = RuleSet {
    quarter: 3,
    ageing: 9,
    current: 12,
    bridge: 3,
    readiness_days: 30,
    draft_days: 15,
    target_days: 60,
    short: 3,
    usual_least: 6,
    usual_most: 12,
    peer_review: 36,
    common_criteria: unchecked("D-01", "TSP section 100"),
    categories: unchecked("D-02", "AICPA SOC 2 guide"),
    relevance: normative("D-03", "DC section 200, DC 8"),
    type_1: normative("D-04", "AICPA SOC 2 guide"),
    type_2: normative("D-05", "AICPA SOC 2 guide"),
    length: practice("D-06"),
    opinion: normative("D-07", "AT-C 205"),
    assertion: normative("D-09", "AT-C 105 and 205"),
    description: normative("D-11", "DC section 200"),
    subservices: normative("D-12", "DC section 200, DC 7"),
    user_controls: normative("D-13", "DC section 200, DC 6"),
    report_date: unchecked("D-14", "AT-C 205"),
    practitioner: normative("D-15", "State law; AICPA peer review"),
    restricted: normative("D-16", "AT-C 205"),
    currency: practice("D-17"),
    bridge_letter: practice("D-18"),
    continuity: practice("D-20"),
    order: practice("D.2"),
    dates: practice("D.3"),
};
