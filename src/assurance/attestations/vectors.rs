//! The engine against the project's test vectors, and against every day of half a century.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    description::SystemDescription,
    engine::{
        Ages, Around, AttestationState, CountedFromDay, Life, Successor, Terms, breaches, bridge_limit,
    },
    facts::ReportWindow,
    log::{AttestationEvent, NewAttestationEvent, Slot},
    scope::all,
};
use crate::{
    catalog::advice::ReportType,
    kernel::{
        error::Breach,
        id::Id,
        time::{Date, Instant},
    },
    platform::diary::{AsOf, Due, Moment, RuleBasis},
    program::evidence::Period,
};

pub(super) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn given(vector: &Value, name: &str) -> Date {
    day(vector["given"][name].as_str().unwrap_or_else(|| panic!("no {name} in {vector}")))
}

/// The vector with this id.
pub(super) fn vector(id: &str) -> Value {
    let all: Vec<Value> =
        serde_json::from_str(include_str!("../../../tests/vectors/soc2-coverage.json")).unwrap();
    all.into_iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

fn written() -> SystemDescription {
    serde_json::from_value(json!({
        "dc_1": "Services", "dc_2": "Commitments", "dc_3": "Components", "dc_5": "Controls", "dc_9": "Changes",
        "none": [4, 6, 7, 8],
    }))
    .unwrap()
}

/// An engagement under test, to which events happen.
pub(super) struct Engagement {
    report: ReportType,
    pub(super) description: SystemDescription,
    pub(super) log: Vec<AttestationEvent>,
    pub(super) around: Around,
}

impl Engagement {
    pub(super) fn new(report: ReportType) -> Self {
        let every = || all().iter().map(|one| one.id.clone()).collect();
        let around = Around { owned: every(), implemented: every(), released: 0 };
        Self { report, description: written(), log: Vec::new(), around }
    }

    pub(super) fn terms(&self) -> Terms<'_> {
        let (report, description) = (self.report, &self.description);
        Terms { report, counted_from: CountedFromDay::PeriodEnd, plan: None, description }
    }

    pub(super) fn life(&self) -> Life {
        Life::of(&self.log, Moment::now(today()))
    }

    /// What the rules have against an event.
    pub(super) fn tried(&self, event: &Value) -> Vec<Breach> {
        let new: NewAttestationEvent = serde_json::from_value(event.clone()).unwrap();
        new.validate("", today()).unwrap();
        let day = new.effective_on(today());
        let life = Life::judging(&self.log, Moment::now(today()), new.event, day);
        breaches(&life, &self.terms(), new.event, &new.details(), day, &self.around)
    }

    /// Makes an event happen that no rule speaks against.
    pub(super) fn with(mut self, event: Value) -> Self {
        let found = self.tried(&event);
        assert!(found.is_empty(), "{event}: {found:?}");
        self.push(event);
        self
    }

    /// Makes an event happen, whatever the rules say.
    fn push(&mut self, event: Value) {
        let new: NewAttestationEvent = serde_json::from_value(event).unwrap();
        let zero = uuid::Uuid::nil();
        let slot = Slot {
            id: Id::from_uuid(zero),
            tenant_id: Id::from_uuid(zero),
            attestation_id: Id::from_uuid(zero),
            sequence: i32::try_from(self.log.len()).unwrap() + 1,
            recorded_at: Instant::from_micros(0),
        };
        self.log.push(slot.fill(&new, Vec::new(), today()));
    }

    pub(super) fn refused(&self, event: Value) -> Vec<String> {
        self.tried(&event).into_iter().map(|one| one.rule).collect()
    }

    pub(super) fn dues(&self, next: Option<Successor>) -> Vec<Due> {
        self.life().dues(&self.terms(), next)
    }

    pub(super) fn state(&self) -> AttestationState {
        self.life().state()
    }
}

