//! From a finding's facts, its audit and its corrective actions to its dates and its state. Pure, without a clock.

use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    model::{Finding, FindingGrade, FindingState},
    rules,
};
use crate::{
    kernel::time::Date,
    platform::{
        db::Doc,
        diary::{Due, Rule, RuleInput, RuleRef},
    },
    text_enum,
};

text_enum! {
    /// What an audit is for.
    AuditKind {
        /// The organisation's own (ISO/IEC 27001 9.2).
        Internal = "internal",
        /// Whether it is ready for stage 2.
        Stage1 = "stage_1",
        /// The initial audit proper.
        Stage2 = "stage_2",
        /// A year's look at what is certified.
        Surveillance = "surveillance",
        /// Before the certificate expires.
        Recertification = "recertification",
        /// Out of turn: a scope change, a complaint, the follow-up of a suspension.
        Special = "special",
        /// The examination for a SOC 2 report.
        Soc2Fieldwork = "soc2_fieldwork",
        /// Of a supplier, by the organisation.
        Supplier = "supplier",
    }
}

impl AuditKind {
    /// Whether a certification body holds it.
    pub const fn is_certification(self) -> bool {
        matches!(
            self,
            Self::Stage1 | Self::Stage2 | Self::Surveillance | Self::Recertification | Self::Special
        )
    }
}

/// Days for the plan of a corrective action, where the body says nothing else (A-27, convention).
pub const PLAN_DAYS: i32 = 30;
/// Days until a major is verified, where the body says nothing else (A-27, convention).
pub const MAJOR_DAYS: i32 = 90;
/// Months after which the next audit is assumed, where none is planned.
const NEXT_AUDIT_MONTHS: u32 = 12;
/// Months in which the majors of a stage 2 are verified.
const STAGE_2_MONTHS: u32 = 6;

/// What a finding's dates take from its audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// What it was for.
    pub kind: AuditKind,
    /// Its last day (convention A.3.5).
    pub last_day: Date,
    /// Whether it was held; otherwise its day is planned.
    pub held: bool,
    /// Days for the plan.
    pub plan_days: i32,
    /// Days until a major is verified.
    pub major_days: i32,
    /// The last day of the next audit of its kind, held or planned.
    pub next: Option<Date>,
    /// The last valid day of the certificate: the cap of majors found at recertification.
    pub expires_on: Option<Date>,
}

/// When something about a finding is due, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[schema(as = FindingDeadline)]
#[graphql(name = "FindingDeadline")]
pub struct Deadline {
    /// The last day on which it is in time: as the body stated it, or else as computed.
    pub due_on: Date,
    /// The day that the certification body stated.
    pub stated_on: Option<Date>,
    /// The day that the rules give; null where they give none.
    pub computed_on: Option<Date>,
    /// Whether it rests on an assumption, because a fact is not known yet.
    pub assumed: bool,
    /// The rule that set the day.
    pub rule: RuleRef,
    /// What went into it.
    #[schema(max_items = 50)]
    pub inputs: Vec<RuleInput>,
}

/// Both deadlines of a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines {
    /// For the plan of its corrective action.
    pub plan: Option<Deadline>,
    /// For its verification.
    pub verification: Option<Deadline>,
}

/// How far one corrective action is.
#[derive(Clone, Copy, Debug)]
pub struct ActionDates {
    /// How often the finding had been reopened before it.
    pub round: i32,
    /// When the certification body accepted its plan.
    pub plan_accepted_on: Option<Date>,
    /// When it was implemented.
    pub implemented_on: Option<Date>,
}

/// A day to count from.
struct Anchor {
    name: &'static str,
    on: Date,
    assumed: bool,
}

fn anchor(finding: &Finding, basis: Option<&Basis>) -> Anchor {
    match (finding.reopened_on(), basis) {
        (Some(on), _) => Anchor { name: "reopened_on", on, assumed: false },
        (None, Some(basis)) => last_day(basis),
        (None, None) => Anchor { name: "raised_on", on: finding.raised_on, assumed: false },
    }
}

fn last_day(basis: &Basis) -> Anchor {
    let name = if basis.held { "audit_last_day" } else { "audit_planned_end" };
    Anchor { name, on: basis.last_day, assumed: !basis.held }
}

fn input(name: &str, value: impl ToString) -> RuleInput {
    RuleInput { name: name.to_owned(), value: value.to_string() }
}

fn computed(rule: &Rule, from: &Anchor, on: Date, more: Vec<RuleInput>) -> Deadline {
    let inputs = std::iter::once(input(from.name, from.on)).chain(more).collect();
    Deadline {
        due_on: on,
        stated_on: None,
        computed_on: Some(on),
        assumed: from.assumed,
        rule: rule.cite().0,
        inputs,
    }
}

fn days_after(rule: &Rule, from: &Anchor, days: i32) -> Deadline {
    let on = from.on.plus_days(u64::try_from(days).unwrap_or(0));
    computed(rule, from, on, vec![input("days", days)])
}

/// The rule of common times: the body's, or the organisation's own.
fn times(basis: Option<&Basis>) -> &'static Rule {
    if basis.is_some_and(|basis| basis.kind.is_certification()) {
        &rules::COMMON_TIMES
    } else {
        &rules::OWN_NONCONFORMITY
    }
}

