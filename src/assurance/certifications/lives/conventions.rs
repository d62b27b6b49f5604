//! The conventions by which dates are counted, where the documents leave a choice (A.3).

use super::*;

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
