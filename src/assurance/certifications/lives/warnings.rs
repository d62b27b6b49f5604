//! What to look at that breaks no rule.

use super::*;

/// What a flag of a day says; none where it is not raised.
fn flagged(log: &[CertificationEvent], code: CertificationFlagCode, as_of: &str) -> Option<String> {
    let flags = life(log, as_of).flags(&terms(), on(as_of));
    flags.into_iter().find(|flag| flag.code == code).map(|flag| flag.detail)
}

#[test]
fn an_audit_that_only_began_in_time_is_told_so() {
    let told = |started_on: &str| {
        let audit = NewCertificationEvent {
            started_on: Some(day(started_on)),
            ..of(Type::SurveillanceCompleted, day("2026-03-11"))
        };
        let log = log(vec![held("2025-03-10", "2028-03-10"), audit]);
        flagged(&log, CertificationFlagCode::ProgrammeLate, "2026-04-01").unwrap()
    };
    assert_eq!(
        told("2026-03-09"),
        "First surveillance audit was due on 2026-03-10 and held on 2026-03-11; \
         it began in time, on 2026-03-09, and its last day counts"
    );
    assert!(!told("2026-03-11").contains("began"));
}

#[test]
fn a_renewal_long_before_the_expiry_is_told() {
    let told = |decided_on: &str, details: Value| {
        let audit = of(Type::RecertificationAuditCompleted, day("2027-06-10"));
        let renewed = saying(Type::Recertified, decided_on, details);
        let log = log(vec![held("2025-03-10", "2028-03-10"), audit, renewed]);
        flagged(&log, CertificationFlagCode::RecertifiedEarly, "2027-12-01").is_some()
    };
    assert!(told("2027-09-09", json!({})));
    assert!(!told("2027-09-10", json!({})), "six months before");
    assert!(!told("2027-09-09", json!({ "expires_on": "2030-09-09" })), "the anniversary is not kept");
}

#[test]
fn nothing_is_missed_in_a_cycle_that_was_over() {
    let log = log(vec![
        held("2025-03-10", "2028-03-10"),
        of(Type::SurveillanceCompleted, day("2026-02-10")),
        of(Type::RecertificationAuditCompleted, day("2026-11-10")),
        of(Type::Recertified, day("2027-01-10")),
    ]);
    let history = life(&log, "2028-06-01").history();
    let told: Vec<_> = history.iter().filter(|due| due.cycle == 1).map(|due| due.code.as_str()).collect();
    let done = ["surveillance_1", "calendar_2026", "recertification_audit", "recertification_decision"];
    assert_eq!(told, done, "neither the second surveillance nor the expiry came");
}
