//! The rule table: every rule and number that dates rest on, with its source. A later edition is another table.

use crate::{
    kernel::time::Date,
    platform::diary::{Rule, RuleBasis},
};

/// The edition of the table.
const EDITION: &str = "2015/2024";

/// The end of an edition of a standard.
pub struct EditionEnd {
    /// The standard's number.
    pub standard: &'static str,
    /// The edition that ended.
    pub edition: &'static str,
    /// The last day on which a certificate against it could be used.
    pub last: (i32, u32, u32),
    /// The last day of initial and recertification audits against it.
    pub last_audit: (i32, u32, u32),
}

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
    /// Months that a suspension would not exceed in most cases.
    pub suspension: u32,
    /// Months by which an extraordinary event may move an expiry or a surveillance.
    pub extraordinary: u32,
    /// Months after the loss of an accreditation in which a transfer is complete.
    pub transfer: u32,
    /// Months after stage 1 in which stage 2 is usually held (A-02, convention).
    pub between_stages: u32,
    /// Months after stage 2 in which its majors are verified.
    pub stage_2_majors: u32,
    /// Months in which the system is audited internally and reviewed again (convention).
    pub evaluated: u32,
    /// Months before the expiry in which an open recertification is at risk (convention).
    pub at_risk: u32,
    /// Editions that ended.
    pub editions: &'static [EditionEnd],
    /// What may follow what (the state machine, A.4).
    pub state_machine: Rule,
    /// Stage 1 before stage 2.
    pub stages: Rule,
    /// What stage 1 found is mended before stage 2.
    pub stages_apart: Rule,
    /// Those who decide are not those who audited.
    pub deciders: Rule,
    /// Internal audits and management reviews are shown to work before a grant.
    pub system_works: Rule,
    /// What each surveillance audit looks at.
    pub surveillance_covers: Rule,
    /// Majors verified and minors planned before a grant.
    pub grant: Rule,
    /// Another stage 2 where majors took too long.
    pub another_stage_2: Rule,
    /// A surveillance with a major is reviewed, and does not keep the certificate by itself.
    pub surveillance_majors: Rule,
    /// Majors of recertification verified before the expiry.
    pub recertification_majors: Rule,
    /// The first cycle begins with the decision; a cycle lasts three years.
    pub cycle_begins: Rule,
    /// Effective on or after the decision.
    pub effective: Rule,
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
    /// Without an audit in time validity is not extended.
    pub not_extended: Rule,
    /// Restoration within six months of expiry.
    pub restored: Rule,
    /// While suspended, certification is invalid and not promoted.
    pub invalid: Rule,
    /// A certificate is restored when what it was suspended for is resolved.
    pub cause_resolved: Rule,
    /// A suspension is resolved within six months.
    pub suspension_limit: Rule,
    /// Suspension, scope change and transfer leave the expiry.
    pub expiry_stays: Rule,
    /// A scope extension is decided after a review.
    pub scope: Rule,
    /// An expiry extended for an extraordinary event.
    pub extension: Rule,
    /// A surveillance postponed for an extraordinary event.
    pub postponement: Rule,
    /// Only valid accredited certification transfers.
    pub transfers: Rule,
    /// A suspended certificate does not transfer.
    pub suspended_stays: Rule,
    /// The review before a transfer.
    pub transfer_review: Rule,
    /// Majors closed and minors planned before a transfer.
    pub closed_before_transfer: Rule,
    /// The accepting body decides before it audits, and goes on with the cycle.
    pub transfer_decision: Rule,
    /// A transfer from a body that lost its accreditation.
    pub lost_accreditation: Rule,
    /// The end of an edition.
    pub edition_end: Rule,
    /// The last audits against an edition that ends.
    pub edition_audits: Rule,
    /// After its end nothing of an edition is restored.
    pub edition_over: Rule,
}

const fn normative(id: &'static str, clause: &'static str) -> Rule {
    Rule { id, clause, basis: RuleBasis::Normative, source_checked: true, rule_set: EDITION }
}

/// A rule that rests on general knowledge of its source.
const fn unchecked(id: &'static str, clause: &'static str) -> Rule {
    Rule { id, clause, basis: RuleBasis::Normative, source_checked: false, rule_set: EDITION }
}

const fn informative(id: &'static str, clause: &'static str) -> Rule {
    Rule { id, clause, basis: RuleBasis::Informative, source_checked: true, rule_set: EDITION }
}

