//! Findings that stand in the way of a decision.

use super::{
    super::{
        log::{CertificationEvent, CertificationEventType as Type},
        rules::RULES,
    },
    guards::Objection,
    state::{State, Terms},
};
use crate::{
    assurance::{
        audits::{AuditConclusion, AuditFact, AuditKind},
        findings::{FindingFact, FindingGrade},
    },
    kernel::time::Date,
    platform::diary::Rule,
};

/// What its audits' findings have against a decision.
pub fn objections(state: &State, terms: &Terms, event: &CertificationEvent) -> Vec<Objection> {
    let day = event.effective_on;
    let majors = || open(terms, FindingGrade::Major, day);
    match event.event {
        Type::Granted | Type::ReinstatedAfterStage2 => {
            let late = late_stage_2(state, terms, day).into_iter();
            late.chain(outstanding(&RULES.grant, terms, day)).collect()
        }
        Type::TransferredIn | Type::TransferredOut => {
            outstanding(&RULES.closed_before_transfer, terms, day).collect()
        }
        Type::SuspensionLifted => majors().map(|one| verify(&RULES.cause_resolved, one)).collect(),
        Type::Recertified => {
            let majors = majors().map(|one| verify(&RULES.recertification_majors, one));
            majors.chain(not_recommended(state, terms, day)).collect()
        }
        Type::RestoredAfterExpiry => {
            let majors = majors().map(|one| verify(&RULES.restored, one));
            majors.chain(not_recommended(state, terms, day)).collect()
        }
        _ => Vec::new(),
    }
}

/// Majors that are not verified, and minors whose plan is not accepted.
fn outstanding(rule: &'static Rule, terms: &Terms, day: Date) -> impl Iterator<Item = Objection> {
    let unplanned = standing(terms, FindingGrade::Minor, day)
        .filter(move |one| one.plan_accepted_on.is_none_or(|on| day < on) && !settled(one, day));
    let plan = move |one: &FindingFact| {
        let detail = format!("the plan for the minor nonconformity \"{}\" is not accepted", one.title);
        Objection { rule, detail, instead: None }
    };
    open(terms, FindingGrade::Major, day).map(move |one| verify(rule, one)).chain(unplanned.map(plan))
}

/// The majors of its audits that are not verified on a day.
pub fn open(terms: &Terms, grade: FindingGrade, day: Date) -> impl Iterator<Item = &FindingFact> {
    standing(terms, grade, day).filter(move |one| !settled(one, day))
}

fn standing(terms: &Terms, grade: FindingGrade, day: Date) -> impl Iterator<Item = &FindingFact> {
    let held = terms.audits.iter().filter(|audit| audit.voided_at.is_none());
    held.flat_map(|audit| &audit.findings).filter(move |one| one.grade == grade && one.raised_on <= day)
}

/// Since when all majors of these audits were verified on a day, none in it while one was open; none where they found none.
pub fn verified(terms: &Terms, of: impl Fn(&AuditFact) -> bool, day: Date) -> Option<Option<Date>> {
    let audits = terms.audits.iter().filter(|audit| audit.voided_at.is_none() && of(audit));
    let majors = audits
        .flat_map(|audit| &audit.findings)
        .filter(|one| one.grade == FindingGrade::Major && one.raised_on <= day);
    let settled: Vec<Option<Date>> = majors.map(|one| one.settled_on(day)).collect();
    let whole = settled.iter().all(Option::is_some);
    (!settled.is_empty()).then(|| settled.into_iter().max().flatten().filter(|_| whole))
}

fn settled(finding: &FindingFact, day: Date) -> bool {
    finding.settled_on(day).is_some()
}

fn verify(rule: &'static Rule, finding: &FindingFact) -> Objection {
    let detail = format!("the major nonconformity \"{}\" is not verified", finding.title);
    Objection { rule, detail, instead: None }
}

/// A recertification audit that did not recommend the renewal carries it only once the majors that it found are verified: one
/// that found none leaves nothing to mend.
fn not_recommended(state: &State, terms: &Terms, day: Date) -> Option<Objection> {
    let last = state.recertification_by(day)?;
    if last.conclusion != Some(AuditConclusion::Negative) {
        return None;
    }
    let of_it =
        |audit: &AuditFact| audit.kind == AuditKind::Recertification && audit.ended_on == last.ended_on;
    let detail = format!("the recertification audit of {} came to a negative conclusion", last.ended_on);
    verified(terms, of_it, day).is_none().then_some(Objection {
        rule: &RULES.recertification,
        detail,
        instead: Some((Type::RecertificationAuditCompleted, None)),
    })
}

/// Majors of stage 2 that were not verified within six months need another stage 2.
fn late_stage_2(state: &State, terms: &Terms, day: Date) -> Option<Objection> {
    let last = state.stage_2.last()?.ended_on;
    let by = last.plus_months(RULES.stage_2_majors);
    let stage_2 =
        terms.audits.iter().filter(|audit| audit.kind == AuditKind::Stage2 && audit.ended_on == last);
    let late = stage_2
        .flat_map(|audit| &audit.findings)
        .any(|one| one.grade == FindingGrade::Major && one.raised_on <= day && !settled(one, by) && by < day);
    let detail = format!("majors of the stage 2 of {last} were not verified by {by}");
    late.then_some(Objection {
        rule: &RULES.another_stage_2,
        detail,
        instead: Some((Type::Stage2Completed, None)),
    })
}
