//! Whole lives: what the certification body decided, against the project's test vectors, and in any order.

mod conventions;
mod decisions;
mod editions;
mod warnings;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    bodies::Accreditation,
    engine::{CertificationFlagCode, CertificationStatus, EvaluationDays, Life, Terms},
    input::{NewCertificationEvent, Slot},
    log::{
        CertificationEvent, CertificationEventDetails, CertificationEventType as Type, PrintedDates,
        ScopeChange,
    },
    settings::{CycleSettings, FirstSurveillance, LateReturn, LaterSurveillance},
};
use crate::{
    kernel::{
        id::Id,
        time::{Date, Instant},
    },
    platform::diary::{AsOf, Moment},
};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn terms() -> Terms {
    Terms { standard: "ISO/IEC 27001".to_owned(), edition: "2022".to_owned(), ..Terms::default() }
}

fn of(event: Type, on: Date) -> NewCertificationEvent {
    if event.is_audit() {
        NewCertificationEvent { ended_on: Some(on), ..NewCertificationEvent::of(event) }
    } else {
        NewCertificationEvent { effective_on: Some(on), ..NewCertificationEvent::of(event) }
    }
}

fn saying(event: Type, on: &str, details: Value) -> NewCertificationEvent {
    let details: CertificationEventDetails = serde_json::from_value(details).unwrap();
    NewCertificationEvent { details: Some(details), ..of(event, day(on)) }
}

fn held(decision: &str, expires_on: &str) -> NewCertificationEvent {
    let printed = json!({ "decision_on": decision, "expires_on": expires_on });
    NewCertificationEvent::registration(serde_json::from_value::<PrintedDates>(printed).unwrap())
}

fn slot(sequence: i32, recorded_at: i64) -> Slot {
    let zero = uuid::Uuid::nil();
    Slot {
        id: Id::from_uuid(zero),
        tenant_id: Id::from_uuid(zero),
        certification_id: Id::from_uuid(zero),
        sequence,
        recorded_at: Instant::from_micros(recorded_at),
    }
}

/// A log whose events were recorded a microsecond after another.
fn log(events: Vec<NewCertificationEvent>) -> Vec<CertificationEvent> {
    (1..).zip(events).map(|(n, event)| slot(n, i64::from(n)).fill(event).unwrap()).collect()
}

fn on(text: &str) -> AsOf {
    AsOf::new(Some(day(text)), day("2040-01-01"))
}

fn life(log: &[CertificationEvent], as_of: &str) -> Life {
    Life::of(log, &terms(), on(as_of))
}

