//! The rules that the records of a management system are held against, each with its clause.

use crate::{
    kernel::{
        error::{Code, Error, Fault, Faults, Result},
        time::Date,
    },
    platform::{
        db::Doc,
        diary::{Due, Rule, RuleBasis, RuleInput, RuleRef},
    },
};

const fn rule(id: &'static str, clause: &'static str, basis: RuleBasis) -> Rule {
    Rule { id, clause, basis, source_checked: true, rule_set: "ISO/IEC 27001:2022" }
}

const fn normative(id: &'static str, clause: &'static str) -> Rule {
    rule(id, clause, RuleBasis::Normative)
}

const fn convention(id: &'static str, clause: &'static str) -> Rule {
    rule(id, clause, RuleBasis::Convention)
}

/// The information security policy makes both commitments, and top management establishes it.
pub static POLICY_COMMITS: Rule = normative("ISM-1", "ISO/IEC 27001:2022 5.2");
/// Policies are reviewed at planned intervals. That these are of 12 months is common practice.
pub static POLICY_IS_REVIEWED: Rule = normative("ISM-2", "ISO/IEC 27001:2022 A.5.1");
/// Documented information is identified, in a format, reviewed and approved.
pub static DOCUMENT_IS_SUITABLE: Rule = normative("ISM-3", "ISO/IEC 27001:2022 7.5.2");
/// Documented information is controlled: it is available, protected, stored and kept as long as it has to be.
pub static DOCUMENT_IS_CONTROLLED: Rule = normative("ISM-4", "ISO/IEC 27001:2022 7.5.3");
/// What was approved stays as it was; a change is another edition.
pub static EDITION_IS_FROZEN: Rule = Rule {
    // That versions are controlled is general knowledge of the clause.
    source_checked: false,
    ..convention("ISM-5", "ISO/IEC 27001:2022 7.5.3")
};
/// An objective is measurable where that is practicable, and planned until a day.
pub static OBJECTIVE_IS_PLANNED: Rule = normative("ISM-6", "ISO/IEC 27001:2022 6.2");
/// An objective is monitored: it is measured when that was planned.
pub static OBJECTIVE_IS_MONITORED: Rule = normative("ISM-7", "ISO/IEC 27001:2022 9.1");
/// Top management reviews the system at planned intervals. That these are of 12 months is common practice.
pub static SYSTEM_IS_REVIEWED: Rule = normative("ISM-8", "ISO/IEC 27001:2022 9.3.1");
/// A review's results are decisions on improvement and on changes of the system.
pub static REVIEW_HAS_RESULTS: Rule = normative("ISM-9", "ISO/IEC 27001:2022 9.3.3");
/// What matters to the management system is known, and looked at again. That this is done every 12 months is common practice.
pub static CONTEXT_IS_KNOWN: Rule = convention("ISM-10", "ISO/IEC 27001:2022 4.1");
/// Whether climate change is a relevant issue is decided.
pub static CLIMATE_IS_CONSIDERED: Rule = convention("ISM-11", "ISO/IEC 27001:2022/Amd 1:2024 4.1");
/// Who is interested, and what they require, is known and looked at again.
pub static PARTIES_ARE_KNOWN: Rule = convention("ISM-12", "ISO/IEC 27001:2022 4.2");
/// The scope says where the system ends, and considers issues and requirements.
pub static SCOPE_IS_SET: Rule = normative("ISM-13", "ISO/IEC 27001:2022 4.3");
/// Risks are assessed by a method, with criteria.
pub static RISKS_HAVE_A_METHOD: Rule = normative("ISM-14", "ISO/IEC 27001:2022 6.1.2");
/// Risks are assessed at planned intervals, and when something changes. That the intervals are of 12 months is common practice.
pub static RISKS_ARE_ASSESSED: Rule = normative("ISM-15", "ISO/IEC 27001:2022 8.2");
/// There is a plan of how risks are treated, and it is carried out.
pub static RISKS_ARE_TREATED: Rule = normative("ISM-16", "ISO/IEC 27001:2022 6.1.3 e, 8.3");
/// The owners of risks approve the plan and accept what is left.
pub static OWNERS_APPROVE: Rule = normative("ISM-17", "ISO/IEC 27001:2022 6.1.3 f");
/// Those who do the work are competent, and evidence shows it.
pub static PEOPLE_ARE_COMPETENT: Rule = normative("ISM-18", "ISO/IEC 27001:2022 7.2");
/// Internal audits follow a programme.
pub static AUDITS_ARE_PLANNED: Rule = normative("ISM-19", "ISO/IEC 27001:2022 9.2.2");
/// The system is improved.
pub static SYSTEM_IMPROVES: Rule = normative("ISM-20", "ISO/IEC 27001:2022 10.1");

/// Months until something is looked at again, where nobody said when.
pub const YEARLY: u32 = 12;

/// Something that is due on a day by a rule; what else is known of it is said over this.
pub fn due(code: &str, title: &str, due: Date, rule: Doc<RuleRef>) -> Due {
    Due {
        code: code.to_owned(),
        cycle: 1,
        title: title.to_owned(),
        window_opens: None,
        due,
        done_on: None,
        assumed: false,
        rule,
        inputs: Doc(Vec::new()),
    }
}

/// A fact that went into a date.
pub fn input(name: &str, value: impl ToString) -> RuleInput {
    RuleInput { name: name.to_owned(), value: value.to_string() }
}

/// When something is looked at again: on the day that was said, or else 12 months after it was looked at last. A day that
/// was said before that look is over.
pub fn review(
    (code, title, rule): (&str, &str, &Rule),
    said: Option<Date>,
    before: Date,
    inputs: Vec<RuleInput>,
) -> Due {
    let (day, cited) = match said.filter(|day| *day > before) {
        Some(day) => (day, rule.cite()),
        None => (before.plus_months(YEARLY), rule.by_convention()),
    };
    Due { inputs: Doc(inputs), ..due(code, title, day, cited) }
}

/// The start of a text, as much as a date needs to be told from others.
pub fn start(text: &str) -> String {
    text.chars().take(200).collect()
}

/// Notes a day that is still to come.
pub fn not_yet(at: &str, day: Option<Date>, today: Date, faults: &mut Faults) {
    faults.when(day.is_some_and(|day| day > today), at, "must not be in the future");
}

/// Notes what is lacking, each with the rule that asks for it.
pub struct Lacks<'a>(pub &'a mut Vec<Fault>);

impl Lacks<'_> {
    /// Notes at a JSON Pointer what to do about it, when it is lacking.
    pub fn when(&mut self, lacking: bool, at: impl Into<String>, rule: &Rule, told: &str) {
        if lacking {
            self.0.push(Fault { pointer: at.into(), detail: format!("{} {told}", rule.id) });
        }
    }
}

/// Refuses a step for which something is lacking, naming each.
///
/// # Errors
/// [`Code::Conflict`] where something is lacking.
pub fn refuse_lacks(what: &str, faults: Vec<Fault>) -> Result<()> {
    match faults.first() {
        None => Ok(()),
        Some(first) => {
            let detail = format!("{what}: {}: {}", first.pointer, first.detail);
            Err(Error::new(Code::Conflict, detail).with_faults(faults))
        }
    }
}