/// When every test of this file asks.
pub(super) fn today() -> Date {
    day("2031-01-01")
}

fn auditor() -> Value {
    json!({ "firm": "Example Assurance LLP", "licence": "CPA-0001", "jurisdiction": "New York",
            "standard": "at_c_205", "peer_reviewed_on": "2024-06-30", "independence_confirmed": true })
}

fn security() -> Value {
    json!({ "type": "scope_set", "on": "2024-01-10", "scope": { "categories": ["security"] } })
}

/// Everything up to readiness.
pub(super) fn ready(report: ReportType) -> Engagement {
    Engagement::new(report)
        .with(security())
        .with(json!({ "type": "auditor_engaged", "on": "2024-01-20", "auditor": auditor() }))
        .with(json!({ "type": "readiness_done", "on": "2024-02-01" }))
}

pub(super) fn window(start: &str, months: i64) -> Value {
    json!({ "type": "window_opened", "window": { "start": start, "months": months } })
}

fn opinions(parts: &[&str]) -> Value {
    parts.iter().map(|part| json!({ "part": part, "opinion": "unqualified" })).collect()
}

pub(super) fn report(on: &str, parts: &[&str]) -> Value {
    json!({ "type": "issued",
            "report": { "report_date": on, "opinion": "unqualified", "parts": opinions(parts) } })
}

pub(super) const TWO: [&str; 3] = ["description", "design", "operation"];

/// A Type II report over these months from this day, signed and issued after them.
pub(super) fn issued(start: &str, months: i64) -> Engagement {
    let open = ready(ReportType::Type2).with(window(start, months));
    let end = open.life().window.unwrap().to;
    let (next, signed) = (end.plus_days(1).to_string(), end.plus_days(20).to_string());
    open.with(json!({ "type": "window_closed", "on": next }))
        .with(json!({ "type": "assertion_signed", "assertion": { "signed_by": "Chief executive", "signed_on": signed } }))
        .with(report(&end.plus_days(45).to_string(), &TWO))
}

fn one<'a>(dues: &'a [Due], code: &str) -> &'a Due {
    dues.iter().find(|due| due.code == code).unwrap_or_else(|| panic!("no {code}"))
}

#[test]
fn soc_01_a_type_1_report_speaks_of_one_day() {
    let vector = vector("SOC-01");
    let as_of = given(&vector, "as_of");
    let one = ready(ReportType::Type1)
        .with(json!({ "type": "as_of_set", "on": "2025-06-01", "as_of": as_of }))
        .with(json!({ "type": "assertion_signed", "assertion": { "signed_by": "Chief executive", "signed_on": "2025-07-20" } }))
        .with(report(vector["given"]["report_date"].as_str().unwrap(), &TWO[..2]));
    let (life, expect) = (one.life(), &vector["expect"]);
    let covers = life.covers().unwrap();
    assert_eq!(json!([covers.from, covers.to]), expect["covers"]);
    let ages = life.ages(&one.terms()).unwrap();
    assert_eq!(json!(ages.ageing_from), expect["ageing_from"]);
    assert_eq!(json!(ages.current_through), expect["current_through"]);
    assert_eq!(json!(ages.stale_from), expect["stale_from"]);
    let codes: Vec<_> = one.dues(None).into_iter().map(|due| due.code).collect();
    assert_eq!(
        codes,
        [
            "readiness",
            "description_and_assertion",
            "fieldwork",
            "report",
            "ageing",
            "current_through",
            "stale"
        ],
        "no window, no bridge"
    );
}

#[test]
fn soc_02_the_next_window_starts_the_day_after() {
    let vector = vector("SOC-02");
    let first = given(&vector, "start");
    let end = first.period_end(3);
    assert_eq!(json!(end), vector["expect"]["end"]);
    let told = issued(&first.to_string(), vector["given"]["months"].as_i64().unwrap());
    let next = one(&told.dues(None), "next_window").due;
    assert_eq!(json!([next, next.period_end(12)]), vector["expect"]["next"]);
}

