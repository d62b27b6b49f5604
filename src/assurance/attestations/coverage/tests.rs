//! The days of an organisation against the project's test vectors, and day by day.

use proptest::prelude::*;
use serde_json::json;

use super::continuity::{ReportCoverage, ReportCoverageState, ReportTransition, Reported, continuity};
use crate::{
    assurance::attestations::{
        description::Subservice,
        scope::TrustCategory,
        vectors::{day, days, vector},
    },
    catalog::advice::ReportType,
    kernel::{id::Id, time::Date},
    program::evidence::Period,
};

fn reported(n: u128, covers: Option<Period>) -> Reported {
    let covers = covers.unwrap();
    Reported {
        attestation: Id::from_uuid(uuid::Uuid::from_u128(n)),
        report: ReportType::Type2,
        scope: "Cloud platform".parse().unwrap(),
        covers,
        report_date: covers.to.plus_days(40),
        bridged: None,
        systems: Vec::new(),
        categories: vec![TrustCategory::Security],
        subservices: Vec::new(),
    }
}

fn covered(window: Period, reports: &[Reported]) -> ReportCoverage {
    continuity(window, None, (window.to, None), reports, Vec::new())
}

#[test]
fn soc_03_days_between_periods_are_a_gap() {
    let vector = vector("SOC-03");
    let period = |name: &str| {
        let ends = vector["given"][name].as_array().unwrap();
        Period::new(day(ends[0].as_str().unwrap()), day(ends[1].as_str().unwrap()))
    };
    let reports = [reported(1, period("a")), reported(2, period("b"))];
    let answer = covered(Period::new(day("2024-01-01"), day("2025-07-31")).unwrap(), &reports);
    let transition = &answer.transitions[0];
    let gap = transition.gap.as_ref().unwrap();
    assert_eq!(json!([gap.from, gap.to]), vector["expect"]["gap"]);
    assert_eq!(json!(transition.gap_days), vector["expect"]["gap_days"]);
    let states: Vec<_> = answer.intervals.iter().map(|one| one.state).collect();
    assert_eq!(
        states,
        [ReportCoverageState::Covered, ReportCoverageState::Gap, ReportCoverageState::Covered]
    );
}

#[test]
fn soc_02_windows_without_a_day_between_are_continuous() {
    let vector = vector("SOC-02");
    let first: Date = day(vector["given"]["start"].as_str().unwrap());
    let end = first.period_end(3);
    let next = end.plus_days(1);
    let reports = [reported(1, Period::new(first, end)), reported(2, Period::new(next, next.period_end(12)))];
    let answer = covered(Period::new(first, next.period_end(12)).unwrap(), &reports);
    assert_eq!(json!(answer.transitions[0].gap_days), vector["expect"]["gap_days"]);
    assert!(answer.transitions[0].continuous && answer.transitions[0].overlap.is_none());
    assert_eq!(answer.gap_days, 0);
}

#[test]
fn what_changes_between_reports_is_told_apart() {
    use TrustCategory::Availability;
    let period = |from: &str, to: &str| Period::new(day(from), day(to));
    let mut reports =
        [reported(1, period("2024-01-01", "2024-12-31")), reported(2, period("2024-12-01", "2025-11-30"))];
    reports[1].categories.push(Availability);
    let subservice = json!({ "name": "Example Hosting", "method": "carve_out",
        "reports": [{ "from": "2024-10-01", "to": "2025-09-30" }] });
    reports[1].subservices = vec![serde_json::from_value::<Subservice>(subservice).unwrap()];
    let answer = covered(Period::new(day("2023-12-01"), day("2025-12-31")).unwrap(), &reports);
    let transition = &answer.transitions[0];
    let overlap = transition.overlap.as_ref().unwrap();
    assert_eq!((overlap.from, overlap.days), (day("2024-12-01"), 31));
    assert_eq!(transition.categories_added, [Availability]);
    let states: Vec<_> = answer.intervals.iter().map(|one| (one.state, one.from.to_string())).collect();
    use ReportCoverageState::{Covered, Gap, NotStarted};
    let wanted = [
        (NotStarted, "2023-12-01"),
        (Covered, "2024-01-01"),
        (Covered, "2024-12-01"),
        (Covered, "2025-01-01"),
        (Gap, "2025-12-01"),
    ];
    assert_eq!(
        states,
        wanted.map(|(state, from)| (state, from.to_owned())),
        "pieces differ in who covers them"
    );
    assert_eq!(answer.parts.len(), 1, "security is in both");
    let part = &answer.parts[0];
    assert_eq!((part.category, part.intervals[0].state), (Some(Availability), NotStarted));
    assert_eq!(
        part.intervals[0].to,
        day("2024-11-30"),
        "the new category begins with the report that has it"
    );
    let gap = &answer.subservice_gaps[0];
    assert_eq!((gap.from, gap.to, gap.days), (day("2025-10-01"), day("2025-11-30"), 61));
    assert_eq!(answer.subservice_gaps.len(), 1);
}

fn days_of(n: u128, scope: &str, from: &str, to: &str) -> Reported {
    Reported { scope: scope.parse().unwrap(), ..reported(n, Period::new(day(from), day(to))) }
}

/// Two reports by their numbers, and the gap between them.
type Followed = (u128, u128, Option<(Date, Date)>);

/// The pairs of reports that follow each other, and the gap between them.
fn followed(reports: &[Reported]) -> Vec<Followed> {
    let answer = covered(Period::new(day("2023-01-01"), day("2027-12-31")).unwrap(), reports);
    let pair = |one: &ReportTransition| {
        let gap = one.gap.as_ref().map(|gap| (gap.from, gap.to));
        (one.previous.uuid().as_u128(), one.next.uuid().as_u128(), gap)
    };
    answer.transitions.iter().map(pair).collect()
}