/// A rule, and what would be accepted instead until when.
type Told = (&'static str, Option<(Type, Option<Date>)>);

/// The rules that speak against an event.
fn against(log: &[CertificationEvent], event: NewCertificationEvent) -> Vec<Told> {
    let event = slot(1000, 1000).fill(event).unwrap();
    Life::objections(log, &terms(), &EvaluationDays::default(), &event)
        .into_iter()
        .map(|one| (one.rule.id, one.instead))
        .collect()
}

fn due(life: &Life, terms: &Terms, code: &str, cycle: i32) -> Date {
    let dues = life.dues(terms, &EvaluationDays::default(), day("2026-11-24"));
    dues.iter().find(|due| due.code == code && due.cycle == cycle).unwrap_or_else(|| panic!("no {code}")).due
}

fn vector(id: &str) -> Value {
    let all: Vec<Value> =
        serde_json::from_str(include_str!("../../../tests/vectors/iso27001-cycle.json")).unwrap();
    all.into_iter().find(|one| one["id"] == id).unwrap()
}

#[test]
fn an_early_recertification_keeps_the_anniversary() {
    let expect = vector("ISO-08")["expect"].clone();
    let first = held("2025-03-10", "2028-03-10");
    let audit = of(Type::RecertificationAuditCompleted, day("2027-12-10"));
    let log = log(vec![first, audit, of(Type::Recertified, day("2028-01-15"))]);
    let life = life(&log, "2028-02-01");
    let validity = life.validity().unwrap();
    assert_eq!(json!(validity.valid_from), expect["valid_from_min"]);
    assert_eq!(json!(validity.expires_on), expect["expires_on"]);
    assert_eq!(json!(validity.decision_on), expect["cycle_start"]);
    assert_eq!(json!(life.gaps().len()), expect["gap_days"]);
    let target = |code| {
        let dues = life.dues(&terms(), &EvaluationDays::default(), day("2028-02-01"));
        let due = dues.into_iter().find(|due| due.code == code && due.cycle == 2).unwrap();
        let input = due.inputs.iter().find(|input| input.name == "target").unwrap().value.clone();
        json!(input)
    };
    assert_eq!(
        (target("surveillance_1"), target("surveillance_2")),
        (expect["next_s1_target"].clone(), expect["next_s2_target"].clone())
    );
    let strict =
        CycleSettings { later_surveillance: LaterSurveillance::Decision, ..CycleSettings::default() };
    let strict = Terms { settings: strict, ..terms() };
    let strictly = Life::of(&log, &strict, on("2028-02-01"));
    assert_eq!(due(&strictly, &strict, "surveillance_1", 2), day("2029-01-15"));
}

#[test]
fn a_lapse_is_restored_with_a_gap() {
    let vector = vector("ISO-09");
    let expect = &vector["expect"];
    let log = log(vec![
        held("2025-03-10", "2028-03-10"),
        of(Type::RecertificationAuditCompleted, day("2028-02-20")),
        of(Type::RestoredAfterExpiry, day("2028-05-05")),
    ]);
    for (on, status) in expect["status_on"].as_object().unwrap() {
        assert_eq!(json!(life(&log, on).status(day(on))), *status, "{on}");
    }
    let after = life(&log, "2028-06-01");
    let gaps = after.gaps();
    assert_eq!(json!([gaps[0].from, gaps[0].to]), expect["gap"]);
    assert_eq!(json!(gaps[0].days), expect["gap_days"]);
    assert_eq!(json!(after.validity().unwrap().expires_on), expect["expires_on"]);
    assert_eq!(json!(life(&log, "2028-05-04").validity().unwrap().restorable_until), expect["restore_until"]);
    let lapsed = &log[..2];
    assert_eq!(
        against(lapsed, of(Type::Recertified, day("2028-05-05"))),
        [("A-19", Some((Type::RestoredAfterExpiry, Some(day("2028-09-10")))))]
    );
    let attempt = day(self::vector("ISO-10")["given"]["attempt"].as_str().unwrap());
    let late = against(lapsed, of(Type::RestoredAfterExpiry, attempt));
    assert_eq!(late, [("A-20", Some((Type::ReinstatedAfterStage2, None)))]);
    assert_eq!(against(lapsed, of(Type::RestoredAfterExpiry, day("2028-09-10"))), []);
}

#[test]
fn a_suspension_moves_no_date() {
    let vector = vector("ISO-11");
    let expect = &vector["expect"];
    let suspended = of(Type::Suspended, day("2026-05-04"));
    let log = log(vec![
        held("2025-03-10", "2028-03-10"),
        suspended,
        of(Type::SurveillanceCompleted, day("2026-08-17")),
        of(Type::SuspensionLifted, day("2026-09-01")),
    ]);
    let after = life(&log, "2026-11-24");
    assert_eq!(json!(due(&after, &terms(), "suspension_review_1", 1)), expect["suspension_review_by"]);
    assert_eq!(json!(due(&after, &terms(), "surveillance_2", 1)), expect["s2_due"]);
    assert_eq!(json!(after.validity().unwrap().expires_on), expect["expires_on"]);
    let usable: Vec<_> = after.usable().into_iter().map(|days| json!([days.from, days.to])).collect();
    assert_eq!(json!(usable), expect["certificate_usable"]);
    for (on, status) in [
        ("2026-05-03", "active"),
        ("2026-05-04", "suspended"),
        ("2026-08-31", "suspended"),
        ("2026-09-01", "active"),
    ] {
        assert_eq!(json!(life(&log, on).status(day(on))), status, "{on}");
    }
    let while_suspended = &log[..2];
    assert_eq!(against(while_suspended, of(Type::Suspended, day("2026-06-01"))).len(), 1);
    let moved = saying(Type::TransferredOut, "2026-06-01", json!({}));
    assert_eq!(against(while_suspended, moved)[0].0, "A-41");
    let flags = life(while_suspended, "2026-11-05").flags(&terms(), on("2026-11-05"));
    let codes: Vec<_> = flags.iter().map(|flag| flag.code).collect();
    assert!(codes.contains(&CertificationFlagCode::SuspensionOverLimit), "{codes:?}");
    assert!(codes.contains(&CertificationFlagCode::MarksMustNotBeUsed), "{codes:?}");
}

#[test]
fn a_suspension_in_part_leaves_the_rest() {
    let part = saying(Type::Suspended, "2026-05-04", json!({ "part": "The second site" }));
    let log = log(vec![held("2025-03-10", "2028-03-10"), part]);
    let life = life(&log, "2026-06-01");
    assert_eq!(life.status(day("2026-06-01")), CertificationStatus::SuspendedInPart);
    assert_eq!(life.usable().len(), 1);
}

#[test]
fn a_transfer_keeps_the_cycle() {
    let expect = vector("ISO-13")["expect"].clone();
    let accredited = |lost: Option<&str>| Accreditation {
        accreditation_body: "AB".parse().unwrap(),
        scope: "ISO/IEC 27001".parse().unwrap(),
        number: None,
        recognition: None,
        granted_on: day("2020-01-01"),
        valid_until: None,
        lost_on: lost.map(day),
        loss: None,
    };
    let with = |lost| Terms { accreditations: vec![accredited(lost)], ..terms() };
    let moved = of(Type::TransferredIn, day("2026-10-01"));
    let log = log(vec![held("2025-03-10", "2028-03-10"), moved.clone()]);
    let after = life(&log, "2026-11-24");
    assert_eq!(json!(after.validity().unwrap().expires_on), expect["expires_on"]);
    assert_eq!(json!(due(&after, &terms(), "surveillance_2", 1)), expect["s2_due"]);
    let lost = with(Some("2026-06-30"));
    let by = self::vector("ISO-14")["expect"]["transfer_by"].clone();
    let registered = &log[..1];
    assert_eq!(json!(due(&Life::of(registered, &lost, on("2026-11-24")), &lost, "transfer", 1)), by);
    let judged = |terms: &Terms, on: &str| {
        let event = slot(9, 9).fill(of(Type::TransferredIn, day(on))).unwrap();
        Life::objections(registered, terms, &EvaluationDays::default(), &event).first().map(|one| one.rule.id)
    };
    assert_eq!(judged(&with(None), "2026-10-01"), None);
    assert_eq!((judged(&lost, "2026-12-30"), judged(&lost, "2026-12-31")), (None, Some("A-45")));
    assert_eq!(judged(&terms(), "2026-10-01"), Some("A-40"), "no accreditation is on record");
}

#[test]
fn an_edition_that_ends_takes_the_certificate_with_it() {
    let expect = vector("ISO-17")["expect"].clone();
    let terms = Terms { edition: "2013".to_owned(), ..terms() };
    let log = log(vec![held("2023-06-20", "2026-06-20")]);
    let life = Life::of(&log, &terms, on("2026-01-01"));
    assert_eq!(json!(due(&life, &terms, "edition_end", 1)), expect["edition_end"]);
    assert_eq!(json!(life.usable()[0].to), expect["usable_through"]);
    assert_eq!(json!(life.validity().unwrap().restorable_until.is_some()), expect["restorable"]);
    assert_eq!(json!(life.validity().unwrap().expires_on), expect["expires_on"]);
    assert_eq!(life.status(day("2025-10-31")), CertificationStatus::Active);
    assert_eq!(life.status(day("2025-11-01")), CertificationStatus::EditionEnded);
    let moved =
        slot(2, 2).fill(saying(Type::Transitioned, "2025-05-01", json!({ "edition": "2022" }))).unwrap();
    let transitioned = vec![log[0].clone(), moved];
    let life = Life::of(&transitioned, &terms, on("2026-01-01"));
    assert_eq!(life.status(day("2026-01-01")), CertificationStatus::Active);
    assert_eq!(Life::of(&transitioned, &terms, on("2025-04-30")).edition(), "2013", "until then");
}

#[test]
fn a_scope_change_issues_the_document_anew() {
    let expect = vector("ISO-19")["expect"].clone();
    let details = json!({ "change": ScopeChange::Reduced, "scope": "Less" });
    let log = log(vec![held("2025-03-10", "2028-03-10"), saying(Type::ScopeChanged, "2026-07-01", details)]);
    let life = life(&log, "2026-07-01");
    assert_eq!(json!(life.issue()), expect["version"]);
    assert_eq!(json!(life.validity().unwrap().expires_on), expect["expires_on"]);
    let early = saying(
        Type::ScopeChanged,
        "2026-07-01",
        json!({ "change": "reduced", "scope": "Less", "valid_from": "2026-06-30" }),
    );
    assert_eq!(against(&log[..1], early), [("A-08", None)]);
}

#[test]
fn an_application_becomes_a_certificate() {
    let log = log(vec![
        of(Type::Applied, day("2024-10-01")),
        of(Type::Stage1Completed, day("2024-12-10")),
        of(Type::Stage2Completed, day("2025-02-20")),
        of(Type::Granted, day("2025-03-10")),
    ]);
    for (on, status) in [
        ("2024-10-01", "application"),
        ("2024-12-10", "stage_1_done"),
        ("2025-02-20", "stage_2_done"),
        ("2025-03-10", "active"),
    ] {
        assert_eq!(json!(life(&log, on).status(day(on))), status, "{on}");
    }
    let granted = life(&log, "2026-01-01");
    assert_eq!(due(&granted, &terms(), "surveillance_1", 1), day("2026-03-10"));
    let settings =
        CycleSettings { first_surveillance: FirstSurveillance::Stage2LastDay, ..CycleSettings::default() };
    let strict = Terms { settings, ..terms() };
    let strictly = Life::of(&log, &strict, on("2026-01-01"));
    assert_eq!(due(&strictly, &strict, "surveillance_1", 1), day("2026-02-20"));
    assert_eq!(against(&log[..2], of(Type::Granted, day("2025-01-10")))[0].0, "A.4");
    assert_eq!(against(&log[..1], of(Type::Stage2Completed, day("2024-12-01")))[0].0, "A-01");
    let refused = self::log(vec![
        log_event(&log, 0),
        log_event(&log, 1),
        log_event(&log, 2),
        of(Type::Refused, day("2025-03-10")),
    ]);
    assert_eq!(life(&refused, "2025-03-11").status(day("2025-03-11")), CertificationStatus::Refused);
}

fn log_event(log: &[CertificationEvent], n: usize) -> NewCertificationEvent {
    of(log[n].event, log[n].effective_on)
}

#[test]
fn a_late_return_begins_what_the_settings_say() {
    let log = log(vec![
        held("2025-03-10", "2028-03-10"),
        of(Type::Stage2Completed, day("2028-11-20")),
        of(Type::ReinstatedAfterStage2, day("2028-12-01")),
    ]);
    assert_eq!(life(&log, "2029-01-01").validity().unwrap().expires_on, day("2031-12-01"));
    let settings = CycleSettings { late_return: LateReturn::PriorCycle, ..CycleSettings::default() };
    let kept = Life::of(&log, &Terms { settings, ..terms() }, on("2029-01-01"));
    assert_eq!(kept.validity().unwrap().expires_on, day("2031-03-10"));
    let unaudited = [log[0].clone()];
    let told = against(&unaudited, of(Type::ReinstatedAfterStage2, day("2028-12-01")));
    assert_eq!(told, [("A-20", Some((Type::Stage2Completed, None)))]);
}

#[test]
fn an_extraordinary_event_puts_off_and_keeps_the_cycle() {
    let first = held("2025-03-10", "2028-03-10");
    let extended = saying(Type::ExpiryExtended, "2028-03-01", json!({ "until": "2028-08-31" }));
    let audit = of(Type::RecertificationAuditCompleted, day("2028-07-01"));
    let log = log(vec![first, extended, audit, of(Type::Recertified, day("2028-08-15"))]);
    let before = life(&log[..2], "2028-06-01");
    assert_eq!(before.status(day("2028-06-01")), CertificationStatus::Active);
    assert_eq!(due(&before, &terms(), "restoration_limit", 1), day("2029-02-28"));
    assert_eq!(
        life(&log, "2028-09-01").validity().unwrap().expires_on,
        day("2031-03-10"),
        "the original expiry counts"
    );
    let far = saying(Type::ExpiryExtended, "2028-03-01", json!({ "until": "2028-09-11" }));
    assert_eq!(against(&log[..1], far), [("A-31", Some((Type::ExpiryExtended, Some(day("2028-09-10")))))]);
    let postponed = saying(Type::SurveillancePostponed, "2026-02-01", json!({ "until": "2026-09-10" }));
    let put_off = self::log(vec![held("2025-03-10", "2028-03-10"), postponed]);
    let life = life(&put_off, "2026-06-01");
    assert_eq!(due(&life, &terms(), "surveillance_1", 1), day("2026-09-10"));
    assert!(
        life.dues(&terms(), &EvaluationDays::default(), day("2026-06-01"))
            .iter()
            .all(|due| due.code != "calendar_2026"),
        "that year is waived"
    );
}

#[test]
fn what_was_not_recorded_yet_was_not_known() {
    let log = log(vec![held("2025-03-10", "2028-03-10"), of(Type::Suspended, day("2026-05-04"))]);
    let told = |known_at: i64| {
        let asked = Moment { as_of: on("2026-05-05"), known_at: Some(Instant::from_micros(known_at)) };
        Life::of(&log, &terms(), asked).status(day("2026-05-05"))
    };
    assert_eq!((told(1), told(2)), (CertificationStatus::Active, CertificationStatus::Suspended));
    let mut voided = log.clone();
    voided[1].voided_at = Some(Instant::from_micros(5));
    let told = |known_at: i64| {
        let asked = Moment { as_of: on("2026-05-05"), known_at: Some(Instant::from_micros(known_at)) };
        Life::of(&voided, &terms(), asked).status(day("2026-05-05"))
    };
    assert_eq!((told(4), told(5)), (CertificationStatus::Suspended, CertificationStatus::Active));
}

#[test]
fn what_contradicts_is_flagged_whenever_it_came() {
    let log = log(vec![
        held("2025-03-10", "2028-03-10"),
        of(Type::Withdrawn, day("2026-05-04")),
        of(Type::SurveillanceCompleted, day("2026-06-01")),
    ]);
    let flags = life(&log, "2026-07-01").flags(&terms(), on("2026-07-01"));
    let told = flags.iter().find(|flag| flag.code == CertificationFlagCode::Contradicts).unwrap();
    assert_eq!((told.rule.id.as_str(), told.since), ("A.4", Some(day("2026-06-01"))));
}

fn events() -> impl Strategy<Value = Vec<(usize, u64)>> {
    prop::collection::vec((0..Type::ALL.len(), 0..4000_u64), 0..24)
}

proptest! {
    /// Whatever happened in whatever order: nothing panics, every day has a status, usable days are in order and apart,
    /// and no suspension, change of scope or transfer moved an expiry.
    #[test]
    fn any_order_of_events_has_a_meaning(events in events(), asked in 0..5000_u64) {
        let start = day("2020-01-31");
        let decision = start.to_string();
        let root = held(&decision, &start.plus_months(36).to_string());
        let rest = events.into_iter().filter_map(|(which, after)| {
            let event = Type::ALL[which];
            let on = start.plus_days(after);
            match event {
                Type::RegisteredExisting => None,
                Type::ExpiryExtended | Type::SurveillancePostponed => {
                    Some(saying(event, &on.to_string(), json!({ "until": on.plus_days(100) })))
                }
                _ => Some(of(event, on)),
            }
        });
        let log = log(std::iter::once(root).chain(rest).collect());
        let asked = start.plus_days(asked);
        let life = Life::of(&log, &terms(), AsOf::new(Some(asked), Date::MAX));
        let status = life.status(asked);
        prop_assert_ne!(status, CertificationStatus::Voided);
        let usable = life.usable();
        prop_assert!(usable.windows(2).all(|two| two[0].to < two[1].from), "{:?}", usable);
        prop_assert_eq!(status.usable(), usable.iter().any(|days| days.from <= asked && asked <= days.to));
        let dues = life.dues(&terms(), &EvaluationDays::default(), asked);
        let mut codes: Vec<_> = dues.into_iter().map(|due| (due.code, due.cycle)).collect();
        codes.sort();
        let all = codes.len();
        codes.dedup();
        prop_assert_eq!(codes.len(), all, "each code once in a cycle");
        for event in &log {
            let before: Vec<_> = log.iter().filter(|one| one.sequence < event.sequence).cloned().collect();
            let _ = Life::objections(&before, &terms(), &EvaluationDays::default(), event);
        }
    }

    /// An expiry moves by a decision or an extension alone.
    #[test]
    fn no_expiry_moves_by_itself(after in 1..1000_u64, which in 0..4_usize) {
        let event = [Type::Suspended, Type::ScopeChanged, Type::TransferredIn, Type::SurveillanceCompleted][which];
        let root = held("2025-03-10", "2028-03-10");
        let log = log(vec![root, of(event, day("2025-03-10").plus_days(after))]);
        prop_assert_eq!(life(&log, "2039-01-01").validity().unwrap().expires_on, day("2028-03-10"));
    }
}
