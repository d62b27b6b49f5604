//! The cycle engine against the project's test vectors, and against every decision date of a century.

use proptest::prelude::*;
use serde_json::Value;

use super::{
    engine::{CertificationStatus, EvaluationDays, ExpiryConvention, Life, Terms},
    input::{NewCertificationEvent, Slot},
    log::{CertificationEvent, CertificationEventType, PrintedDates},
    rules::RULES,
};
use crate::{
    kernel::{
        id::Id,
        time::{Date, Instant},
    },
    platform::diary::{AsOf, Due, RuleBasis},
};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn given(vector: &Value, name: &str) -> Option<Date> {
    vector["given"][name].as_str().map(day)
}

fn printed(decision: Date, expires_on: Date) -> PrintedDates {
    PrintedDates {
        decision_on: Some(decision),
        valid_from: None,
        expires_on,
        original_certification_on: None,
        prior_expires_on: None,
        cycle: None,
    }
}

fn log(events: Vec<NewCertificationEvent>) -> Vec<CertificationEvent> {
    let zero = uuid::Uuid::nil();
    let slot = |sequence| Slot {
        id: Id::from_uuid(zero),
        tenant_id: Id::from_uuid(zero),
        certification_id: Id::from_uuid(zero),
        sequence,
        recorded_at: Instant::from_micros(0),
    };
    (1..).zip(events).map(|(n, event)| slot(n).fill(event).unwrap()).collect()
}

fn held(event: CertificationEventType, ended_on: Date) -> NewCertificationEvent {
    NewCertificationEvent { ended_on: Some(ended_on), ..NewCertificationEvent::of(event) }
}

/// The certificate of a vector whose decision is given, with the audits that it names.
fn of_vector(vector: &Value) -> Vec<CertificationEvent> {
    use CertificationEventType::{RecertificationAuditCompleted, SurveillanceCompleted};
    let decision = given(vector, "decision").unwrap();
    let expiry = ExpiryConvention::SameDay.expiry(decision).unwrap();
    let audits = [
        (SurveillanceCompleted, "surveillance_end"),
        (SurveillanceCompleted, "s1"),
        (SurveillanceCompleted, "s2"),
        (RecertificationAuditCompleted, "recert_audit"),
    ];
    let audits = audits.into_iter().filter_map(|(kind, name)| Some(held(kind, given(vector, name)?)));
    let registration = NewCertificationEvent::registration(printed(decision, expiry));
    log(std::iter::once(registration).chain(audits).collect())
}

fn lived(log: &[CertificationEvent], as_of: AsOf) -> Life {
    Life::of(log, &Terms::default(), as_of)
}

fn on(text: &str) -> AsOf {
    AsOf::new(Some(day(text)), day("2031-01-01"))
}

fn one<'a>(dues: &'a [Due], code: &str) -> &'a Due {
    dues.iter().find(|due| due.code == code).unwrap_or_else(|| panic!("no {code}"))
}

fn vectors() -> Vec<Value> {
    serde_json::from_str(include_str!("../../../tests/vectors/iso27001-cycle.json")).unwrap()
}

impl Life {
    /// Everything that is due, whenever that is asked; nothing of what the organisation does itself is recorded.
    fn ever_due(&self) -> Vec<Due> {
        self.dues(&Terms::default(), &EvaluationDays::default(), Date::MAX)
    }
}

