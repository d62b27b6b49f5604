//! Which decision may follow, and what it makes of the certificate.

use super::*;

/// A certificate that was suspended in its last months, and its audit after that.
fn suspended_and_audited() -> Vec<NewCertificationEvent> {
    vec![
        held("2025-03-10", "2028-03-10"),
        of(Type::Suspended, day("2028-01-10")),
        of(Type::RecertificationAuditCompleted, day("2028-02-20")),
    ]
}

#[test]
fn what_returns_from_its_expiry_is_suspended_no_longer() {
    let mut events = suspended_and_audited();
    events.push(of(Type::RestoredAfterExpiry, day("2028-05-05")));
    let restored = log(events);
    assert_eq!(life(&restored, "2028-03-01").status(day("2028-03-01")), CertificationStatus::Suspended);
    let after = life(&restored, "2028-06-01");
    assert_eq!(after.status(day("2028-05-04")), CertificationStatus::ExpiredRestorable);
    assert_eq!(after.status(day("2028-05-05")), CertificationStatus::Active);
    assert_eq!(after.usable().last().unwrap().from, day("2028-05-05"));

    let mut events = suspended_and_audited();
    events.push(of(Type::Stage2Completed, day("2028-11-20")));
    events.push(of(Type::ReinstatedAfterStage2, day("2028-12-01")));
    let reinstated = log(events);
    assert_eq!(life(&reinstated, "2029-01-01").status(day("2029-01-01")), CertificationStatus::Active);

    let mut events = suspended_and_audited();
    events.push(of(Type::Recertified, day("2028-03-01")));
    let renewed = log(events);
    let status = life(&renewed, "2028-04-01").status(day("2028-04-01"));
    assert_eq!(status, CertificationStatus::Suspended, "a renewal in time lifts nothing");
}
