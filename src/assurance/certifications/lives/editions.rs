//! Standards whose editions end.

use super::*;

/// What is known of a certificate against the edition of 2013.
fn of_2013() -> Terms {
    Terms { edition: "2013".to_owned(), ..terms() }
}

/// The rules that speak against an event of such a certificate, and what would be accepted instead.
fn against_2013(log: &[CertificationEvent], event: NewCertificationEvent) -> Vec<Told> {
    let event = slot(1000, 1000).fill(event).unwrap();
    let told = Life::objections(log, &of_2013(), &EvaluationDays::default(), &event);
    told.into_iter().map(|one| (one.rule.id, one.instead)).collect()
}

#[test]
fn nothing_is_restored_after_its_edition() {
    let log = log(vec![
        held("2022-08-01", "2025-08-01"),
        of(Type::RecertificationAuditCompleted, day("2024-04-20")),
    ]);
    let (end, terms) = (day("2025-10-31"), of_2013());
    let life = Life::of(&log, &terms, on("2025-09-01"));
    assert_eq!(life.validity().unwrap().restorable_until, Some(end));
    let dues = life.dues(&terms, &EvaluationDays::default(), day("2025-09-01"));
    let limit = dues.iter().find(|due| due.code == "restoration_limit").unwrap();
    assert_eq!((limit.due, limit.rule.id.as_str()), (end, "A-53"));
    let flags = life.flags(&terms, on("2025-09-01"));
    let closing =
        flags.iter().find(|one| one.code == CertificationFlagCode::RestorationWindowClosing).unwrap();
    assert!(closing.detail.ends_with("until 2025-10-31"), "{}", closing.detail);
    let late = against_2013(&log, of(Type::Suspended, day("2025-09-01")));
    assert_eq!(late, [("A.4", Some((Type::RestoredAfterExpiry, Some(end))))]);

    let outlived =
        Life::of(&[slot(1, 1).fill(held("2023-06-20", "2026-06-20")).unwrap()], &terms, on("2025-09-01"));
    let dues = outlived.dues(&terms, &EvaluationDays::default(), day("2025-09-01"));
    assert!(dues.iter().all(|due| due.code != "restoration_limit"));
}

#[test]
fn a_standard_is_known_by_other_spellings() {
    let held = log(vec![held("2023-06-20", "2026-06-20")]);
    let applied = log(vec![
        of(Type::Applied, day("2024-10-01")),
        of(Type::Stage1Completed, day("2024-12-10")),
        of(Type::Stage2Completed, day("2025-02-20")),
    ]);
    let told = |standard: &str| {
        let terms = Terms { standard: standard.to_owned(), ..of_2013() };
        let ended = Life::of(&held, &terms, on("2026-01-01")).status(day("2026-01-01"));
        let granted = slot(9, 9).fill(of(Type::Granted, day("2025-03-10"))).unwrap();
        let terms = Terms { edition: "2022".to_owned(), ..terms };
        let told = Life::objections(&applied, &terms, &EvaluationDays::default(), &granted);
        let lacks = told.iter().any(|one| one.rule.id == "A-06");
        (ended == CertificationStatus::EditionEnded, lacks)
    };
    for known in ["ISO/IEC 27001", "ISO 27001", "iso27001", "DIN EN ISO/IEC 27001", "ISO/IEC 27001:2013"] {
        assert_eq!(told(known), (true, true), "{known}");
    }
    for other in ["ISO 9001", "ISO/IEC 27701", "ISO/IEC 270011"] {
        assert_eq!(told(other), (false, false), "{other}");
    }
}

#[test]
fn the_audit_decides_whether_an_edition_is_open() {
    let told = |before: Vec<NewCertificationEvent>, decision: Type, on: &str| {
        let all = against_2013(&log(before), of(decision, day(on)));
        all.into_iter().find(|(rule, _)| *rule == "A-51").map(|(_, instead)| instead)
    };
    let granted = |audited_on: &str| {
        let stage_1 = of(Type::Stage1Completed, day("2024-02-10"));
        let stage_2 = of(Type::Stage2Completed, day(audited_on));
        told(vec![of(Type::Applied, day("2024-01-10")), stage_1, stage_2], Type::Granted, "2024-06-01")
    };
    assert_eq!(granted("2024-04-30"), None);
    assert_eq!(
        granted("2024-05-01"),
        Some(None),
        "the certificate of another edition is a record of its own"
    );
    let renewed = |audited_on: &str| {
        let audit = of(Type::RecertificationAuditCompleted, day(audited_on));
        told(vec![held("2021-08-01", "2024-08-01"), audit], Type::Recertified, "2024-06-01")
    };
    assert_eq!(renewed("2024-04-30"), None);
    assert_eq!(renewed("2024-05-01"), Some(Some((Type::Transitioned, Some(day("2025-10-31"))))));
    let reinstated = |audited_on: &str| {
        let audit = of(Type::Stage2Completed, day(audited_on));
        told(vec![held("2020-01-10", "2023-01-10"), audit], Type::ReinstatedAfterStage2, "2024-06-01")
    };
    assert_eq!(reinstated("2024-04-30"), None);
    assert_eq!(reinstated("2024-05-01"), Some(Some((Type::Applied, None))));
}

#[test]
fn after_its_edition_it_counts_as_a_new_client() {
    let log = log(vec![held("2023-06-20", "2026-06-20")]);
    for decision in [Type::Recertified, Type::RestoredAfterExpiry, Type::ReinstatedAfterStage2] {
        let told = against_2013(&log, of(decision, day("2025-11-05")));
        assert_eq!(told, [("A-53", Some((Type::Applied, None)))], "{decision}");
    }
}
