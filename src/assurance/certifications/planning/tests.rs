//! Plans for certificates, by the worked examples of the domain's rules (A.6).

use serde_json::json;

use super::*;
use crate::{
    assurance::{
        audits::{AuditConclusion, AuditFact, AuditKind},
        findings::{FindingFact, FindingGrade, FindingState},
    },
    platform::db::Doc,
};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn wish(event: Type, from: &str, to: &str) -> Wish<Type> {
    Wish { event, from: day(from), to: day(to) }
}

fn anew(as_of: &str) -> CertificationPlanner {
    CertificationPlanner::new("ISO/IEC 27001", "2022", CycleSettings::default(), day(as_of))
}

/// One that is held, without a dossier.
fn held(as_of: &str) -> CertificationPlanner {
    let printed = json!({ "decision_on": "2025-03-10", "expires_on": "2028-03-10" });
    after(as_of, vec![NewCertificationEvent::registration(serde_json::from_value(printed).unwrap())])
}

fn of(event: Type, on: &str) -> NewCertificationEvent {
    let (new, on) = (NewCertificationEvent::of(event), Some(day(on)));
    if event.is_audit() {
        NewCertificationEvent { ended_on: on, ..new }
    } else {
        NewCertificationEvent { effective_on: on, ..new }
    }
}

/// One to which this has happened, without a dossier.
fn after(as_of: &str, events: Vec<NewCertificationEvent>) -> CertificationPlanner {
    let nothing = Uuid::nil();
    let slot = |sequence| Slot {
        id: Id::from_uuid(nothing),
        tenant_id: Id::from_uuid(nothing),
        certification_id: Id::from_uuid(nothing),
        sequence,
        recorded_at: Instant::from_micros(0),
    };
    let mut planner = anew(as_of);
    planner.log = (1..).zip(events).map(|(n, event)| slot(n).fill(event).unwrap()).collect();
    let life = planner.life(&[]);
    planner.status = life.status(day(as_of));
    planner.cycle = life.cycles().last().map(|cycle| cycle.cycle);
    planner
}

fn step<'a>(plan: &'a PlannedCertification, event: &str) -> &'a PlanStep {
    plan.steps.iter().find(|step| step.event == event).unwrap_or_else(|| panic!("no {event}: {plan:#?}"))
}

/// The last permitted day, and the rule that speaks against the day after it.
fn latest(step: &PlanStep) -> (String, &str) {
    let bound = step.latest.as_ref().unwrap();
    (bound.on.to_string(), bound.beyond.as_ref().unwrap().rule.as_str())
}

/// The first permitted day, and the rule that speaks against the day before it.
fn earliest(step: &PlanStep) -> (String, &str) {
    let bound = step.earliest.as_ref().unwrap();
    (bound.on.to_string(), bound.beyond.as_ref().unwrap().rule.as_str())
}

fn days(plan: &PlannedCertification) -> Vec<String> {
    plan.steps.iter().map(|step| step.on.to_string()).collect()
}

fn permitted(plan: &PlannedCertification) -> bool {
    plan.steps.iter().all(|step| step.breaches.is_empty())
}

