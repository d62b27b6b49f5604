//! Plans for engagements, by the worked examples of the domain's rules (D.3, D.4).

use serde_json::{Value, json};

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn wish(event: Type, months: i32, from: &str, to: &str) -> Wish<EngagementWish> {
    Wish { event: EngagementWish { event, months }, from: day(from), to: day(to) }
}

fn given(event: Value) -> NewAttestationEvent {
    serde_json::from_value(event).unwrap()
}

fn step<'a>(plan: &'a PlannedEngagement, event: &str) -> &'a PlanStep {
    plan.steps.iter().find(|step| step.event == event).unwrap_or_else(|| panic!("no {event}: {plan:#?}"))
}

fn days(plan: &PlannedEngagement) -> Vec<(&str, String)> {
    plan.steps.iter().map(|step| (step.event.as_str(), step.on.to_string())).collect()
}

fn rules(step: &PlanStep) -> Vec<&str> {
    step.breaches.iter().map(|one| one.rule.as_str()).collect()
}

#[test]
fn a_first_type_ii_of_six_months_is_planned_to_its_report() {
    let wishes = [wish(Type::WindowOpened, 6, "2027-01-01", "2027-01-01")];
    let plan = EngagementPlanner::new(ReportType::Type2, day("2026-11-02")).simulate(&[], &wishes);
    let on = str::to_owned;
    assert_eq!(
        days(&plan),
        [
            ("scope_set", on("2026-11-02")),
            ("auditor_engaged", on("2026-11-02")),
            ("readiness_done", on("2026-12-02")),
            ("window_opened", on("2027-01-01")),
            ("evidence_checked", on("2027-03-31")),
            ("assertion_signed", on("2027-06-15")),
            ("evidence_checked", on("2027-06-30")),
            ("window_closed", on("2027-07-01")),
            ("fieldwork_started", on("2027-07-01")),
            ("issued", on("2027-08-29")),
        ]
    );
    assert!(plan.steps.iter().all(|step| step.breaches.is_empty() && step.unusual.is_empty()), "{plan:#?}");
    let closed = step(&plan, "window_closed").earliest.as_ref().unwrap();
    assert_eq!((closed.on, closed.beyond.as_ref().unwrap().rule.as_str()), (day("2027-07-01"), "D-05"));
    let issued = step(&plan, "issued");
    assert_eq!((issued.milestone.as_deref(), issued.usual_by), (Some("report"), Some(day("2027-08-29"))));
    assert_eq!(plan.state, AttestationState::Issued);
    let spans: Vec<_> = plan.timeline.spans.iter().map(|span| (span.from, span.to)).collect();
    assert_eq!(spans, [(day("2027-01-01"), day("2027-06-30"))]);
}

#[test]
fn a_type_i_speaks_of_one_day() {
    let wishes = [wish(Type::AsOfSet, 12, "2027-03-31", "2027-03-31")];
    let plan = EngagementPlanner::new(ReportType::Type1, day("2027-01-04")).simulate(&[], &wishes);
    let on = str::to_owned;
    assert_eq!(
        days(&plan)[2..],
        [
            ("readiness_done", on("2027-03-01")),
            ("as_of_set", on("2027-03-31")),
            ("assertion_signed", on("2027-03-31")),
            ("fieldwork_started", on("2027-04-01")),
            ("issued", on("2027-05-30")),
        ]
    );
    assert!(plan.steps.iter().all(|step| step.breaches.is_empty()), "{plan:#?}");
    // It has no period.
    let wishes = [wish(Type::WindowOpened, 12, "2027-03-31", "2027-03-31")];
    let plan = EngagementPlanner::new(ReportType::Type1, day("2027-01-04")).simulate(&[], &wishes);
    assert_eq!(rules(step(&plan, "window_opened")), ["D-04"]);
}

#[test]
fn a_report_that_is_wished_before_its_period_is_over_is_told() {
    let wishes = [
        wish(Type::WindowOpened, 3, "2027-01-01", "2027-01-01"),
        wish(Type::Issued, 12, "2027-03-15", "2027-03-21"),
    ];
    let plan = EngagementPlanner::new(ReportType::Type2, day("2026-11-02")).simulate(&[], &wishes);
    let issued = step(&plan, "issued");
    assert_eq!(issued.on, day("2027-03-15"));
    assert!(rules(issued).contains(&"D-14"), "{issued:#?}");
    assert_eq!(issued.earliest.as_ref().unwrap().on, day("2027-04-01"));
    // Of the days wished, the first that is permitted.
    let wishes = [wishes[0].clone(), wish(Type::Issued, 12, "2027-03-29", "2027-04-04")];
    let plan = EngagementPlanner::new(ReportType::Type2, day("2026-11-02")).simulate(&[], &wishes);
    let issued = step(&plan, "issued");
    assert_eq!(issued.on, day("2027-04-01"));
    assert!(issued.breaches.is_empty(), "{issued:#?}");
}

#[test]
fn no_period_is_invented_and_what_is_given_says_what_it_says() {
    let scope = given(json!({ "type": "scope_set", "on": "2027-01-11",
        "scope": { "categories": ["availability"], "criteria": ["A1.1", "A1.2", "A1.3"] } }));
    let ready = given(json!({ "type": "readiness_done", "on": "2027-02-01" }));
    let plan = EngagementPlanner::new(ReportType::Type2, day("2027-01-04")).simulate(&[scope, ready], &[]);
    assert_eq!(plan.steps.len(), 2, "{plan:#?}");
    assert_eq!(rules(step(&plan, "scope_set")), ["D-02", "D-01"]);
    // Whether each criterion has a control is not asked of a day.
    assert_eq!(rules(step(&plan, "readiness_done")), Vec::<&str>::new());
    assert_eq!(plan.state, AttestationState::Readiness);
}

#[test]
fn an_engagement_goes_on_from_its_log() {
    let mut planner = EngagementPlanner::new(ReportType::Type2, day("2027-05-03"));
    let opened = given(json!({ "type": "window_opened", "window": { "start": "2027-01-01", "months": 6 } }));
    let mut opened = Step::given(opened, ReportType::Type2, 0).on(day("2027-01-01"));
    opened.sequence = 1;
    planner.log = vec![opened];
    let plan = planner.simulate(&[], &[]);
    // The first look through the evidence was due in March, and is late now.
    let told: Vec<_> = days(&plan).into_iter().map(|(event, _)| event).collect();
    assert_eq!(
        told,
        [
            "evidence_checked",
            "assertion_signed",
            "evidence_checked",
            "window_closed",
            "fieldwork_started",
            "issued"
        ]
    );
    let check = &plan.steps[0];
    assert_eq!((check.on, check.usual_by), (day("2027-05-03"), Some(day("2027-03-31"))));
    assert_eq!((check.breaches.len(), check.unusual.len()), (0, 1));
}
