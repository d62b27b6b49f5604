//! The conventions by which dates are counted, where the documents leave a choice (A.3).

use super::{super::engine::ExpiryConvention, *};

/// The ways of counting that are usual but for these.
fn counted(change: impl FnOnce(&mut CycleSettings)) -> Terms {
    let mut settings = CycleSettings::default();
    change(&mut settings);
    Terms { settings, ..terms() }
}

/// When the two surveillance audits of a cycle are due.
fn surveillances(log: &[CertificationEvent], terms: &Terms, as_of: &str, cycle: i32) -> [Date; 2] {
    let life = Life::of(log, terms, on(as_of));
    ["surveillance_1", "surveillance_2"].map(|code| due(&life, terms, code, cycle))
}

fn applied_and_granted() -> Vec<CertificationEvent> {
    log(vec![
        of(Type::Applied, day("2024-10-01")),
        of(Type::Stage1Completed, day("2024-12-10")),
        of(Type::Stage2Completed, day("2025-02-20")),
        of(Type::Granted, day("2025-03-10")),
    ])
}

#[test]
fn stage_2_begins_the_first_twelve_months_alone() {
    let strict = counted(|all| all.first_surveillance = FirstSurveillance::Stage2LastDay);
    let told = surveillances(&applied_and_granted(), &strict, "2025-06-01", 1);
    assert_eq!(told, [day("2026-02-20"), day("2027-03-10")]);
}

#[test]
fn what_is_printed_is_counted_as_the_settings_say() {
    let stage_2 = of(Type::Stage2Completed, day("2025-02-20"));
    let first = log(vec![stage_2, held("2025-03-10", "2028-03-10")]);
    let strict = counted(|all| all.first_surveillance = FirstSurveillance::Stage2LastDay);
    let told = surveillances(&first, &strict, "2025-06-01", 1);
    assert_eq!(told, [day("2026-02-20"), day("2027-03-10")]);
    assert_eq!(surveillances(&first, &terms(), "2025-06-01", 1), [day("2026-03-10"), day("2027-03-10")]);

    let printed =
        json!({ "decision_on": "2027-12-20", "prior_expires_on": "2028-01-10", "expires_on": "2031-01-10" });
    let printed = serde_json::from_value::<PrintedDates>(printed).unwrap();
    let later = log(vec![NewCertificationEvent::registration(printed)]);
    let strict = counted(|all| all.later_surveillance = LaterSurveillance::Decision);
    assert_eq!(surveillances(&later, &strict, "2028-01-01", 2)[0], day("2028-12-20"));
    assert_eq!(surveillances(&later, &terms(), "2028-01-01", 2)[0], day("2028-12-31"));
}

#[test]
fn every_audit_counts_for_its_calendar_year() {
    let s2 = |audits: &[&str]| {
        let held = held("2025-01-10", "2028-01-10");
        let audits = audits.iter().map(|on| of(Type::SurveillanceCompleted, day(on)));
        let log = log(std::iter::once(held).chain(audits).collect());
        due(&life(&log, "2027-06-01"), &terms(), "surveillance_2", 1)
    };
    assert_eq!(s2(&["2025-12-15"]), day("2026-12-31"), "2026 has no audit yet");
    assert_eq!(s2(&["2025-12-15", "2026-01-05"]), day("2027-01-10"), "it has one, which is not the second");
    assert_eq!(s2(&["2025-12-15", "2027-02-01"]), day("2026-12-31"), "a late one moves no date");
}

#[test]
fn an_expiry_keeps_the_name_of_its_convention() {
    use ExpiryConvention::{DayBefore, SameDay};
    let told = |log: &[CertificationEvent], terms: &Terms| {
        let validity = Life::of(log, terms, on("2028-03-01")).validity().unwrap();
        (validity.expires_on, validity.expiry_convention)
    };
    let day_before = counted(|all| all.expiry_convention = DayBefore);
    let applied = |decided_on: &str| {
        let stages =
            [of(Type::Stage1Completed, day("2024-01-10")), of(Type::Stage2Completed, day("2024-02-10"))];
        let granted = of(Type::Granted, day(decided_on));
        std::iter::once(of(Type::Applied, day("2024-01-02")))
            .chain(stages)
            .chain([granted])
            .collect::<Vec<_>>()
    };
    let renewed = || {
        [of(Type::RecertificationAuditCompleted, day("2027-01-10")), of(Type::Recertified, day("2027-02-01"))]
    };
    let leap = log(applied("2024-02-29"));
    assert_eq!(told(&leap, &day_before), (day("2027-02-28"), DayBefore), "both ways lead to that day");
    let plain = log(applied("2024-03-10").into_iter().chain(renewed()).collect());
    assert_eq!(told(&plain, &day_before), (day("2030-03-09"), DayBefore), "the anniversary is kept");
    assert_eq!(told(&plain, &terms()), (day("2030-03-10"), SameDay));
    let from_decision = counted(|all| all.later_surveillance = LaterSurveillance::Decision);
    assert_eq!(
        told(&plain, &from_decision),
        (day("2030-03-10"), SameDay),
        "counted from the expiry all the same"
    );
}

#[test]
fn no_surveillance_is_due_before_the_return() {
    let kept = counted(|all| all.late_return = LateReturn::PriorCycle);
    let first = |audited_on: &str, decided_on: &str| {
        let stage_2 = of(Type::Stage2Completed, day(audited_on));
        let log = log(vec![
            held("2025-03-10", "2028-03-10"),
            stage_2,
            of(Type::ReinstatedAfterStage2, day(decided_on)),
        ]);
        let life = Life::of(&log, &kept, on("2029-07-01"));
        (life.validity().unwrap().expires_on, due(&life, &kept, "surveillance_1", 2))
    };
    assert_eq!(first("2028-11-20", "2028-12-01"), (day("2031-03-10"), day("2029-03-10")));
    assert_eq!(first("2029-05-20", "2029-06-01"), (day("2031-03-10"), day("2030-06-01")));
}
