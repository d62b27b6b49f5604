//! Which decision may follow, and what it makes of the certificate.

use super::*;
use crate::{
    assurance::{
        audits::{AuditConclusion, AuditFact, AuditKind},
        findings::{FindingFact, FindingGrade, FindingState, FindingVerification},
    },
    platform::db::Doc,
};

/// A finding of a day, with the day on which its plan was accepted and that on which it was verified.
fn finding(
    grade: FindingGrade,
    raised_on: &str,
    planned: Option<&str>,
    verified: Option<&str>,
) -> FindingFact {
    let verification = verified.map(|on| FindingVerification {
        on: day(on),
        by: "Lead auditor".parse().unwrap(),
        note: "Seen".parse().unwrap(),
        recorded_at: Instant::from_micros(0),
    });
    FindingFact {
        id: Id::from_uuid(uuid::Uuid::nil()),
        audit: None,
        title: "Leavers keep their access".parse().unwrap(),
        grade,
        raised_on: day(raised_on),
        recorded_at: Instant::from_micros(0),
        stage: FindingState::Open,
        plan_accepted_on: planned.map(day),
        plan_due_on: Date::MAX,
        due_on: Date::MAX,
        verification: verification.map(Doc),
        checks: Doc(Vec::new()),
    }
}

/// An audit of one day that found this.
fn audited(kind: AuditKind, on: &str, conclusion: AuditConclusion, findings: Vec<FindingFact>) -> AuditFact {
    AuditFact {
        id: Id::from_uuid(uuid::Uuid::nil()),
        certification: None,
        kind,
        started_on: day(on),
        ended_on: day(on),
        team: Vec::new(),
        conclusion,
        recorded_at: Instant::from_micros(0),
        voided_at: None,
        acknowledged: None,
        findings,
    }
}

/// An accreditation with this scope.
fn accredited(scope: &str) -> Accreditation {
    Accreditation {
        accreditation_body: "Example Accreditation Service".parse().unwrap(),
        scope: scope.parse().unwrap(),
        number: None,
        recognition: None,
        granted_on: day("2020-01-01"),
        valid_until: None,
        lost_on: None,
        loss: None,
    }
}

/// The rules that speak against an event, where this is known beside the log.
fn against_with(
    log: &[CertificationEvent],
    terms: &Terms,
    event: NewCertificationEvent,
) -> Vec<&'static str> {
    let event = slot(1000, 1000).fill(event).unwrap();
    Life::objections(log, terms, &evaluated(), &event).into_iter().map(|one| one.rule.id).collect()
}

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

#[test]
fn findings_are_closed_before_a_transfer() {
    let log = log(vec![held("2025-03-10", "2028-03-10")]);
    let told = |found: FindingFact| {
        let audit = audited(AuditKind::Surveillance, "2026-03-02", AuditConclusion::Positive, vec![found]);
        let terms =
            Terms { audits: vec![audit], accreditations: vec![accredited("ISO/IEC 27001")], ..terms() };
        against_with(&log, &terms, of(Type::TransferredIn, day("2026-06-01")))
    };
    let (major, minor) = (FindingGrade::Major, FindingGrade::Minor);
    assert_eq!(told(finding(major, "2026-03-02", Some("2026-04-01"), None)), ["A-43"]);
    assert_eq!(told(finding(major, "2026-03-02", None, Some("2026-05-31"))), [""; 0]);
    assert_eq!(told(finding(minor, "2026-03-02", None, None)), ["A-43"]);
    assert_eq!(told(finding(minor, "2026-03-02", Some("2026-04-01"), None)), [""; 0]);
}