#[test]
fn a_report_carries_on_the_one_that_reaches_furthest() {
    let inside = [
        days_of(1, "P", "2024-01-01", "2025-12-31"),
        days_of(2, "P", "2024-06-01", "2024-12-31"),
        days_of(3, "P", "2026-01-01", "2026-12-31"),
    ];
    assert_eq!(followed(&inside), [(1, 2, None), (1, 3, None)], "the shorter one ends earlier");
}

#[test]
fn a_report_carries_on_its_own_scope() {
    let side_by_side = [
        days_of(1, "P", "2024-01-01", "2024-12-31"),
        days_of(2, "Q", "2024-07-01", "2025-06-30"),
        days_of(3, "P", "2025-02-01", "2026-01-31"),
    ];
    let gap = Some((day("2025-01-01"), day("2025-01-31")));
    assert_eq!(followed(&side_by_side), [(1, 2, None), (1, 3, gap)], "Q covers no day of P");
}

#[test]
fn another_scope_is_told_apart_and_carries_on_only_what_both_name() {
    use ReportCoverageState::{Covered, Gap, NotStarted};
    let mut reports =
        [days_of(1, "One", "2024-01-01", "2024-12-31"), days_of(2, "Two", "2025-01-01", "2025-12-31")];
    let window = Period::new(day("2024-01-01"), day("2025-12-31")).unwrap();
    let answer = covered(window, &reports);
    let transition = &answer.transitions[0];
    assert_eq!((transition.scope_changed, transition.gap_days, transition.continuous), (true, 0, false));
    let parts: Vec<_> = answer
        .parts
        .iter()
        .map(|part| {
            let states: Vec<_> = part.intervals.iter().map(|one| one.state).collect();
            (part.scope.as_ref().unwrap().as_str(), states)
        })
        .collect();
    assert_eq!(parts, [("One", vec![Covered, Gap]), ("Two", vec![NotStarted, Covered])]);
    let system = Id::from_uuid(uuid::Uuid::from_u128(9));
    reports.iter_mut().for_each(|one| one.systems.push(system));
    let answer = covered(window, &reports);
    assert!(answer.transitions[0].continuous, "the system that both name");
    assert_eq!(answer.parts.len(), 2, "and it is no part of its own");
    reports[1].scope = reports[0].scope.clone();
    assert!(covered(window, &reports).parts.is_empty());
}

#[test]
fn each_scope_has_one_latest_report() {
    let mut reports = [
        days_of(1, "P", "2025-01-01", "2025-12-31"),
        days_of(2, "P", "2025-07-01", "2025-12-31"),
        days_of(3, "P", "2024-01-01", "2024-12-31"),
        days_of(4, "Q", "2023-01-01", "2023-12-31"),
    ];
    reports[0].report_date = day("2026-03-01");
    reports[2].report_date = day("2026-04-01");
    let answer = covered(Period::new(day("2025-01-01"), day("2025-01-31")).unwrap(), &reports);
    let latest: Vec<_> =
        answer.latest.iter().map(|one| (one.scope.as_str(), one.attestation.uuid().as_u128())).collect();
    assert_eq!(latest, [("P", 1), ("Q", 4)], "by the last day, and then by the date of the report");
    assert_eq!(
        (answer.latest[0].covers_to, answer.latest[0].report_date),
        (day("2025-12-31"), day("2026-03-01"))
    );
}

fn periods() -> impl Strategy<Value = Period> {
    (days(), 0u64..900).prop_map(|(from, days)| Period::new(from, from.plus_days(days)).unwrap())
}

/// A report, and how many days after it a letter speaks of.
fn reports() -> impl Strategy<Value = Vec<Reported>> {
    prop::collection::vec((periods(), 0u64..200), 0..6).prop_map(|all| {
        let each = all.into_iter().enumerate();
        each.map(|(n, (covers, bridge))| Reported {
            bridged: Period::new(covers.to.plus_days(1), covers.to.plus_days(bridge)),
            ..reported(n as u128, Some(covers))
        })
        .collect()
    })
}

proptest! {
    #[test]
    fn intervals_cover_the_window_exactly_and_never_overlap(window in periods(), reports in reports()) {
        let answer = covered(window, &reports);
        prop_assert_eq!(answer.intervals.first().map(|one| one.from), Some(window.from));
        prop_assert_eq!(answer.intervals.last().map(|one| one.to), Some(window.to));
        for pair in answer.intervals.windows(2) {
            prop_assert_eq!(pair[1].from, pair[0].to.plus_days(1));
            prop_assert!((pair[0].state, &pair[0].attestations) != (pair[1].state, &pair[1].attestations));
        }
        let sum = answer.covered_days + answer.bridged_days + answer.gap_days + answer.not_started_days;
        prop_assert_eq!(sum, window.days());
    }

    /// Each day on its own, by the words of D.2 alone.
    #[test]
    fn a_day_is_told_by_the_reports_around_it(window in periods(), reports in reports(), at in 0i64..900) {
        let asked = window.from.plus_days(u64::try_from(at % window.days()).unwrap());
        let answer = covered(window, &reports);
        let told = answer.intervals.iter().find(|one| one.from <= asked && asked <= one.to).unwrap();
        let inside = |period: Period| period.from <= asked && asked <= period.to;
        let wanted = if reports.iter().any(|one| inside(one.covers)) {
            ReportCoverageState::Covered
        } else if reports.iter().any(|one| one.bridged.is_some_and(inside)) {
            ReportCoverageState::Bridged
        } else if reports.iter().any(|one| one.covers.from <= asked) {
            ReportCoverageState::Gap
        } else {
            ReportCoverageState::NotStarted
        };
        prop_assert_eq!(told.state, wanted);
    }
}