const fn product(id: &'static str, clause: &'static str) -> Rule {
    Rule { id, clause, basis: RuleBasis::Product, source_checked: true, rule_set: EDITION }
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
    suspension: 6,
    extraordinary: 6,
    transfer: 6,
    between_stages: 6,
    stage_2_majors: 6,
    evaluated: 12,
    at_risk: 3,
    editions: &[EditionEnd {
        standard: "ISO/IEC 27001",
        edition: "2013",
        last: (2025, 10, 31),
        last_audit: (2024, 4, 30),
    }],
    state_machine: product("A.4", "the life of a certificate, derived from ISO/IEC 17021-1:2015 9"),
    stages: normative("A-01", "ISO/IEC 17021-1:2015 9.3.1"),
    stages_apart: normative("A-02", "ISO/IEC 17021-1:2015 9.3.1.2"),
    deciders: unchecked("A-05", "ISO/IEC 17021-1:2015 9.5.1.1"),
    system_works: unchecked("A-06", "ISO/IEC 27006-1:2024 9.5"),
    surveillance_covers: normative("A-13", "ISO/IEC 17021-1:2015 9.6.2.2"),
    grant: normative("A-03", "ISO/IEC 17021-1:2015 9.5.2"),
    another_stage_2: normative("A-04", "ISO/IEC 17021-1:2015 9.5.3.2"),
    surveillance_majors: unchecked("A-15", "ISO/IEC 17021-1:2015 9.6.1"),
    recertification_majors: unchecked("A-17", "ISO/IEC 17021-1:2015 9.6.3.2.2"),
    cycle_begins: normative("A-07", "ISO/IEC 17021-1:2015 9.1.3.2"),
    effective: normative("A-08", "ISO/IEC 17021-1:2015 8.2.2 b"),
    yearly_surveillance: normative("A-09", "ISO/IEC 17021-1:2015 9.1.3.2"),
    first_surveillance: normative("A-10", "ISO/IEC 17021-1:2015 9.1.3.3"),
    calendar_year: normative("A-11", "ISO/IEC 17021-1:2015 9.1.3.3"),
    recertification: normative("A-16", "ISO/IEC 17021-1:2015 9.6.3.1"),
    kept_anniversary: normative("A-18", "ISO/IEC 17021-1:2015 9.6.3.2.3"),
    not_extended: normative("A-19", "ISO/IEC 17021-1:2015 9.6.3.2.4"),
    restored: normative("A-20", "ISO/IEC 17021-1:2015 9.6.3.2.5"),
    invalid: normative("A-23", "ISO/IEC 17021-1:2015 9.6.5.3"),
    cause_resolved: normative("A-24", "ISO/IEC 17021-1:2015 9.6.5.4"),
    suspension_limit: informative("A-24", "ISO/IEC 17021-1:2015 9.6.5.4 note"),
    expiry_stays: product("A-26", "follows from ISO/IEC 17021-1:2015 9.1.3.2 and 9.6.3.2.3"),
    scope: normative("A-29", "ISO/IEC 17021-1:2015 9.6.4.1"),
    extension: informative("A-31", "IAF ID 3:2011"),
    postponement: informative("A-32", "IAF ID 3:2011"),
    transfers: normative("A-40", "IAF MD 2"),
    suspended_stays: normative("A-41", "IAF MD 2"),
    transfer_review: normative("A-42", "IAF MD 2"),
    closed_before_transfer: unchecked("A-43", "IAF MD 2"),
    transfer_decision: unchecked("A-44", "IAF MD 2"),
    lost_accreditation: normative("A-45", "IAF MD 2"),
    edition_end: normative("A-50", "IAF MD 26"),
    edition_audits: normative("A-51", "IAF MD 26"),
    edition_over: Rule {
        id: "A-53",
        clause: "follows from IAF MD 26",
        basis: RuleBasis::Convention,
        source_checked: true,
        rule_set: EDITION,
    },
};

/// What a major nonconformity stands in the way of at a grant.
pub static MAJORS_BEFORE_GRANT: &Rule = &RULES.grant;
/// At a surveillance audit.
pub static MAJORS_AT_SURVEILLANCE: &Rule = &RULES.surveillance_majors;
/// Before a renewal.
pub static MAJORS_BEFORE_RENEWAL: &Rule = &RULES.recertification_majors;

impl RuleSet {
    /// The rule with this id; none where the table has no such one.
    pub fn by_id(&self, id: &str) -> Option<&Rule> {
        let all = [
            &self.state_machine,
            &self.stages,
            &self.stages_apart,
            &self.grant,
            &self.another_stage_2,
            &self.deciders,
            &self.system_works,
            &self.surveillance_majors,
            &self.surveillance_covers,
            &self.recertification_majors,
            &self.cycle_begins,
            &self.effective,
            &self.yearly_surveillance,
            &self.first_surveillance,
            &self.calendar_year,
            &self.recertification,
            &self.kept_anniversary,
            &self.not_extended,
            &self.restored,
            &self.invalid,
            &self.suspension_limit,
            &self.expiry_stays,
            &self.scope,
            &self.extension,
            &self.postponement,
            &self.transfers,
            &self.suspended_stays,
            &self.transfer_review,
            &self.closed_before_transfer,
            &self.transfer_decision,
            &self.lost_accreditation,
            &self.edition_end,
            &self.edition_audits,
            &self.edition_over,
        ];
        all.into_iter().find(|rule| rule.id == id)
    }

    /// The end of this edition of a standard; none where it has none.
    pub fn edition_end(&self, standard: &str, edition: &str) -> Option<&EditionEnd> {
        self.editions.iter().find(|one| edition == one.edition && names(standard, one.standard))
    }
}

/// Whether a text names a standard, with the publishers and the spaces that people write or leave out: `ISO 27001` and
/// `ISO/IEC 27001:2022` both name ISO/IEC 27001.
pub fn names(text: &str, standard: &str) -> bool {
    let (text, number) = (plain(text), plain(standard.split(':').next().unwrap_or_default()));
    let ends = |at: usize| !text[at + number.len()..].starts_with(|next: char| next.is_ascii_digit());
    text.match_indices(&number).any(|(at, _)| ends(at))
}

fn plain(text: &str) -> String {
    text.to_lowercase().replace("/iec", "").split_whitespace().collect()
}

impl EditionEnd {
    /// The last day on which a certificate against it could be used.
    pub fn last_day(&self) -> Date {
        day(self.last)
    }

    /// The last day of initial and recertification audits against it.
    pub fn last_audit_day(&self) -> Date {
        day(self.last_audit)
    }
}

fn day((year, month, day): (i32, u32, u32)) -> Date {
    Date::from_ymd(year, month, day).unwrap_or(Date::MAX)
}