#[test]
fn a_new_certificate_is_planned_from_the_application_to_its_renewal() {
    let wishes = [
        wish(Type::Stage2Completed, "2025-03-03", "2025-03-09"),
        wish(Type::Granted, "2025-03-10", "2025-03-10"),
    ];
    let plan = anew("2025-01-06").simulate(&[], &wishes);
    let told: Vec<_> =
        plan.steps.iter().map(|step| (step.event.as_str(), step.on.to_string(), step.origin)).collect();
    let (assumed, wished) = (PlanOrigin::Assumed, PlanOrigin::Wished);
    let on = str::to_owned;
    assert_eq!(
        told,
        [
            ("applied", on("2025-01-06"), assumed),
            ("stage_1_completed", on("2025-01-06"), assumed),
            ("stage_2_completed", on("2025-03-03"), wished),
            ("granted", on("2025-03-10"), wished),
            ("surveillance_completed", on("2026-03-10"), assumed),
            ("surveillance_completed", on("2027-03-10"), assumed),
            ("recertification_audit_completed", on("2027-12-10"), assumed),
            ("recertified", on("2028-03-10"), assumed),
        ]
    );
    assert!(plan.steps.iter().all(|step| step.breaches.is_empty()), "{plan:#?}");
    let [.., first, second, audit, decision] = &plan.steps[..] else { panic!("{told:?}") };
    assert_eq!(latest(first), (on("2026-03-10"), "A-10"));
    assert_eq!(first.milestone.as_deref(), Some("surveillance_1"));
    assert_eq!(first.usual_from, Some(day("2025-12-10")));
    assert_eq!(first.earliest.as_ref().map(|bound| bound.on), Some(day("2025-03-11")));
    assert_eq!(latest(second), (on("2027-03-10"), "A-09"));
    assert_eq!(audit.usual_by, Some(day("2027-12-10")));
    assert_eq!(latest(audit), (on("2028-03-10"), "A-16"));
    assert_eq!(latest(decision).0, "2028-03-10");
    assert_eq!(latest(step(&plan, "stage_2_completed")), (on("2025-03-10"), "A.4"));
    assert_eq!(latest(step(&plan, "applied")).0, "2025-03-03", "stage 2 follows on an application");
    assert_eq!(plan.status, Status::Active);
    let validity = plan.validity.unwrap();
    assert_eq!((validity.cycle, validity.expires_on), (2, day("2031-03-10")));
    assert_eq!(plan.timeline.as_of, day("2028-03-10"));
    assert_eq!(plan.timeline.resource.id, "");
}

#[test]
fn stage_2_does_not_come_before_stage_1() {
    let stage_1 = NewCertificationEvent {
        ended_on: Some(day("2027-04-30")),
        ..NewCertificationEvent::of(Type::Stage1Completed)
    };
    let wishes = [wish(Type::Stage2Completed, "2027-04-01", "2027-04-07")];
    let plan = anew("2027-01-04").simulate(&[stage_1], &wishes);
    let stage_2 = step(&plan, "stage_2_completed");
    let rules: Vec<_> = stage_2.breaches.iter().map(|one| one.rule.as_str()).collect();
    assert_eq!((stage_2.on, rules), (day("2027-04-01"), vec!["A-01"]));
    let earliest = stage_2.earliest.as_ref().unwrap();
    assert_eq!(earliest.on, day("2027-04-30"), "the first day on which it would be permitted");
    assert_eq!(earliest.beyond.as_ref().unwrap().instead, "stage_1_completed");
}

#[test]
fn stage_2_is_usual_within_six_months_of_stage_1() {
    let wishes = [
        wish(Type::Stage1Completed, "2027-01-29", "2027-01-29"),
        wish(Type::Stage2Completed, "2027-08-02", "2027-08-06"),
    ];
    let plan = anew("2027-01-04").simulate(&[], &wishes);
    let stage_2 = step(&plan, "stage_2_completed");
    assert_eq!((stage_2.milestone.as_deref(), stage_2.usual_by), (Some("stage_2"), Some(day("2027-07-29"))));
    assert_eq!(stage_2.unusual[0].rule, "A-02");
    assert!(stage_2.breaches.is_empty(), "no rule sets a limit");
}

#[test]
fn a_certificate_that_is_held_goes_on_from_its_log() {
    let plan = held("2026-01-05").simulate(&[], &[]);
    let days: Vec<_> = plan.steps.iter().map(|step| step.on.to_string()).collect();
    assert_eq!(days, ["2026-03-10", "2027-03-10", "2027-12-10", "2028-03-10"]);
    let late = [wish(Type::SurveillanceCompleted, "2026-04-20", "2026-04-24")];
    let plan = held("2026-01-05").simulate(&[], &late);
    let first = step(&plan, "surveillance_completed");
    assert_eq!((first.on, first.breaches[0].rule.as_str()), (day("2026-04-20"), "A-10"));
    assert_eq!(latest(first), ("2026-03-10".to_owned(), "A-10"));
    // An early renewal leaves the cycle after it alone.
    let early = [wish(Type::Recertified, "2028-01-15", "2028-01-15")];
    let plan = held("2027-06-01").simulate(&[], &early);
    let audit = step(&plan, "recertification_audit_completed");
    assert_eq!(audit.on, day("2027-09-10"), "from the first day of its usual window on");
    assert_eq!(plan.steps.last().unwrap().event, "recertified");
    assert_eq!(plan.validity.unwrap().expires_on, day("2031-03-10"));
}