#[test]
fn soc_05_a_bridge_letter_reaches_three_months_and_its_signature() {
    let vector = vector("SOC-05");
    let end = given(&vector, "period_end");
    let letter = |through: Date, signed: Date| {
        json!({ "type": "bridge_issued", "bridge": {
            "covers_through": through, "signed_on": signed, "signed_by": "Chief executive" } })
    };
    let (through, signed) = (given(&vector, "covers_through"), given(&vector, "signed_on"));
    let told = issued("2024-10-01", 12);
    assert_eq!(told.life().window.unwrap().to, end);
    assert_eq!(json!(bridge_limit(end)), vector["expect"]["bridge_max"]);
    assert_eq!(one(&told.dues(None), "bridge_limit").due, bridge_limit(end));
    assert_eq!(told.refused(letter(signed.plus_days(1), signed)), ["D-18"], "nobody asserts the future");
    assert_eq!(told.refused(letter(end, signed)), ["D-18"], "the report itself speaks of that day");
    let bridged = told.with(letter(through, signed)).life().bridged().unwrap();
    assert_eq!(json!([bridged.from, bridged.to]), vector["expect"]["covers"]);
}

#[test]
fn soc_07_and_08_periods_end_before_their_day_comes_again() {
    for (id, days) in [("SOC-07", Some(366)), ("SOC-08", None)] {
        let vector = vector(id);
        let months = vector["given"]["months"].as_i64().unwrap();
        let told = ready(ReportType::Type2).with(window(&given(&vector, "start").to_string(), months));
        let period = told.life().window.unwrap();
        assert_eq!(json!(period.to), vector["expect"]["end"], "{id}");
        assert_eq!(json!(one(&told.dues(None), "next_window").due), vector["expect"]["next_start"], "{id}");
        assert!(days.is_none_or(|days| period.days() == days), "{id}");
    }
}

#[test]
fn soc_12_a_category_needs_the_common_criteria() {
    let vector = vector("SOC-12");
    let told = Engagement::new(ReportType::Type2);
    let event = json!({ "type": "scope_set", "scope": {
        "categories": vector["given"]["categories"], "criteria": vector["given"]["criteria"],
        "security_off_reason": "Customers ask for availability alone" } });
    let found = told.tried(&event);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, "D-01");
    assert!(found[0].reason.contains(vector["expect"]["rejected"].as_str().unwrap()), "{}", found[0].reason);
    let computed = |scope: Value| told.refused(json!({ "type": "scope_set", "scope": scope }));
    assert_eq!(
        computed(json!({ "categories": ["availability"] })),
        ["D-02"],
        "security is off, without a reason"
    );
    assert_eq!(computed(json!({ "categories": [] })), ["D-02"]);
    let explained =
        json!({ "categories": ["availability"], "security_off_reason": "They ask for that alone" });
    assert!(computed(explained).is_empty(), "the common criteria follow by themselves");
}