/// What a vector may expect of a first cycle, and how the engine tells it.
fn told(life: &Life, name: &str) -> Option<String> {
    let dues = life.ever_due();
    let due = |code: &str| one(&dues, code).due.to_string();
    let met = |year: &str| {
        let state = one(&dues, &format!("calendar_{year}")).done_on;
        if state.is_some() { "met".to_owned() } else { "breach".to_owned() }
    };
    let late = |code: &str| one(&dues, code).days_late(on("2030-12-31"));
    let input = |code: &str, name: &str| {
        one(&dues, code).inputs.iter().find(|input| input.name == name).map(|input| input.value.clone())
    };
    Some(match name {
        "s1_due" => due("surveillance_1"),
        "s2_due" | "s2_due_once_s1_is_held" => due("surveillance_2"),
        "s2_calendar_backstop" => return input("surveillance_2", "calendar_bound"),
        "s2_target" => return input("surveillance_2", "target"),
        "recert_plan" => due("recertification_plan"),
        "recert_decision_due" => due("recertification_decision"),
        "expires_on" => due("expiry"),
        "restore_until" => due("restoration_limit"),
        "overdue_from" => one(&dues, "surveillance_1").due.plus_days(1).to_string(),
        "days_late" => late("surveillance_1").to_string(),
        "rule_12_months" => if late("surveillance_1") > 0 { "breach" } else { "met" }.to_owned(),
        "programme" => if late("surveillance_2") > 0 { "late" } else { "in time" }.to_owned(),
        calendar if calendar.starts_with("calendar_year_") => met(&calendar[14..]),
        _ => return None,
    })
}

#[test]
fn the_first_cycles_of_the_vectors_hold() {
    for vector in vectors() {
        let id = vector["id"].as_str().unwrap();
        if !["ISO-01", "ISO-02", "ISO-04", "ISO-05", "ISO-06"].contains(&id) {
            continue;
        }
        let mut checked = 0;
        let life = lived(&of_vector(&vector), on("2030-12-31"));
        for (name, expected) in vector["expect"].as_object().unwrap() {
            let expected = match expected {
                Value::Number(number) => number.to_string(),
                other => other.as_str().unwrap_or_default().to_owned(),
            };
            if let Some(told) = told(&life, name) {
                assert_eq!(told, expected, "{id} {name}");
                checked += 1;
            }
        }
        // What else it expects is asked of the API.
        assert!(checked > 0, "{id}: nothing of a first cycle is told");
    }
}

#[test]
fn a_late_surveillance_leaves_the_certificate_active() {
    let vector = vectors().into_iter().find(|one| one["id"] == "ISO-04").unwrap();
    let life = lived(&of_vector(&vector), on("2026-04-21"));
    assert_eq!(life.status(day("2026-04-21")), CertificationStatus::Active);
    assert_eq!(one(&life.ever_due(), "surveillance_1").done_on, None, "it had not been held by then");
}

#[test]
fn the_calendar_years_of_a_january_decision_are_met_by_three_audits() {
    let vector = vectors().into_iter().find(|one| one["id"] == "ISO-06").unwrap();
    let dues = lived(&of_vector(&vector), on("2030-12-31")).ever_due();
    let years: Vec<_> = dues.iter().filter(|due| due.code.starts_with("calendar_")).collect();
    assert_eq!(years.len(), 2);
    assert_eq!(years[0].done_on, given(&vector, "s2"), "2026 is met by the second surveillance");
    assert_eq!(years[1].done_on, given(&vector, "recert_audit"), "2027 by the recertification audit");
    let s2 = one(&dues, "surveillance_2");
    assert_eq!(s2.rule.id, "A-11", "the calendar year binds before the target");
}

#[test]
fn a_later_cycle_counts_from_the_prior_expiry() {
    let expected = &vectors().into_iter().find(|one| one["id"] == "ISO-06").unwrap()["expect"];
    let registered = PrintedDates {
        prior_expires_on: Some(day("2028-01-10")),
        ..printed(day("2027-12-20"), day("2031-01-10"))
    };
    let life = lived(&log(vec![NewCertificationEvent::registration(registered)]), on("2030-12-31"));
    let validity = life.validity().unwrap();
    assert_eq!((validity.cycle, validity.assumed), (2, false));
    assert_eq!(validity.expiry_convention, ExpiryConvention::SameDay);
    let dues = life.ever_due();
    let s1 = one(&dues, "surveillance_1");
    assert_eq!(s1.due.to_string(), expected["next_cycle_s1_due"]);
    let target = s1.inputs.iter().find(|input| input.name == "target").unwrap();
    assert_eq!(target.value, expected["next_cycle_s1_target"]);
    assert_eq!((s1.rule.id.as_str(), s1.rule.basis), ("A-11", RuleBasis::Normative));
    let summer = PrintedDates {
        prior_expires_on: Some(day("2028-06-10")),
        ..printed(day("2028-05-20"), day("2031-06-10"))
    };
    let dues = lived(&log(vec![NewCertificationEvent::registration(summer)]), on("2030-12-31")).ever_due();
    let s1 = one(&dues, "surveillance_1");
    assert_eq!(
        (s1.due, s1.rule.basis),
        (day("2029-06-10"), RuleBasis::Convention),
        "the anniversary is practice"
    );
}