/// When a finding is due, by its grade and its audit.
pub fn deadlines(finding: &Finding, basis: Option<&Basis>) -> Deadlines {
    let graded = matches!(finding.grade, FindingGrade::Major | FindingGrade::Minor);
    let days = basis.map_or(PLAN_DAYS, |basis| basis.plan_days);
    let plan = graded.then(|| days_after(times(basis), &anchor(finding, basis), days));
    let verification = match finding.grade {
        FindingGrade::Major => Some(major(finding, basis)),
        FindingGrade::Minor => Some(minor(finding, basis)),
        _ => None,
    };
    Deadlines { plan, verification: stated(finding, verification) }
}

fn major(finding: &Finding, basis: Option<&Basis>) -> Deadline {
    if let Some(basis) = basis.filter(|basis| basis.kind == AuditKind::Stage2) {
        let from = last_day(basis);
        let on = from.on.plus_months(STAGE_2_MONTHS);
        return computed(&rules::STAGE_2_MAJORS, &from, on, vec![input("months", STAGE_2_MONTHS)]);
    }
    let days = basis.map_or(MAJOR_DAYS, |basis| basis.major_days);
    let common = days_after(times(basis), &anchor(finding, basis), days);
    let recertified = basis.filter(|basis| basis.kind == AuditKind::Recertification);
    match recertified.and_then(|basis| basis.expires_on).filter(|expiry| *expiry < common.due_on) {
        None => common,
        Some(expiry) => {
            let mut inputs = common.inputs;
            inputs.push(input("expires_on", expiry));
            let rule = rules::RECERTIFICATION_MAJORS.cite().0;
            Deadline { due_on: expiry, computed_on: Some(expiry), rule, inputs, ..common }
        }
    }
}

fn minor(finding: &Finding, basis: Option<&Basis>) -> Deadline {
    let from = anchor(finding, basis);
    match basis.and_then(|basis| basis.next) {
        Some(next) => computed(times(basis), &from, next, vec![input("next_audit", next)]),
        None => {
            let on = from.on.plus_months(NEXT_AUDIT_MONTHS);
            let given = computed(times(basis), &from, on, vec![input("months", NEXT_AUDIT_MONTHS)]);
            Deadline { assumed: true, ..given }
        }
    }
}

/// A day that the body stated wins, and both are shown.
fn stated(finding: &Finding, computed: Option<Deadline>) -> Option<Deadline> {
    let Some(on) = finding.stated_due else { return computed };
    let mut inputs = vec![input("stated_due", on)];
    inputs.extend(computed.iter().flat_map(|one| one.inputs.clone()));
    Some(Deadline {
        due_on: on,
        stated_on: Some(on),
        computed_on: computed.and_then(|one| one.computed_on),
        assumed: false,
        rule: rules::SET_BY_BODY.cite().0,
        inputs,
    })
}

/// The finding with what follows from its audit and its corrective actions.
pub fn settled(finding: Finding, basis: Option<&Basis>, actions: &[ActionDates]) -> Finding {
    let deadlines = deadlines(&finding, basis);
    let day = |one: &Option<Deadline>| one.as_ref().map_or(Date::MAX, |one| one.due_on);
    let round = finding.reopenings();
    let current: Vec<_> = actions.iter().filter(|one| one.round == round).collect();
    let plan_accepted_on = latest(current.iter().map(|one| one.plan_accepted_on));
    let implemented_on = latest(current.iter().map(|one| one.implemented_on));
    let stage = match () {
        () if finding.closed_on().is_some() => FindingState::Closed,
        () if finding.verification.is_some() => FindingState::Verified,
        () if implemented_on.is_some() => FindingState::Implemented,
        () if plan_accepted_on.is_some() => FindingState::PlanAccepted,
        () if round > 0 => FindingState::Reopened,
        () => FindingState::Open,
    };
    Finding {
        stage,
        plan_accepted_on,
        implemented_on,
        plan_due_on: day(&deadlines.plan),
        due_on: day(&deadlines.verification),
        deadlines: Doc(deadlines),
        ..finding
    }
}

/// The latest of some days; none where one is missing, or there are none.
fn latest(days: impl Iterator<Item = Option<Date>>) -> Option<Date> {
    days.reduce(|one, other| one.zip(other).map(|(one, other)| one.max(other))).flatten()
}

/// How a finding stands on a day.
pub fn state(finding: &Finding, day: Date) -> FindingState {
    match finding.stage {
        FindingState::Open if finding.plan_due_on < day => FindingState::PlanDue,
        stage => stage,
    }
}

/// Whether it should have been verified before this day.
pub fn overdue(finding: &Finding, day: Date) -> bool {
    finding.is_pending() && finding.due_on < day
}

/// A finding's dates for the diary.
pub fn dues(finding: &Finding) -> Vec<Due> {
    let done = finding.verification.as_ref().map(|one| one.on).or(finding.closed_on());
    let Deadlines { plan, verification } = &finding.deadlines.0;
    let due = |code: &str, title: String, one: &Deadline, done_on| Due {
        code: code.to_owned(),
        cycle: finding.reopenings(),
        title,
        window_opens: None,
        due: one.due_on,
        done_on,
        assumed: one.assumed,
        rule: Doc(one.rule.clone()),
        inputs: Doc(one.inputs.clone()),
    };
    let grade = finding.grade;
    let plan = plan.as_ref().map(|one| {
        due(
            "finding_plan",
            format!("Plan against a finding ({grade})"),
            one,
            finding.plan_accepted_on.or(done),
        )
    });
    let verified = verification
        .as_ref()
        .map(|one| due("finding_due", format!("A finding is verified ({grade})"), one, done));
    plan.into_iter().chain(verified).collect()
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