#[test]
fn an_engagement_passes_through_its_states() {
    use AttestationState::{
        Cancelled, Drafting, Fieldwork, Issued, Planning, Readiness, Recalled, WindowClosed, WindowOpen,
    };
    let told = Engagement::new(ReportType::Type2);
    assert_eq!(told.state(), Planning);
    assert_eq!(told.refused(json!({ "type": "readiness_done" })), ["D-02"], "nothing is in scope yet");
    assert_eq!(told.refused(window("2025-03-01", 6)), ["D.2"]);
    let told = ready(ReportType::Type2);
    assert_eq!(told.state(), Readiness);
    let mut again = ready(ReportType::Type2);
    again.push(json!({ "type": "scope_set", "on": "2025-02-10", "scope": { "categories": ["security", "privacy"] } }));
    assert_eq!(again.state(), Planning, "what was ready for another scope is not ready for this one");
    let told = told.with(window("2025-03-01", 6));
    assert_eq!(told.state(), WindowOpen);
    assert_eq!(told.refused(json!({ "type": "window_closed", "on": "2025-08-31" })), ["D-05"]);
    let told = told.with(json!({ "type": "fieldwork_started", "on": "2025-07-01" }));
    assert_eq!(told.state(), WindowOpen, "interim fieldwork leaves the window open");
    let told = told.with(json!({ "type": "window_closed", "on": "2025-09-01" }));
    assert_eq!(told.state(), Fieldwork);
    assert_eq!(told.refused(report("2025-10-15", &TWO)), ["D-09"], "no assertion");
    let told = told.with(json!({ "type": "assertion_signed", "assertion": { "signed_by": "Chief executive", "signed_on": "2025-09-20" } }));
    let told = told.with(json!({ "type": "drafting_started", "on": "2025-09-25" }));
    assert_eq!(told.state(), Drafting);
    let early = told.refused(report("2025-08-31", &TWO));
    assert_eq!(early, ["D.2", "D-09", "D-14"], "in the period, when nothing was signed");
    assert_eq!(told.refused(report("2025-10-15", &TWO[..2])), ["D-05"], "no opinion on operation");
    let mut told = told.with(report("2025-10-15", &TWO));
    assert_eq!(told.state(), Issued);
    assert_eq!(told.refused(json!({ "type": "cancelled" })), ["D.2"]);
    told.around.released = 2;
    let recall = |told_on: Value| {
        json!({ "type": "recalled", "on": "2025-12-01",
                "recall": { "reason": "Facts were found later", "release_list_notified_on": told_on } })
    };
    assert_eq!(told.refused(recall(json!(null))), ["D-16"], "two parties do not know");
    let told = told.with(recall(json!("2025-12-01")));
    assert_eq!(told.state(), Recalled);
    assert!(told.dues(None).is_empty() && told.life().ages(&told.terms()).is_none());
    let cancelled = ready(ReportType::Type2).with(json!({ "type": "cancelled", "on": "2025-02-02" }));
    let checked = json!({ "type": "evidence_checked", "on": "2025-02-03" });
    assert_eq!((cancelled.state(), cancelled.refused(checked)), (Cancelled, vec!["D.2".to_owned()]));
    let closed = issued("2025-03-01", 6);
    let before =
        Life::of(&closed.log, Moment { as_of: AsOf::new(Some(day("2025-09-01")), today()), known_at: None });
    assert_eq!(before.state(), WindowClosed, "the day after the end");
}

#[test]
fn guards_say_what_is_missing() {
    let bare = json!({ "type": "auditor_engaged", "auditor": { "firm": "Example", "independence_confirmed": false } });
    let found = Engagement::new(ReportType::Type2).tried(&bare);
    assert_eq!(found[0].rule, "D-15");
    for name in ["licence", "jurisdiction", "standard", "peer_reviewed_on", "independence_confirmed"] {
        assert!(found[0].reason.contains(name), "{}", found[0].reason);
    }
    let mut told = Engagement::new(ReportType::Type2).with(security());
    told.around.owned.retain(|id| id.as_str() != "CC7.4");
    let found = told.tried(&json!({ "type": "readiness_done" }));
    assert_eq!((found[0].rule.as_str(), found[0].reason.contains("CC7.4 is without")), ("D-03", true));
    let waived = json!({ "type": "scope_set", "on": "2025-01-11", "scope": { "categories": ["security"],
        "not_relevant": [{ "criterion": "CC7.4", "reason": "Another entity answers incidents" }] } });
    let told = told.with(waived);
    assert!(told.refused(json!({ "type": "readiness_done" })).is_empty(), "a reason takes a control's place");
    let mut told = ready(ReportType::Type2);
    told.around.implemented.clear();
    told.description = SystemDescription::default();
    assert_eq!(told.refused(window("2025-03-01", 6)), ["D-11", "D-05"], "no draft, no controls");
    let mut told = issued("2025-03-01", 6);
    told.log.truncate(5);
    told.description.none = vec![4, 6];
    let assertion = json!({ "type": "assertion_signed", "assertion": { "signed_by": "Chief executive", "signed_on": "2025-09-20" } });
    let found = told.tried(&assertion);
    assert_eq!(found[0].rule, "D-11");
    assert!(found[0].reason.ends_with("DC 7, DC 8"), "{}", found[0].reason);
    let one = ready(ReportType::Type1);
    assert_eq!(one.refused(window("2025-03-01", 6)), ["D-04"]);
    assert_eq!(
        ready(ReportType::Type2).refused(json!({ "type": "as_of_set", "as_of": "2025-03-01" })),
        ["D-05"]
    );
}

