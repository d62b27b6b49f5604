use super::*;
use crate::{
    assurance::findings::judged::{FindingCheck, FindingVerification},
    kernel::{
        id::{FindingId, MemberId, TenantId},
        time::Instant,
    },
    platform::diary::{AsOf, Moment},
};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn finding(grade: FindingGrade) -> Finding {
    Finding {
        id: FindingId::from_uuid(uuid::Uuid::nil()),
        tenant_id: TenantId::from_uuid(uuid::Uuid::nil()),
        title: "Leavers keep their access".parse().unwrap(),
        reference: None,
        grade,
        audit: None,
        raised_on: day("2026-02-01"),
        statement: "Three of ten did.".parse().unwrap(),
        clause: None,
        controls: Doc::default(),
        requirements: Doc::default(),
        owner: None,
        evidence: Doc::default(),
        correction: Default::default(),
        extent: Default::default(),
        root_cause: Default::default(),
        whys: Doc::default(),
        response: Default::default(),
        stated_due: None,
        verification: None,
        checks: Doc::default(),
        external_refs: Doc::default(),
        stage: FindingState::Open,
        plan_accepted_on: None,
        implemented_on: None,
        deadlines: Doc::default(),
        plan_due_on: Date::MAX,
        due_on: Date::MAX,
        version: 1,
        created_at: Instant::from_micros(0),
    }
}

fn basis(kind: AuditKind, last_day: &str) -> Basis {
    Basis {
        kind,
        last_day: day(last_day),
        held: true,
        plan_days: PLAN_DAYS,
        major_days: MAJOR_DAYS,
        next: None,
        expires_on: None,
    }
}

fn check(on: &str, effective: bool) -> FindingCheck {
    FindingCheck {
        on: day(on),
        effective,
        note: Default::default(),
        by: MemberId::from_uuid(uuid::Uuid::nil()),
        recorded_at: Instant::from_micros(0),
        took_back: None,
    }
}

fn verified(on: &str) -> FindingVerification {
    FindingVerification {
        on: day(on),
        by: "Lead auditor".parse().unwrap(),
        note: Default::default(),
        recorded_at: Instant::from_micros(0),
    }
}

fn verification(finding: &Finding, basis: &Basis) -> (String, String, bool) {
    let told = deadlines(finding, Some(basis)).verification.unwrap();
    (told.due_on.to_string(), told.rule.id, told.assumed)
}

#[test]
fn a_major_is_due_by_the_kind_of_its_audit() {
    let major = finding(FindingGrade::Major);
    for (kind, last, expires, due, rule) in [
        (AuditKind::Stage2, "2026-08-31", None, "2027-02-28", "A-04"),
        (AuditKind::Surveillance, "2026-02-12", None, "2026-05-13", "A-27"),
        (AuditKind::Recertification, "2028-02-20", Some("2028-03-10"), "2028-03-10", "A-17"),
        (AuditKind::Recertification, "2027-11-20", Some("2028-03-10"), "2028-02-18", "A-27"),
        (AuditKind::Internal, "2026-02-12", None, "2026-05-13", "10.2"),
    ] {
        let basis = Basis { expires_on: expires.map(day), ..basis(kind, last) };
        assert_eq!(verification(&major, &basis), (due.to_owned(), rule.to_owned(), false), "{kind}");
    }
    let slower = Basis { major_days: 60, plan_days: 14, ..basis(AuditKind::Surveillance, "2026-02-12") };
    assert_eq!(verification(&major, &slower).0, "2026-04-13");
    let plan = deadlines(&major, Some(&slower)).plan.unwrap();
    assert_eq!(plan.due_on, day("2026-02-26"));
}

#[test]
fn a_minor_waits_for_the_next_audit_and_others_for_nothing() {
    let minor = finding(FindingGrade::Minor);
    let known = Basis { next: Some(day("2027-02-10")), ..basis(AuditKind::Surveillance, "2026-02-12") };
    assert_eq!(verification(&minor, &known), ("2027-02-10".to_owned(), "A-27".to_owned(), false));
    let unknown = basis(AuditKind::Surveillance, "2026-02-12");
    assert_eq!(verification(&minor, &unknown), ("2027-02-12".to_owned(), "A-27".to_owned(), true));
    let planned = Basis { held: false, ..known };
    assert!(deadlines(&minor, Some(&planned)).plan.unwrap().assumed);
    for grade in [FindingGrade::Opportunity, FindingGrade::Observation, FindingGrade::Exception] {
        assert_eq!(deadlines(&finding(grade), Some(&planned)), Deadlines::default());
    }
    let own = deadlines(&minor, None).plan.unwrap();
    assert_eq!((own.due_on, own.rule.id.as_str()), (day("2026-03-03"), "10.2"));
}