#[test]
fn majors_are_verified_before_it_comes_back() {
    let told = |log: Vec<NewCertificationEvent>, back: Type, on: &str, verified: Option<&str>| {
        let found = finding(FindingGrade::Major, "2026-03-02", Some("2026-04-01"), verified);
        let audit = audited(AuditKind::Surveillance, "2026-03-02", AuditConclusion::Positive, vec![found]);
        let terms = Terms { audits: vec![audit], ..terms() };
        against_with(&super::log(log), &terms, of(back, day(on)))
    };
    let suspended = vec![held("2025-03-10", "2028-03-10"), of(Type::Suspended, day("2026-05-04"))];
    let lifted = |verified| told(suspended.clone(), Type::SuspensionLifted, "2026-09-01", verified);
    assert_eq!(lifted(None), ["A-24"]);
    assert_eq!(lifted(Some("2026-09-02")), ["A-24"], "by then, it was not");
    assert_eq!(lifted(Some("2026-08-31")), [""; 0]);
    let closed = vec![held("2023-03-10", "2026-03-10"), of(Type::Stage2Completed, day("2026-10-20"))];
    let anew = |verified| told(closed.clone(), Type::ReinstatedAfterStage2, "2026-12-01", verified);
    assert_eq!(anew(None), ["A-03"]);
    assert_eq!(anew(Some("2026-11-30")), [""; 0]);
}

#[test]
fn an_accreditation_for_another_standard_counts_only_where_none_names_it() {
    let log = log(vec![held("2025-03-10", "2028-03-10")]);
    let lost = |scope: &str| Accreditation { lost_on: Some(day("2026-06-30")), ..accredited(scope) };
    let told = |accreditations: Vec<Accreditation>| {
        let terms = Terms { accreditations, ..terms() };
        let life = Life::of(&log, &terms, on("2026-11-24"));
        let lost = life
            .flags(&terms, on("2026-11-24"))
            .iter()
            .any(|one| one.code == CertificationFlagCode::AccreditationLost);
        let dues = life.dues(&terms, &EvaluationDays::default(), day("2026-11-24"));
        let due = dues.iter().any(|due| due.code == "transfer");
        let late = against_with(&log, &terms, of(Type::TransferredIn, day("2026-12-31"))) == ["A-45"];
        (lost, due, late)
    };
    assert_eq!(told(vec![lost("ISO 27001"), accredited("ISO 9001")]), (true, true, true));
    assert_eq!(told(vec![lost("ISO 9001"), accredited("ISO/IEC 27001:2022")]), (false, false, false));
    assert_eq!(told(vec![lost("Food safety"), accredited("Management systems")]), (false, false, false));
}

/// What a grant asks for is recorded.
fn evaluated() -> EvaluationDays {
    let held = vec![day("2020-01-15")];
    EvaluationDays { internal_audits: held.clone(), management_reviews: held }
}

/// Records events of these days one after another, none of which a rule speaks against.
fn accepted(mut log: Vec<CertificationEvent>, next: &[(Type, &str)]) -> Vec<CertificationEvent> {
    for (n, (event, on)) in (100..).zip(next) {
        let new = of(*event, day(on));
        assert_eq!(against_with(&log, &terms(), new.clone()), [""; 0], "{event} on {on}");
        log.push(slot(n, i64::from(n)).fill(new).unwrap());
    }
    log
}

#[test]
fn what_is_over_begins_with_an_application() {
    let applied = of(Type::Applied, day("2022-01-10"));
    let stage_1 = of(Type::Stage1Completed, day("2022-02-10"));
    let stage_2 = of(Type::Stage2Completed, day("2022-03-10"));
    let refused = log(vec![applied, stage_1, stage_2, of(Type::Refused, day("2022-04-10"))]);
    let withdrawn = log(vec![held("2020-03-10", "2023-03-10"), of(Type::Withdrawn, day("2022-04-10"))]);
    let left = log(vec![held("2020-03-10", "2023-03-10"), of(Type::TransferredOut, day("2022-04-10"))]);
    let closed = log(vec![held("2019-01-10", "2022-01-10")]);
    let on_that_day = |event| of(event, day("2022-09-01"));
    for log in [&refused, &withdrawn, &left] {
        for event in [Type::Stage1Completed, Type::Stage2Completed] {
            assert_eq!(against(log, on_that_day(event)), [("A.4", Some((Type::Applied, None)))]);
        }
        assert_eq!(against(log, on_that_day(Type::Applied)), [], "it is accepted instead");
    }
    assert_eq!(life(&refused, "2022-09-01").status(day("2022-09-01")), CertificationStatus::Refused);
    let again = log(vec![on_that_day(Type::Applied)]);
    for before in [refused, withdrawn, left, closed] {
        let early = [before.as_slice(), again.as_slice()].concat();
        let unaudited = against(&early, of(Type::Stage2Completed, day("2022-10-01")));
        assert_eq!(
            unaudited,
            [("A-01", Some((Type::Stage1Completed, None)))],
            "that of before does not count"
        );
        let anew = accepted(
            before,
            &[
                (Type::Applied, "2022-09-01"),
                (Type::Stage1Completed, "2022-10-01"),
                (Type::Stage2Completed, "2022-11-01"),
                (Type::Granted, "2022-12-01"),
            ],
        );
        let told = Life::of(&anew, &terms(), on("2023-01-01"));
        assert_eq!(told.status(day("2023-01-01")), CertificationStatus::Active);
        assert_eq!(told.validity().unwrap().expires_on, day("2025-12-01"));
    }
}

