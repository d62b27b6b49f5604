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

#[test]
fn one_report_follows_another_without_a_gap() {
    let wishes = [wish(Type::WindowOpened, 6, "2027-01-01", "2027-01-01")];
    let planner = EngagementPlanner::new(ReportType::Type2, day("2026-11-02"));
    let plan = planner.clone().through(Some(day("2029-06-30"))).simulate(&[], &wishes);
    let letter = plan.steps.last().unwrap();
    assert_eq!((letter.event.as_str(), letter.on), ("bridge_issued", day("2027-09-30")));
    let [second, third] = &plan.following[..] else { panic!("{plan:#?}") };
    assert_eq!(second.title, "SOC 2 Type II, 2027-07-01 to 2028-06-30");
    assert_eq!((third.from, third.to), (day("2028-07-01"), day("2029-06-30")));
    let on = str::to_owned;
    let told: Vec<_> = second.steps.iter().map(|step| (step.event.as_str(), step.on.to_string())).collect();
    assert_eq!(
        told,
        [
            ("scope_set", on("2027-06-01")),
            ("auditor_engaged", on("2027-06-01")),
            ("readiness_done", on("2027-06-01")),
            ("window_opened", on("2027-07-01")),
            ("evidence_checked", on("2027-09-30")),
            ("evidence_checked", on("2027-12-31")),
            ("evidence_checked", on("2028-03-31")),
            ("assertion_signed", on("2028-06-15")),
            ("evidence_checked", on("2028-06-30")),
            ("window_closed", on("2028-07-01")),
            ("fieldwork_started", on("2028-07-01")),
            ("issued", on("2028-08-29")),
            ("bridge_issued", on("2028-09-30")),
        ]
    );
    assert_eq!(third.steps.last().unwrap().event, "issued", "no letter where nothing follows");
    let all = plan.steps.iter().chain(&second.steps).chain(&third.steps);
    for step in all {
        assert!(step.breaches.is_empty() && step.unusual.is_empty(), "{step:#?}");
    }
    assert!(second.steps.iter().all(|step| step.origin == PlanOrigin::Assumed));
    let spans: Vec<_> = plan.timeline.spans.iter().map(|span| (span.from, span.to)).collect();
    assert_eq!(
        spans,
        [
            (day("2027-01-01"), day("2027-06-30")),
            (day("2027-07-01"), day("2027-09-30")),
            (day("2027-07-01"), day("2028-06-30")),
            (day("2028-07-01"), day("2028-09-30")),
            (day("2028-07-01"), day("2029-06-30")),
        ]
    );
    let due = |code: &str| plan.timeline.entries.iter().filter(|entry| entry.code == code).count();
    assert_eq!(due("next_window"), 3);
    let settled = plan.timeline.entries.iter().filter(|entry| entry.code == "next_window");
    let settled: Vec<_> = settled.map(|entry| entry.done_on).collect();
    assert_eq!(settled, [Some(day("2027-07-01")), Some(day("2028-07-01")), None]);
    assert_eq!(plan.timeline.as_of, day("2029-08-29"));
    let alone = planner.simulate(&[], &wishes);
    assert!(alone.following.is_empty() && alone.steps.iter().all(|step| step.event != "bridge_issued"));
}

#[test]
fn nothing_follows_a_type_i_what_has_no_period_and_what_is_followed() {
    let until = Some(day("2029-06-30"));
    let type_1 = EngagementPlanner::new(ReportType::Type1, day("2027-01-04")).through(until);
    let wishes = [wish(Type::AsOfSet, 12, "2027-03-31", "2027-03-31")];
    assert!(type_1.simulate(&[], &wishes).following.is_empty());
    let type_2 = EngagementPlanner::new(ReportType::Type2, day("2027-01-04"));
    assert!(type_2.clone().through(until).simulate(&[], &[]).following.is_empty());
    let wishes = [wish(Type::WindowOpened, 12, "2027-03-01", "2027-03-01")];
    let followed = EngagementPlanner { followed: true, ..type_2 };
    assert!(followed.through(until).simulate(&[], &wishes).following.is_empty());
}

#[test]
fn what_is_unusual_about_a_period_or_a_letter_is_told() {
    let planner = EngagementPlanner::new(ReportType::Type2, day("2026-11-02"));
    let unusual = |plan: &PlannedEngagement, event: &str| -> Vec<String> {
        step(plan, event).unusual.iter().map(|one| one.rule.clone()).collect()
    };
    for (months, rules) in
        [(2, vec!["D-06"]), (5, vec!["D-06"]), (6, vec![]), (12, vec![]), (13, vec!["D-06"])]
    {
        let plan = planner.simulate(&[], &[wish(Type::WindowOpened, months, "2027-01-01", "2027-01-01")]);
        assert_eq!(unusual(&plan, "window_opened"), rules, "{months}");
    }
    for (through, rules) in [("2027-09-30", vec![]), ("2027-10-01", vec!["D-18"])] {
        let letter = given(json!({ "type": "bridge_issued",
            "bridge": { "covers_through": through, "signed_on": "2027-10-01", "signed_by": "Chief executive" } }));
        let plan = planner.simulate(&[letter], &[wish(Type::WindowOpened, 6, "2027-01-01", "2027-01-01")]);
        assert_eq!(unusual(&plan, "bridge_issued"), rules, "{through}");
        assert!(step(&plan, "bridge_issued").breaches.is_empty());
    }
    // A period that cannot begin on the day after the one before it leaves a gap.
    let late = EngagementPlanner::new(ReportType::Type2, day("2027-03-01")).after(day("2026-12-31"));
    let plan = late.simulate(&[], &[]);
    let opened = step(&plan, "window_opened");
    assert_eq!((opened.on, opened.unusual[0].rule.as_str()), (day("2027-03-01"), "D-20"));
    assert!(opened.unusual[0].reason.contains("59 days from 2027-01-01 to 2027-02-28"), "{opened:#?}");
}