#[test]
fn what_is_not_printed_is_assumed_and_said() {
    let only_start = PrintedDates {
        decision_on: None,
        valid_from: Some(day("2025-03-12")),
        ..printed(day("2025-03-10"), day("2028-03-11"))
    };
    let life = lived(&log(vec![NewCertificationEvent::registration(only_start)]), on("2026-01-01"));
    assert!(life.validity().unwrap().assumed);
    let dues = life.ever_due();
    assert!(one(&dues, "surveillance_1").assumed && one(&dues, "calendar_2026").assumed);
    assert!(!one(&dues, "expiry").assumed, "the expiry is printed");
    let third = PrintedDates {
        original_certification_on: Some(day("2019-03-10")),
        ..printed(day("2025-02-01"), day("2028-03-10"))
    };
    let life = lived(&log(vec![NewCertificationEvent::registration(third)]), on("2026-01-01"));
    let validity = life.validity().unwrap();
    assert_eq!((validity.cycle, validity.assumed), (3, true));
    assert_eq!(
        one(&life.ever_due(), "surveillance_1").due,
        day("2026-03-10"),
        "a year after the assumed prior expiry"
    );
}

#[test]
fn a_certificate_passes_through_its_states() {
    use CertificationStatus::{Active, Closed, ExpiredRestorable, NotYetValid};
    let from =
        PrintedDates { valid_from: Some(day("2025-03-20")), ..printed(day("2025-03-10"), day("2028-03-10")) };
    let log = log(vec![NewCertificationEvent::registration(from)]);
    for (on_day, status) in [
        ("2025-03-09", NotYetValid),
        ("2025-03-19", NotYetValid),
        ("2025-03-20", Active),
        ("2028-03-10", Active),
        ("2028-03-11", ExpiredRestorable),
        ("2028-09-10", ExpiredRestorable),
        ("2028-09-11", Closed),
    ] {
        assert_eq!(lived(&log, on(on_day)).status(day(on_day)), status, "{on_day}");
    }
    assert!(lived(&log, on("2025-03-09")).ever_due().is_empty(), "nothing was due before the decision");
}

fn life(printed: PrintedDates, surveillance: &[&str]) -> Life {
    let registration = NewCertificationEvent::registration(printed);
    let audits = surveillance.iter().map(|on| held(CertificationEventType::SurveillanceCompleted, day(on)));
    lived(&log(std::iter::once(registration).chain(audits).collect()), on("2030-12-31"))
}

#[test]
fn a_second_audit_in_the_first_year_is_not_the_second_years() {
    let plain = || printed(day("2025-03-10"), day("2028-03-10"));
    let twice = life(plain(), &["2025-09-10", "2026-03-01"]).ever_due();
    assert_eq!(one(&twice, "surveillance_1").done_on, Some(day("2025-09-10")));
    assert_eq!(one(&twice, "surveillance_2").done_on, None);
    let same = life(plain(), &["2026-03-12", "2026-03-12"]).ever_due();
    assert_eq!(one(&same, "surveillance_2").done_on, None, "entered twice, held once");
    let third = life(plain(), &["2025-09-10", "2026-03-01", "2026-03-11"]).ever_due();
    assert_eq!(one(&third, "surveillance_2").done_on, Some(day("2026-03-11")));
}

#[test]
fn a_cycle_after_a_long_lapse_counts_afresh() {
    let late = PrintedDates {
        prior_expires_on: Some(day("2023-12-01")),
        ..printed(day("2025-01-10"), day("2028-01-10"))
    };
    let dues = life(late, &[]).ever_due();
    let s1 = one(&dues, "surveillance_1");
    assert_eq!((s1.due, s1.rule.id.as_str(), s1.cycle), (day("2026-01-10"), "A-10", 2));
    let restored = PrintedDates {
        prior_expires_on: Some(day("2028-03-10")),
        ..printed(day("2028-05-05"), day("2031-03-10"))
    };
    assert_eq!(
        one(&life(restored, &[]).ever_due(), "surveillance_1").due,
        day("2029-03-10"),
        "within six months it carries on"
    );
}