#[test]
fn what_was_refused_is_no_part_of_the_next_application() {
    let log = log(vec![
        of(Type::Applied, day("2022-01-10")),
        of(Type::Stage1Completed, day("2022-02-10")),
        of(Type::Stage2Completed, day("2022-03-10")),
        of(Type::Refused, day("2022-04-10")),
        of(Type::Applied, day("2022-09-01")),
        of(Type::Stage1Completed, day("2022-10-01")),
        of(Type::Stage2Completed, day("2022-11-01")),
    ]);
    let major = finding(FindingGrade::Major, "2022-03-10", None, None);
    let audits = vec![audited(AuditKind::Stage2, "2022-03-10", AuditConclusion::Negative, vec![major])];
    let terms = Terms { audits, ..terms() };
    let told = |as_of: &str| {
        let dues = Life::of(&log, &terms, on(as_of)).dues(&terms, &EvaluationDays::default(), day(as_of));
        let own =
            dues.into_iter().filter(|due| ["stage_2", "majors_of_stage_2"].contains(&due.code.as_str()));
        own.map(|due| (due.code, due.due, due.done_on)).collect::<Vec<_>>()
    };
    let stage_2 = |due: &str, held: Option<&str>| ("stage_2".to_owned(), day(due), held.map(day));
    let majors = ("majors_of_stage_2".to_owned(), day("2022-09-10"), None);
    assert_eq!(told("2022-04-09"), [stage_2("2022-08-10", Some("2022-03-10")), majors]);
    assert_eq!(told("2022-09-15"), []);
    assert_eq!(told("2022-10-15"), [stage_2("2023-04-01", None)]);
    assert_eq!(told("2022-11-15"), [stage_2("2023-04-01", Some("2022-11-01"))]);
}

/// A certificate that was renewed early: its first surveillance is due by the end of 2028, before its target.
fn renewed_in_december() -> NewCertificationEvent {
    let printed =
        json!({ "decision_on": "2027-12-20", "prior_expires_on": "2028-01-10", "expires_on": "2031-01-10" });
    NewCertificationEvent::registration(serde_json::from_value::<PrintedDates>(printed).unwrap())
}

#[test]
fn a_postponement_counts_from_the_day_that_was_due() {
    let postponed =
        |until: &str| saying(Type::SurveillancePostponed, "2028-11-02", json!({ "until": until }));
    let renewed = log(vec![renewed_in_december()]);
    let most = Some((Type::SurveillancePostponed, Some(day("2029-06-30"))));
    assert_eq!(against(&renewed, postponed("2029-06-30")), []);
    assert_eq!(against(&renewed, postponed("2029-07-01")), [("A-32", most)]);
    let put_off = log(vec![renewed_in_december(), postponed("2029-06-30")]);
    let dues = life(&put_off, "2028-12-01").dues(&terms(), &EvaluationDays::default(), day("2028-12-01"));
    let years: Vec<_> =
        dues.iter().map(|due| due.code.as_str()).filter(|code| code.starts_with("calendar_")).collect();
    assert_eq!(years, ["calendar_2029", "calendar_2030"], "the year in which it was due is waived");
}