#[test]
fn milestones_follow_from_the_window_and_from_the_next_report() {
    let told = issued("2025-10-01", 12);
    let dues = told.dues(None);
    for (code, due, rule) in [
        ("readiness", "2025-09-01", "D.3"),
        ("description_and_assertion", "2026-09-15", "D.3"),
        ("next_window", "2026-10-01", "D-20"),
        ("fieldwork", "2026-10-01", "D.3"),
        ("report", "2026-11-29", "D.3"),
        ("bridge_limit", "2026-12-31", "D-18"),
        ("ageing", "2027-07-01", "D-17"),
        ("current_through", "2027-09-30", "D-17"),
        ("stale", "2027-10-01", "D-17"),
    ] {
        let one = one(&dues, code);
        assert_eq!((one.due, one.rule.id.as_str()), (day(due), rule), "{code}");
        assert_eq!(
            (one.rule.basis, one.rule.clause.as_str()),
            (RuleBasis::Convention, "convention"),
            "{code}"
        );
        assert!(!one.assumed, "{code}");
    }
    let open = ready(ReportType::Type2).with(window("2025-10-01", 12));
    let checks: Vec<_> =
        open.dues(None).into_iter().filter(|due| due.code.starts_with("evidence_check")).collect();
    let days: Vec<_> = checks.iter().map(|due| due.due.to_string()).collect();
    assert_eq!(days, ["2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30"]);
    let checked = open.with(json!({ "type": "evidence_checked", "on": "2025-12-20" }));
    assert_eq!(one(&checked.dues(None), "evidence_check_1").done_on, Some(day("2025-12-20")));
    assert_eq!(one(&checked.dues(None), "evidence_check_2").done_on, None);
    let next = Successor { start: day("2026-10-01"), issued_on: Some(day("2027-11-10")) };
    let settled = told.dues(Some(next));
    assert_eq!(one(&settled, "next_window").done_on, Some(day("2026-10-01")));
    assert_eq!(one(&settled, "stale").done_on, Some(day("2027-11-10")));
    let planned = Engagement::new(ReportType::Type2);
    let plan = Period::new(day("2026-01-01"), day("2026-06-30"));
    let dues = planned.life().dues(&Terms { plan, ..planned.terms() }, None);
    assert!(dues.iter().all(|due| due.assumed) && one(&dues, "readiness").due == day("2025-12-02"));
}

#[test]
fn what_is_known_later_was_not_known_before() {
    let mut told = issued("2025-03-01", 6);
    told.log[0].recorded_at = Instant::from_micros(10);
    told.log[3].recorded_at = Instant::from_micros(20);
    told.log[4].voided_at = Some(Instant::from_micros(30));
    let at = |micros: i64| Moment {
        as_of: AsOf::new(None, today()),
        known_at: Some(Instant::from_micros(micros)),
    };
    assert_eq!(Life::of(&told.log, at(9)).scope, None);
    assert!(Life::of(&told.log, at(10)).scope.is_some());
    assert_eq!(Life::of(&told.log, at(19)).window, None);
    assert!(Life::of(&told.log, at(29)).closed_on.is_some(), "it stood then");
    assert!(Life::of(&told.log, at(30)).closed_on.is_none(), "it was voided by then");
    assert!(told.life().closed_on.is_none());
}