#[test]
fn what_has_lapsed_is_restored_in_time_or_not_at_all() {
    let wished = |on: &str| {
        let wishes = [wish(Type::RestoredAfterExpiry, on, on)];
        held("2028-04-03").simulate(&[], &wishes)
    };
    let plan = wished("2028-05-05");
    assert_eq!(plan.steps.len(), 2, "nothing is assumed but the audit that it rests on: {plan:#?}");
    assert!(plan.steps.iter().all(|step| step.breaches.is_empty()));
    let plan = wished("2028-09-11");
    let restored = step(&plan, "restored_after_expiry");
    assert_eq!(restored.breaches[0].rule, "A-20");
    assert_eq!(restored.breaches[0].instead, "reinstated_after_stage_2");
    assert_eq!(latest(restored), ("2028-09-10".to_owned(), "A-20"));
    let none = held("2028-04-03").simulate(&[], &[]);
    assert_eq!((none.steps.len(), none.status), (0, Status::ExpiredRestorable));
}

#[test]
fn a_late_return_needs_a_new_stage_2() {
    let wishes = [wish(Type::ReinstatedAfterStage2, "2028-12-01", "2028-12-07")];
    let plan = held("2028-10-02").simulate(&[], &wishes);
    let days: Vec<_> = plan.steps.iter().map(|step| (step.event.as_str(), step.on)).collect();
    let wanted = [("stage_2_completed", day("2028-10-02")), ("reinstated_after_stage_2", day("2028-12-01"))];
    assert_eq!(days, wanted);
    assert!(plan.steps.iter().all(|step| step.breaches.is_empty()), "{plan:#?}");
}

#[test]
fn what_was_refused_is_planned_from_its_beginning() {
    let refused = vec![
        of(Type::Applied, "2022-01-10"),
        of(Type::Stage1Completed, "2022-02-10"),
        of(Type::Stage2Completed, "2022-03-10"),
        of(Type::Refused, "2022-04-10"),
    ];
    let again = [refused.clone(), vec![of(Type::Applied, "2022-09-01")]].concat();
    let told = |plan: &PlannedCertification| {
        assert!(permitted(plan), "{plan:#?}");
        plan.steps.iter().take(4).map(|step| (step.event.clone(), step.on)).collect::<Vec<_>>()
    };
    let step = |event: &str, on: &str| (event.to_owned(), day(on));
    let wishes = [wish(Type::Stage2Completed, "2022-11-01", "2022-11-04")];
    let plan = after("2022-09-15", again).simulate(&[], &wishes);
    let wanted = [
        step("stage_1_completed", "2022-09-15"),
        step("stage_2_completed", "2022-11-01"),
        step("granted", "2022-11-02"),
        step("surveillance_completed", "2023-11-02"),
    ];
    assert_eq!(told(&plan), wanted);
    let wishes = [wish(Type::Granted, "2022-12-01", "2022-12-01")];
    let plan = after("2022-09-15", refused).simulate(&[], &wishes);
    let wanted = [
        step("applied", "2022-09-15"),
        step("stage_1_completed", "2022-09-15"),
        step("stage_2_completed", "2022-09-15"),
        step("granted", "2022-12-01"),
    ];
    assert_eq!(told(&plan), wanted);
}

#[test]
fn what_is_withdrawn_in_the_plan_is_not_planned_on() {
    let withdrawn: NewCertificationEvent = serde_json::from_value(
        json!({ "type": "withdrawn", "effective_on": "2026-06-01", "reason": "The client asks" }),
    )
    .unwrap();
    let plan = held("2026-01-05").simulate(&[withdrawn], &[]);
    assert_eq!((plan.steps.len(), plan.status), (1, Status::Withdrawn));
}