#[test]
fn a_stated_day_wins_and_both_are_shown() {
    let stated = Finding { stated_due: Some(day("2026-04-01")), ..finding(FindingGrade::Major) };
    let told = deadlines(&stated, Some(&basis(AuditKind::Surveillance, "2026-02-12"))).verification.unwrap();
    assert_eq!((told.due_on, told.stated_on), (day("2026-04-01"), Some(day("2026-04-01"))));
    assert_eq!((told.computed_on, told.assumed), (Some(day("2026-05-13")), false));
    let observed = Finding { stated_due: Some(day("2026-04-01")), ..finding(FindingGrade::Observation) };
    assert_eq!(deadlines(&observed, None).verification.unwrap().computed_on, None);
}

#[test]
fn a_state_follows_from_actions_verification_and_checks() {
    let action = |round, accepted: Option<&str>, implemented: Option<&str>| ActionDates {
        round,
        plan_accepted_on: accepted.map(day),
        implemented_on: implemented.map(day),
    };
    let after = |finding: &Finding, actions: &[ActionDates]| settled(finding.clone(), None, actions);
    let major = finding(FindingGrade::Major);
    let open = after(&major, &[]);
    assert_eq!(state(&open, day("2026-03-03")), FindingState::Open);
    assert_eq!(state(&open, day("2026-03-04")), FindingState::PlanDue);
    assert!(!overdue(&open, day("2026-05-02")) && overdue(&open, day("2026-05-03")));
    let both = [action(0, Some("2026-02-20"), None), action(0, Some("2026-03-01"), Some("2026-03-10"))];
    assert_eq!(after(&major, &both[..1]).stage, FindingState::PlanAccepted);
    assert_eq!(after(&major, &both).plan_accepted_on, Some(day("2026-03-01")));
    let one_open = [action(0, None, Some("2026-03-10")), action(0, None, None)];
    assert_eq!(after(&major, &one_open).stage, FindingState::Open);
    assert_eq!(after(&major, &one_open[..1]).stage, FindingState::Implemented);
    let verified = Finding { verification: Some(Doc(verified("2026-04-02"))), ..major.clone() };
    assert_eq!(after(&verified, &both).stage, FindingState::Verified);
    let closed = Finding { checks: Doc(vec![check("2026-06-01", true)]), ..verified };
    let closed = after(&closed, &both);
    assert_eq!((closed.stage, overdue(&closed, day("2030-01-01"))), (FindingState::Closed, false));
    assert_eq!(dues(&closed)[1].done_on, Some(day("2026-04-02")));
}

#[test]
fn what_was_taken_back_stood_until_then() {
    let first = FindingCheck {
        recorded_at: Instant::from_micros(1),
        took_back: Some(verified("2026-04-02")),
        ..check("2026-06-01", false)
    };
    let again = FindingVerification { recorded_at: Instant::from_micros(2), ..verified("2026-07-01") };
    let major =
        Finding { verification: Some(Doc(again)), checks: Doc(vec![first]), ..finding(FindingGrade::Major) };
    let told = |moment: Moment| {
        let then = major.clone().judged_at(moment);
        (then.verification.as_ref().map(|one| one.on), then.reopenings())
    };
    let known = |at: i64| told(Moment { known_at: Some(Instant::from_micros(at)), ..Moment::ALL });
    let on = |text: &str| told(AsOf { day: day(text), past: true }.into());
    let (before, reopened) = ((Some(day("2026-04-02")), 0), (None, 1));
    assert_eq!((known(-1), known(0), known(1)), ((None, 0), before, reopened));
    assert_eq!((on("2026-04-01"), on("2026-05-31"), on("2026-06-30")), ((None, 0), before, reopened));
    assert_eq!((known(2), told(Moment::ALL)), ((Some(day("2026-07-01")), 1), (Some(day("2026-07-01")), 1)));
}

#[test]
fn what_was_reopened_starts_anew() {
    let reopened = Finding { checks: Doc(vec![check("2026-06-01", false)]), ..finding(FindingGrade::Major) };
    let old = ActionDates { round: 0, plan_accepted_on: None, implemented_on: Some(day("2026-03-10")) };
    let again = settled(reopened, Some(&basis(AuditKind::Surveillance, "2026-02-12")), &[old]);
    assert_eq!((again.stage, again.due_on), (FindingState::Reopened, day("2026-08-30")));
    assert_eq!(dues(&again)[0].cycle, 1);
    let new = ActionDates { round: 1, ..old };
    assert_eq!(settled(again, None, &[old, new]).stage, FindingState::Implemented);
}