#[test]
fn only_unusual_periods_are_noticed() {
    let level = |months: i64| {
        let told = ready(ReportType::Type2).with(window("2025-03-01", months));
        let found = told.life().notices(&told.terms(), &[], &[], today());
        found.into_iter().find(|one| one.rule == "D-06").map(|one| one.level.to_string())
    };
    let levels: Vec<_> = [2, 3, 5, 6, 12, 13].into_iter().map(level).collect();
    let said = |word: &str| Some(word.to_owned());
    assert_eq!(levels, [said("warning"), said("notice"), said("notice"), None, None, said("notice")]);
}

pub(super) fn days() -> impl Strategy<Value = Date> {
    (0u64..18_000).prop_map(|days| Date::from_ymd(2015, 1, 1).unwrap().plus_days(days))
}

proptest! {
    #[test]
    fn a_bridge_is_never_past_its_signature_nor_inside_the_period(
        start in days(), months in 1i32..=36, through in days(), signed in days(),
    ) {
        let mut told = Engagement::new(ReportType::Type2);
        told.push(json!({ "type": "window_opened", "window": { "start": start, "months": months } }));
        let end = told.life().window.unwrap().to;
        told.push(report(&end.plus_days(30).to_string(), &TWO));
        told.push(json!({ "type": "bridge_issued", "bridge": {
            "covers_through": through, "signed_on": signed, "signed_by": "Chief executive" } }));
        if let Some(bridged) = told.life().bridged() {
            prop_assert!(bridged.to <= signed && bridged.to <= through);
            prop_assert_eq!(bridged.from, end.plus_days(1));
        } else {
            prop_assert!(through.min(signed) <= end);
        }
    }

    #[test]
    fn windows_follow_each_other_without_a_day_between(start in days(), months in 1i32..=36) {
        let window = ReportWindow { start, months: Some(months), end: None };
        let next = window.last().plus_days(1);
        prop_assert!(window.last() >= start);
        prop_assert_eq!(next.days_since(window.last()), 1);
        let ages = Ages::after(window.last());
        prop_assert!(next < ages.ageing_from && ages.ageing_from <= ages.current_through);
        prop_assert_eq!(ages.current_through.plus_days(1), ages.stale_from);
        prop_assert!(bridge_limit(window.last()) < ages.ageing_from);
    }

    #[test]
    fn every_order_of_events_leads_to_a_state(order in prop::collection::vec(0usize..10, 0..14)) {
        let events = [
            security(),
            json!({ "type": "readiness_done", "on": "2025-02-01" }),
            window("2025-03-01", 6),
            json!({ "type": "window_closed", "on": "2025-09-01" }),
            json!({ "type": "fieldwork_started", "on": "2025-09-02" }),
            json!({ "type": "assertion_signed", "assertion": { "signed_by": "Chief executive", "signed_on": "2025-09-20" } }),
            json!({ "type": "drafting_started", "on": "2025-09-25" }),
            report("2025-10-15", &TWO),
            json!({ "type": "recalled", "on": "2025-12-01", "recall": { "reason": "Found later" } }),
            json!({ "type": "cancelled", "on": "2025-12-02" }),
        ];
        let mut told = Engagement::new(ReportType::Type2);
        for n in order {
            told.push(events[n].clone());
            let dues = told.dues(None);
            let mut codes: Vec<_> = dues.iter().map(|due| &due.code).collect();
            codes.sort();
            codes.dedup();
            prop_assert_eq!(codes.len(), dues.len(), "codes are told apart");
            prop_assert_eq!(told.life().standing().is_some(), told.state() == AttestationState::Issued);
        }
    }
}