#[test]
fn a_second_surveillance_lies_beyond_the_first_year() {
    let plan = held("2025-06-02").simulate(&[], &[]);
    let [first, second, ..] = &plan.steps[..] else { panic!("{plan:#?}") };
    assert_eq!(first.earliest.as_ref().unwrap().on, day("2025-06-02"), "what is assumed moves along");
    assert_eq!(earliest(second), ("2026-03-11".to_owned(), "A-09"));
}

#[test]
fn a_surveillance_leaves_no_calendar_year_without_one() {
    let wishes = [
        wish(Type::SurveillanceCompleted, "2026-02-12", "2026-02-12"),
        wish(Type::SurveillanceCompleted, "2027-03-01", "2027-03-05"),
    ];
    let plan = held("2025-06-02").simulate(&[], &wishes);
    assert!(permitted(&plan), "{plan:#?}");
    let first = step(&plan, "surveillance_completed");
    assert_eq!(earliest(first), ("2026-01-01".to_owned(), "A-11"), "2026 would have none");
    let bound = first.earliest.as_ref().unwrap().beyond.as_ref().unwrap();
    assert_eq!(bound.instead, "a day from 2026-01-01 on");
}

#[test]
fn a_surveillance_is_put_off_to_a_day_and_no_further() {
    let put_off: NewCertificationEvent = serde_json::from_value(json!({
        "type": "surveillance_postponed", "effective_on": "2026-02-02", "reason": "A flood",
        "details": { "until": "2026-09-10" },
    }))
    .unwrap();
    let wished = |on: &str| {
        let wishes = [wish(Type::SurveillanceCompleted, on, on)];
        held("2026-01-05").simulate(std::slice::from_ref(&put_off), &wishes)
    };
    assert!(permitted(&wished("2026-09-10")));
    let plan = wished("2026-10-05");
    let late = step(&plan, "surveillance_completed");
    assert_eq!(late.breaches.iter().map(|one| one.rule.as_str()).collect::<Vec<_>>(), ["A-32"]);
    assert_eq!(latest(late), ("2026-09-10".to_owned(), "A-32"));
}

#[test]
fn a_plan_goes_on_through_every_cycle_that_begins_by_a_day() {
    let plan = held("2026-01-05").through(Some(day("2031-12-31"))).simulate(&[], &[]);
    let standing = ["2026-03-10", "2027-03-10", "2027-12-10", "2028-03-10"];
    let second = ["2029-03-10", "2030-03-10", "2030-12-10", "2031-03-10"];
    let third = ["2032-03-10", "2033-03-10", "2033-12-10", "2034-03-10"];
    assert_eq!(days(&plan), [standing, second, third].concat());
    assert!(permitted(&plan), "{plan:#?}");
    let validity = plan.validity.as_ref().unwrap();
    assert_eq!((validity.cycle, validity.expires_on), (4, day("2037-03-10")));
    // In later cycles the calendar year binds, and the anniversary is usual.
    let first = &plan.steps[4];
    assert_eq!(
        (first.milestone.as_deref(), first.usual_by),
        (Some("surveillance_1"), Some(day("2029-03-10")))
    );
    assert_eq!(latest(first), ("2029-12-31".to_owned(), "A-11"));
    assert_eq!(earliest(first), ("2028-03-10".to_owned(), "A-09"), "it is none of the cycle before");
    assert_eq!(earliest(&plan.steps[5]), ("2029-03-11".to_owned(), "A-09"));
    let audit = &plan.steps[6];
    assert_eq!((earliest(audit).0, latest(audit).0), ("2028-03-10".to_owned(), "2031-03-10".to_owned()));
    // A cycle that begins later is not planned, and none is without a day.
    let one = held("2026-01-05").through(Some(day("2028-03-09"))).simulate(&[], &[]);
    assert_eq!(days(&one), standing);
    assert_eq!(days(&held("2026-01-05").simulate(&[], &[])), standing);
}