#[test]
fn what_is_put_off_comes_later() {
    let until = |event: Type, on: &str, until: &str| saying(event, on, json!({ "until": until }));
    let plain = log(vec![held("2025-03-10", "2028-03-10")]);
    let most = Some((Type::ExpiryExtended, Some(day("2028-09-10"))));
    assert_eq!(against(&plain, until(Type::ExpiryExtended, "2027-10-01", "2028-03-10")), [("A-31", most)]);
    assert_eq!(against(&plain, until(Type::ExpiryExtended, "2027-10-01", "2028-03-11")), []);
    let most = Some((Type::SurveillancePostponed, Some(day("2026-09-10"))));
    let earlier = until(Type::SurveillancePostponed, "2025-10-01", "2026-03-10");
    assert_eq!(against(&plain, earlier), [("A-32", most)]);
    assert_eq!(against(&plain, until(Type::SurveillancePostponed, "2025-10-01", "2026-03-11")), []);
    let extended =
        log(vec![held("2025-03-10", "2028-03-10"), until(Type::ExpiryExtended, "2028-03-01", "2028-09-10")]);
    let shorter = until(Type::ExpiryExtended, "2028-03-02", "2028-06-10");
    assert_eq!(against(&extended, shorter), [("A-31", None)], "it is put off as far as it can be");
}

#[test]
fn what_is_put_off_is_the_cycle_of_that_day() {
    let renewed = saying(Type::Recertified, "2028-01-15", json!({ "valid_from": "2028-03-11" }));
    let extended = saying(Type::ExpiryExtended, "2028-02-01", json!({ "until": "2028-04-10" }));
    let audit = of(Type::RecertificationAuditCompleted, day("2027-12-10"));
    let log = log(vec![held("2025-03-10", "2028-03-10"), audit, renewed, extended]);
    let life = life(&log, "2028-02-02");
    let ends: Vec<_> = life.cycles().iter().map(|cycle| cycle.extended_until).collect();
    assert_eq!(ends, [Some(day("2028-04-10")), None]);
}

/// An audit of one day with what it came to, as a log knows it.
fn concluded(sequence: i32, event: Type, on: &str, conclusion: AuditConclusion) -> CertificationEvent {
    let mut event = slot(sequence, 1).fill(of(event, day(on))).unwrap();
    event.audit.as_mut().unwrap().0.conclusion = Some(conclusion);
    event
}

#[test]
fn stage_2_waits_for_what_stage_1_found() {
    let mut log = log(vec![of(Type::Applied, day("2024-10-01"))]);
    log.push(concluded(2, Type::Stage1Completed, "2024-12-10", AuditConclusion::NotReady));
    let stage_2 = || of(Type::Stage2Completed, day("2025-02-20"));
    assert_eq!(against(&log, stage_2()), [("A-02", Some((Type::Stage1Completed, None)))]);
    log.push(concluded(3, Type::Stage1Completed, "2025-01-20", AuditConclusion::Ready));
    assert_eq!(against(&log, stage_2()), []);
}

#[test]
fn a_renewal_rests_on_an_audit_that_recommends_it() {
    let told = |conclusion: AuditConclusion, findings: Vec<FindingFact>| {
        let mut log = log(vec![held("2025-03-10", "2028-03-10")]);
        log.push(concluded(2, Type::RecertificationAuditCompleted, "2027-12-10", conclusion));
        let audits = vec![audited(AuditKind::Recertification, "2027-12-10", conclusion, findings)];
        against_with(&log, &Terms { audits, ..terms() }, of(Type::Recertified, day("2028-02-01")))
    };
    let major = |verified| finding(FindingGrade::Major, "2027-12-10", None, verified);
    assert_eq!(told(AuditConclusion::Positive, Vec::new()), [""; 0]);
    assert_eq!(told(AuditConclusion::Negative, Vec::new()), ["A-16"]);
    assert_eq!(told(AuditConclusion::Negative, vec![major(None)]), ["A-17"]);
    assert_eq!(told(AuditConclusion::Negative, vec![major(Some("2028-01-20"))]), [""; 0], "it was mended");
}
