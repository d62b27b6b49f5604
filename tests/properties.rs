//! Laws that hold for every input: date arithmetic, cursors, merge patches, ids.

use attestd::{
    catalog::advice::{
        AdviceRecommendation, AdviceSource, Ask, DataKind, Facts, Goal, Industry, Known, Region, Want, advise,
    },
    kernel::{
        error::Code,
        id::{ControlId, EvidenceId, MemberId},
        page::{PageParams, PageRequest, SortOrder},
        time::{Date, Instant},
    },
    program::{
        controls::{Control, ControlPatch, NewControl},
        evidence::{EvidenceCoverage, Period, coverage},
    },
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

fn dates() -> impl Strategy<Value = Date> {
    let any = (1..=9999, 1u32..=12, 1u32..=31);
    any.prop_filter_map("a day of the calendar", |(year, month, day)| Date::from_ymd(year, month, day))
}

/// Year, month and day as shown.
fn parts(date: Date) -> (i64, i64, i64) {
    let text = date.to_string();
    let mut parts = text.split('-').map(|part| part.parse::<i64>().unwrap());
    (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
}

fn last_day(year: i64, month: i64) -> i64 {
    (28..=31).rev().find(|&day| Date::from_ymd(year as i32, month as u32, day as u32).is_some()).unwrap()
}

proptest! {
    #[test]
    fn months_are_counted_on_the_calendar_and_clamped(date in dates(), months in 0u32..600) {
        let (year, month, day) = parts(date);
        let count = year * 12 + month - 1 + i64::from(months);
        let (wanted_year, wanted_month) = (count / 12, count % 12 + 1);
        if wanted_year > 9999 {
            prop_assert_eq!(date.plus_months(months), Date::MAX);
        } else {
            let wanted_day = day.min(last_day(wanted_year, wanted_month));
            prop_assert_eq!(parts(date.plus_months(months)), (wanted_year, wanted_month, wanted_day));
        }
    }

    #[test]
    fn later_days_stay_later(one in dates(), other in dates(), months in 0u32..600, days in 0u64..4000) {
        let (early, late) = (one.min(other), one.max(other));
        prop_assert!(early.plus_months(months) <= late.plus_months(months));
        prop_assert!(early.plus_days(days) <= late.plus_days(days));
        prop_assert!(early <= early.plus_months(months) && early <= early.plus_days(days));
    }

    /// Why the engines count from the first date and never from the one before: a chain loses days and never finds them.
    #[test]
    fn a_chain_of_months_is_never_later_than_one_step(date in dates(), first in 0u32..60, second in 0u32..60) {
        let (chained, direct) = (date.plus_months(first).plus_months(second), date.plus_months(first + second));
        prop_assert!(chained <= direct);
        let clamped = parts(date.plus_months(first)).2 < parts(date).2;
        prop_assert!(clamped || chained == direct);
    }

    #[test]
    fn days_are_counted_both_ways(date in dates(), days in 0u64..4000) {
        let later = date.plus_days(days);
        prop_assert!(later == Date::MAX || later.days_since(date) == days as i64);
        prop_assert_eq!(later.days_since(date), -date.days_since(later));
    }

    #[test]
    fn dates_and_instants_read_back(date in dates(), micros in -62_135_596_800_000_000i64..253_402_300_800_000_000) {
        prop_assert_eq!(date.to_string().parse::<Date>(), Ok(date));
        let at = Instant::from_micros(micros);
        prop_assert_eq!(at.to_string().parse::<Instant>(), Ok(at));
        prop_assert_eq!(at.micros(), micros);
    }

    #[test]
    fn no_text_breaks_a_parser(text in "\\PC{0,60}") {
        let shown = [
            text.parse::<Date>().map(|one| one.to_string()).ok(),
            text.parse::<ControlId>().map(|one| one.to_string()).ok(),
        ];
        for one in shown.into_iter().flatten() {
            prop_assert_eq!(&one, &text, "what is read is what was written");
        }
        let _ = text.parse::<Instant>();
    }

    #[test]
    fn ids_read_back_and_only_as_their_own_kind(bits in any::<u128>()) {
        let id = ControlId::from_uuid(uuid::Uuid::from_u128(bits));
        prop_assert_eq!(id.to_string().parse::<ControlId>().unwrap(), id);
        prop_assert!(id.to_string().parse::<MemberId>().is_err());
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Order {
    Code,
    Age,
}
impl SortOrder for Order {
    const DEFAULT: Self = Order::Code;
}

fn request(cursor: Option<String>, sort: Order, filter: &str) -> Result<PageRequest<Order>, Code> {
    let params = PageParams { limit: None, cursor, count: None };
    PageRequest::new(&params, Some(sort), &filter).map_err(|error| error.code())
}

proptest! {
    #[test]
    fn a_cursor_leads_back_to_its_row(key in ".{0,40}", id in "[a-z]{3}_[0-9a-f]{32}", filter in ".{0,20}") {
        let cursor = request(None, Order::Age, &filter).unwrap().cursor(&(key.clone(), id.clone()));
        let next = request(Some(cursor.clone()), Order::Age, &filter).unwrap();
        prop_assert_eq!(next.after::<String, String>().unwrap(), Some((key, id)));
        prop_assert_eq!(request(Some(cursor.clone()), Order::Code, &filter).unwrap_err(), Code::InvalidCursor);
        prop_assert_eq!(request(Some(cursor), Order::Age, &(filter + "x")).unwrap_err(), Code::InvalidCursor);
    }

    #[test]
    fn a_changed_cursor_is_refused(key in ".{0,40}", at in any::<prop::sample::Index>(), other in "[ -~]") {
        let cursor = request(None, Order::Age, "").unwrap().cursor(&(key, "1".to_owned()));
        let at = at.index(cursor.len());
        let changed = cursor[..at].to_owned() + &other + &cursor[at + 1..];
        let shortened = cursor[..at].to_owned();
        for wrong in [changed, shortened].into_iter().filter(|wrong| *wrong != cursor) {
            let refused = request(Some(wrong), Order::Age, "").unwrap_err();
            prop_assert!([Code::InvalidCursor, Code::Unprocessable].contains(&refused));
        }
    }

    #[test]
    fn no_text_is_a_cursor_by_chance(text in "\\PC{0,80}") {
        prop_assert!(request(Some(text), Order::Age, "").is_err());
    }
}

/// RFC 7396, as its section 2 has it.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else { return *target = patch.clone() };
    if !target.is_object() {
        *target = json!({});
    }
    let target = target.as_object_mut().unwrap();
    for (name, value) in patch {
        if value.is_null() {
            target.remove(name);
        } else {
            merge(target.entry(name).or_insert(Value::Null), value);
        }
    }
}

fn without_nulls(value: Value) -> Value {
    let all: Map<_, _> =
        value.as_object().unwrap().clone().into_iter().filter(|(_, one)| !one.is_null()).collect();
    Value::Object(all)
}

/// Some of a control's fields, each with a value that fits; those that may be cleared, sometimes null.
fn patches() -> impl Strategy<Value = Value> {
    let text = || "[a-z]{1,20}".prop_map(Value::from).boxed();
    let words = |all: &'static [&'static str]| prop::sample::select(all).prop_map(Value::from).boxed();
    let or_null = |some: BoxedStrategy<Value>| prop_oneof![some, Just(Value::Null)].boxed();
    let member =
        any::<u128>().prop_map(|bits| json!(MemberId::from_uuid(uuid::Uuid::from_u128(bits)))).boxed();
    let refs = prop::collection::vec("[a-z]{1,9}", 0..3)
        .prop_map(|ids| ids.into_iter().map(|id| json!({ "system": "jira", "id": id })).collect::<Value>());
    let fields = [
        ("code", text()),
        ("title", text()),
        ("description", text()),
        ("owner", or_null(member)),
        ("status", words(&["not_started", "planned", "implemented"])),
        ("kind", or_null(words(&["preventive", "detective"]))),
        ("frequency", or_null(words(&["daily", "annual"]))),
        ("automation", or_null(words(&["manual"]))),
        ("freshness_days", or_null((1..3650).prop_map(Value::from).boxed())),
        ("external_refs", refs.boxed()),
    ];
    let maybe = fields.map(|(name, value)| {
        prop::option::of(value).prop_map(move |one| one.map(|one| (name.to_owned(), one))).boxed()
    });
    Vec::from(maybe).prop_map(|all| Value::Object(all.into_iter().flatten().collect()))
}

fn a_control() -> Control {
    let new: NewControl =
        serde_json::from_value(json!({ "code": "AC-01", "title": "Access", "freshness_days": 90 })).unwrap();
    let nil = uuid::Uuid::nil();
    new.into_control(
        attestd::kernel::id::TenantId::from_uuid(nil),
        ControlId::from_uuid(nil),
        Instant::from_micros(0),
    )
}

proptest! {
    #[test]
    fn a_patch_means_what_rfc_7396_says(patches in prop::collection::vec(patches(), 1..4)) {
        let mut control = a_control();
        let mut plain = serde_json::to_value(&control).unwrap();
        for patch in patches {
            serde_json::from_value::<ControlPatch>(patch.clone()).unwrap().apply(&mut control);
            merge(&mut plain, &patch);
        }
        let applied = serde_json::to_value(&control).unwrap();
        prop_assert_eq!(without_nulls(applied), without_nulls(plain));
    }

    #[test]
    fn what_must_be_there_cannot_be_cleared(field in prop::sample::select(&["code", "title", "description", "status", "requirements", "external_refs"][..])) {
        let cleared = serde_json::from_value::<ControlPatch>(json!({ field: null }));
        prop_assert!(cleared.is_err());
    }
}

/// A period of up to so many days, near enough to others to meet them; at the end of the calendar too.
fn periods(longest: u64) -> impl Strategy<Value = Period> {
    let start = prop_oneof![Just("2026-01-01"), Just("9999-11-01")];
    (start, 0u64..60, 0..longest).prop_map(|(start, from, days)| {
        let from = start.parse::<Date>().unwrap().plus_days(from);
        Period::new(from, from.plus_days(days)).unwrap()
    })
}

fn days(from: Date, to: Date) -> Vec<Date> {
    (0..=to.days_since(from)).map(|n| from.plus_days(n as u64)).collect()
}

fn covered(window: Period, pieces: &[Period]) -> EvidenceCoverage {
    let piece = |(n, period): (usize, &Period)| {
        (EvidenceId::from_uuid(uuid::Uuid::from_u128(n as u128)), "A piece".parse().unwrap(), *period)
    };
    let control = ControlId::from_uuid(uuid::Uuid::nil());
    coverage(control, window, pieces.iter().enumerate().map(piece).collect())
}

proptest! {
    /// Day by day, the slow way, comes to the same.
    #[test]
    fn a_day_is_covered_exactly_where_a_piece_has_it(
        window in periods(90),
        pieces in proptest::collection::vec(periods(20), 0..8),
    ) {
        let told = covered(window, &pieces);
        let has = |day: &Date| pieces.iter().any(|one| one.from <= *day && *day <= one.to);
        let (with, without): (Vec<_>, Vec<_>) = days(window.from, window.to).into_iter().partition(has);
        let listed = |spans: &[attestd::program::evidence::DaySpan]| -> Vec<Date> {
            spans.iter().flat_map(|one| days(one.from, one.to)).collect()
        };
        prop_assert_eq!(listed(&told.covered), with.clone());
        prop_assert_eq!(listed(&told.uncovered), without.clone());
        prop_assert_eq!((told.covered_days, told.uncovered_days), (with.len() as i64, without.len() as i64));
        prop_assert_eq!(told.days, told.covered_days + told.uncovered_days);
        // Spans are as long as they can be: between two of a kind lies one of the other.
        for spans in [&told.covered, &told.uncovered] {
            prop_assert!(spans.windows(2).all(|two| two[1].from.days_since(two[0].to) > 1));
        }
    }

    #[test]
    fn more_evidence_never_uncovers_a_day(
        window in periods(90),
        pieces in proptest::collection::vec(periods(20), 1..8),
    ) {
        let (all, fewer) = (covered(window, &pieces), covered(window, &pieces[1..]));
        prop_assert!(all.covered_days >= fewer.covered_days);
        prop_assert!(all.evidence.iter().all(|one| window.from <= one.from && one.to <= window.to));
    }
}

/// Any facts that advice may go by, with asks that are due on any day or none.
fn facts() -> impl Strategy<Value = Facts> {
    let known = (
        proptest::option::of(proptest::sample::select(Industry::ALL)),
        proptest::sample::subsequence(Region::ALL, 0..=Region::ALL.len()),
        proptest::sample::subsequence(DataKind::ALL, 0..=DataKind::ALL.len()),
        proptest::option::of(any::<bool>()),
        proptest::option::of(1..5_000i32),
        proptest::option::of(0u64..900),
        proptest::sample::subsequence(Goal::ALL, 0..=Goal::ALL.len()),
        proptest::collection::vec(ask(), 0..6),
    );
    known.prop_map(|(industry, regions, data, certificate, size, deadline, held, asks)| Facts {
        industry: said(industry),
        regions: said(regions),
        data_handled: said(data),
        needs_public_certificate: said(certificate),
        size: said(size),
        deadline: said(deadline.map(|days| today().plus_days(days))),
        held: said(held),
        asks: said(asks),
        unweighed: 0,
    })
}

fn said<T>(value: T) -> Known<T> {
    Known::new(value, AdviceSource::Request)
}

fn today() -> Date {
    Date::from_ymd(2026, 11, 24).unwrap()
}

const WANTS: [Want; 4] = [Want::Iso27001, Want::Soc2, Want::Soc2Type1, Want::Soc2Type2];

fn ask() -> impl Strategy<Value = Ask> {
    let due = proptest::option::of(0u64..900);
    (proptest::sample::select(WANTS.to_vec()), due).prop_map(|(want, days)| Ask {
        customer: None,
        want,
        due: days.map(|days| today().plus_days(days)),
    })
}

/// Whether a way has what is wanted among its steps.
fn has(way: &AdviceRecommendation, want: Want) -> bool {
    let goals: Vec<_> = way.steps.iter().map(|step| step.goal).collect();
    match want {
        Want::Iso27001 => goals.contains(&Goal::Iso27001),
        Want::Soc2Type2 => goals.contains(&Goal::Soc2Type2),
        Want::Soc2 | Want::Soc2Type1 => goals.contains(&Goal::Soc2Type1) || goals.contains(&Goal::Soc2Type2),
    }
}

proptest! {
    #[test]
    fn advice_is_a_total_order_whose_points_add_up(facts in facts()) {
        let advice = advise(&facts, today());
        prop_assert_eq!(&advice, &advise(&facts, today()));
        let ways = &advice.recommendations;
        let titles: std::collections::HashSet<_> = ways.iter().map(|way| &way.title).collect();
        prop_assert_eq!(titles.len(), ways.len());
        for (n, way) in ways.iter().enumerate() {
            prop_assert_eq!(way.rank, n as i64 + 1);
            prop_assert_eq!(way.score, way.reasons.iter().map(|one| one.contribution).sum::<i64>());
            prop_assert!(way.steps.iter().all(|step| !facts.held.value.contains(&step.goal)));
            prop_assert_eq!(way.answers.len(), facts.asks.value.len());
        }
        prop_assert!(ways.windows(2).all(|two| two[0].score >= two[1].score));
    }

    #[test]
    fn the_order_of_what_is_said_does_not_matter(facts in facts()) {
        let mut turned = facts.clone();
        turned.regions.value.reverse();
        turned.data_handled.value.reverse();
        turned.asks.value.reverse();
        let titles = |facts: &Facts| -> Vec<_> {
            advise(facts, today()).recommendations.into_iter().map(|way| (way.title, way.score)).collect()
        };
        prop_assert_eq!(titles(&facts), titles(&turned));
    }

    /// One more customer who asks for something lowers no way that has it, and lets no way without it pass.
    #[test]
    fn another_ask_never_lowers_what_it_asks_for(facts in facts(), more in ask()) {
        let mut asked = facts.clone();
        asked.asks.value.push(more.clone());
        let (before, after) = (advise(&facts, today()).recommendations, advise(&asked, today()).recommendations);
        let score = |ways: &[AdviceRecommendation], title: &str| ways.iter().find(|way| way.title == title).unwrap().score;
        for way in before.iter().filter(|way| has(way, more.want)) {
            let now = score(&after, &way.title);
            prop_assert!(now >= way.score, "{} {} to {now}", way.title, way.score);
            for other in before.iter().filter(|other| !has(other, more.want) && other.score <= way.score) {
                prop_assert!(score(&after, &other.title) <= now, "{} passes {}", other.title, way.title);
            }
        }
    }
}