#[test]
fn a_wish_of_a_later_cycle_takes_the_renewals_before_it_to_come_in_time() {
    let wishes = [wish(Type::Recertified, "2031-01-15", "2031-01-21")];
    let plan = held("2026-01-05").through(Some(day("2031-12-31"))).simulate(&[], &wishes);
    assert!(permitted(&plan), "{plan:#?}");
    let renewed = plan.steps.iter().filter(|step| step.event == "recertified");
    let renewed: Vec<_> = renewed.map(|step| (step.on.to_string(), step.origin)).collect();
    let on = str::to_owned;
    let wanted = [
        (on("2028-03-10"), PlanOrigin::Assumed),
        (on("2031-01-15"), PlanOrigin::Wished),
        (on("2034-03-10"), PlanOrigin::Assumed),
    ];
    assert_eq!(renewed, wanted);
    // Where the plan goes on no further, it is late by years.
    let plan = held("2026-01-05").simulate(&[], &wishes);
    assert_eq!(step(&plan, "recertified").breaches[0].rule, "A-19");
}

#[test]
fn what_is_restored_goes_on() {
    let wishes = [wish(Type::RestoredAfterExpiry, "2028-05-05", "2028-05-05")];
    let plan = held("2028-04-03").through(Some(day("2029-12-31"))).simulate(&[], &wishes);
    let wanted = ["2028-04-03", "2028-05-05", "2029-03-10", "2030-03-10", "2030-12-10", "2031-03-10"];
    assert_eq!(days(&plan), wanted);
    assert!(permitted(&plan), "{plan:#?}");
}

/// A recertification audit with a major that is due on a day.
fn with_a_major(as_of: &str, due_on: &str) -> CertificationPlanner {
    let nothing = Uuid::nil();
    let (held_on, recorded_at) = (day("2027-12-10"), Instant::from_micros(0));
    let major = FindingFact {
        id: Id::from_uuid(nothing),
        audit: Some(Id::from_uuid(nothing)),
        title: "No internal audit".parse().unwrap(),
        grade: FindingGrade::Major,
        raised_on: held_on,
        recorded_at,
        stage: FindingState::Open,
        plan_accepted_on: None,
        plan_due_on: day("2028-01-09"),
        due_on: day(due_on),
        verification: None,
        checks: Doc(Vec::new()),
    };
    let audit = AuditFact {
        id: Id::from_uuid(nothing),
        certification: None,
        kind: AuditKind::Recertification,
        started_on: held_on,
        ended_on: held_on,
        team: Vec::new(),
        conclusion: AuditConclusion::Positive,
        recorded_at,
        voided_at: None,
        acknowledged: None,
        findings: vec![major],
    };
    let mut planner = held(as_of);
    planner.terms.audits = vec![audit];
    planner
}

#[test]
fn findings_are_taken_to_be_closed_by_when_they_are_due_or_to_stay_open() {
    let planned = |as_of: &str, findings| {
        let wishes = [wish(Type::Recertified, "2028-03-06", "2028-03-08")];
        with_a_major(as_of, "2028-02-20").assuming(findings).simulate(&[], &wishes)
    };
    let plan = planned("2028-01-05", FindingAssumption::ClosedByDue);
    assert!(step(&plan, "recertified").breaches.is_empty(), "{plan:#?}");
    assert_eq!(earliest(step(&plan, "recertified")), ("2028-02-20".to_owned(), "A-17"));
    let [assumed] = &plan.assumed_findings[..] else { panic!("{plan:#?}") };
    assert_eq!(
        (assumed.plan_accepted_on, assumed.verified_on),
        (Some(day("2028-01-09")), Some(day("2028-02-20")))
    );
    let overdue = planned("2028-03-01", FindingAssumption::ClosedByDue);
    assert_eq!(overdue.assumed_findings[0].verified_on, Some(day("2028-03-01")), "it is open until then");
    let open = planned("2028-01-05", FindingAssumption::Open);
    assert_eq!(step(&open, "recertified").breaches[0].rule, "A-17");
    assert!(open.assumed_findings.is_empty());
}