#[test]
fn a_first_certificate_is_in_its_first_cycle() {
    let first = PrintedDates {
        decision_on: None,
        valid_from: Some(day("2025-03-12")),
        original_certification_on: Some(day("2025-03-10")),
        ..printed(day("2025-03-10"), day("2028-03-10"))
    };
    assert_eq!(life(first, &[]).validity().unwrap().cycle, 1);
}

#[test]
fn the_convention_is_told_only_where_it_is_known() {
    let convention = |printed| life(printed, &[]).validity().unwrap().expiry_convention;
    let later = PrintedDates { cycle: Some(2), ..printed(day("2027-12-20"), day("2031-01-10")) };
    assert_eq!(convention(later), ExpiryConvention::Other, "the prior expiry is assumed from this one");
    let decided = PrintedDates {
        prior_expires_on: Some(day("2028-01-10")),
        ..printed(day("2027-12-20"), day("2030-12-20"))
    };
    assert_eq!(convention(decided), ExpiryConvention::SameDay, "counted from the decision");
}

#[test]
fn nothing_is_due_after_the_certificate_is_over() {
    let short = life(printed(day("2025-03-10"), day("2026-06-01")), &[]).ever_due();
    assert!(short.iter().all(|due| due.code != "surveillance_2"));
    assert!(short.iter().all(|due| due.code == "restoration_limit" || due.due <= day("2026-06-01")));
}

#[test]
fn once_the_recertification_audit_is_held_nothing_is_left_to_plan() {
    let vector = vectors().into_iter().find(|one| one["id"] == "ISO-06").unwrap();
    let events = of_vector(&vector);
    let plans =
        |as_of| lived(&events, on(as_of)).ever_due().iter().any(|due| due.code == "recertification_plan");
    assert!(plans("2027-11-07") && !plans("2027-11-08"));
}

fn dates() -> impl Strategy<Value = Date> {
    (0..16_436_u64).prop_map(|days| day("2015-01-01").plus_days(days))
}

proptest! {
    #[test]
    fn every_cycle_is_in_order_and_inside_its_three_years(decision in dates(), late in 0..900_u64) {
        let expiry = ExpiryConvention::SameDay.expiry(decision).unwrap();
        let registration = NewCertificationEvent::registration(printed(decision, expiry));
        let audit = held(CertificationEventType::SurveillanceCompleted, decision.plus_days(late + 1));
        for events in [vec![registration.clone()], vec![registration, audit]] {
            let dues = lived(&log(events), AsOf::new(None, Date::MAX)).ever_due();
            let (s1, s2) = (one(&dues, "surveillance_1"), one(&dues, "surveillance_2"));
            prop_assert_eq!(s1.due, decision.plus_months(12), "in one step from the decision");
            prop_assert!(s2.due == decision.plus_months(24) || s2.due == s2.due.year_end());
            prop_assert!(s1.due < s2.due && s2.due <= decision.plus_months(24));
            let chain = ["recertification_plan", "recertification_audit", "recertification_decision"];
            prop_assert!(chain.windows(2).all(|two| one(&dues, two[0]).due < one(&dues, two[1]).due));
            let limit = one(&dues, "restoration_limit");
            prop_assert_eq!(limit.due, expiry.plus_months(RULES.restoration));
            for due in dues.iter().filter(|due| due.code != "restoration_limit") {
                prop_assert!(decision < due.due && due.due <= expiry, "{} on {}", due.code, due.due);
                prop_assert!(due.window_opens.is_none_or(|opens| opens <= due.due), "{}", due.code);
            }
            let mut codes: Vec<_> = dues.iter().map(|due| &due.code).collect();
            codes.sort();
            codes.dedup();
            prop_assert_eq!(codes.len(), dues.len(), "each code once");
        }
    }
}
