//! Which days of a window an organisation's reports cover, and how its reports follow each other (D-18, D-20). Pure.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    assurance::attestations::{
        description::{Subservice, SubserviceMethod},
        model::ScopeName,
        scope::TrustCategory,
    },
    catalog::advice::ReportType,
    kernel::{
        id::{AttestationId, SystemId},
        text::Title,
        time::{Date, Instant},
    },
    program::evidence::{DaySpan, Period, gaps, union},
    text_enum,
};

text_enum! {
    /// How days stand to an organisation's reports.
    ReportCoverageState {
        /// Inside what an issued report speaks of.
        Covered = "covered",
        /// After it, and a bridge letter speaks of them.
        Bridged = "bridged",
        /// After the first report began, and nothing speaks of them.
        Gap = "gap",
        /// Before the first report began.
        NotStarted = "not_started",
    }
}

/// Days in a row that stand alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CoverageInterval {
    /// How they stand.
    pub state: ReportCoverageState,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// How many.
    #[schema(minimum = 1)]
    pub days: i64,
    /// The engagements whose reports or letters speak of them.
    #[schema(max_items = 100)]
    #[graphql(name = "attestationIds")]
    pub attestations: Vec<AttestationId>,
}

/// Two Type II reports that follow each other: a later one, and of those that began before it the one that reaches furthest,
/// of its own scope where there is one, or else of any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "gap": { "from": "2025-01-01", "to": "2025-01-31", "days": 31 }, "overlap": null }))]
pub struct ReportTransition {
    /// The earlier.
    #[graphql(name = "previousId")]
    pub previous: AttestationId,
    /// The later.
    #[graphql(name = "nextId")]
    pub next: AttestationId,
    /// Days between their periods: next start - previous end - 1, or 0.
    #[schema(minimum = 0)]
    pub gap_days: i64,
    /// Which days.
    pub gap: Option<DaySpan>,
    /// Days that both speak of.
    pub overlap: Option<DaySpan>,
    /// Whether they belong to scopes of another name.
    pub scope_changed: bool,
    /// Systems that only the later speaks of.
    #[schema(max_items = 100)]
    pub systems_added: Vec<SystemId>,
    /// Systems that only the earlier speaks of.
    #[schema(max_items = 100)]
    pub systems_removed: Vec<SystemId>,
    /// Categories that only the later addresses.
    #[schema(max_items = 5)]
    pub categories_added: Vec<TrustCategory>,
    /// Categories that only the earlier addresses.
    #[schema(max_items = 5)]
    pub categories_removed: Vec<TrustCategory>,
    /// Whether the later carries on where the earlier ends, for everything that both speak of: a scope of one name, or of two
    /// the systems that both name; false where there are none. What changed is told apart in `parts`.
    pub continuous: bool,
}

/// The days of one part: reports that do not address it do not cover it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "category": "availability", "system": null, "scope": null }))]
pub struct PartCoverage {
    /// The category; null of a system or a scope.
    pub category: Option<TrustCategory>,
    /// The system; null of a category or a scope.
    #[graphql(name = "systemId")]
    pub system: Option<SystemId>,
    /// The scope; null of a category or a system.
    pub scope: Option<ScopeName>,
    /// Its days.
    #[schema(max_items = 1000)]
    pub intervals: Vec<CoverageInterval>,
}

/// Days of a report on which no report of a subservice organisation speaks of the part that was carved out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct SubserviceGap {
    /// The engagement.
    #[graphql(name = "attestationId")]
    pub attestation: AttestationId,
    /// The subservice organisation.
    pub subservice: Title,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// How many.
    #[schema(minimum = 1)]
    pub days: i64,
}

/// A window that runs, or whose report is not issued: its days will be covered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct RunningWindow {
    /// The engagement.
    #[graphql(name = "attestationId")]
    pub attestation: AttestationId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// Of the reports of a scope that stand, the one that reaches furthest; of those the one with the latest date (D.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct LatestReport {
    /// The scope.
    pub scope: ScopeName,
    /// The engagement whose report it is.
    #[graphql(name = "attestationId")]
    pub attestation: AttestationId,
    /// The last day that it speaks of.
    pub covers_to: Date,
    /// The day that it bears.
    pub report_date: Date,
}

/// What an organisation's reports cover of a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "scope": null, "known_at": null }))]
pub struct ReportCoverage {
    /// The first day of the window.
    pub from: Date,
    /// The last day of the window.
    pub to: Date,
    /// The scope asked for; null for all reports together.
    pub scope: Option<ScopeName>,
    /// The day by which reports were issued and letters signed.
    pub as_of: Date,
    /// The instant by which that was recorded.
    pub known_at: Option<Instant>,
    /// Days covered.
    #[schema(minimum = 0)]
    pub covered_days: i64,
    /// Days bridged.
    #[schema(minimum = 0)]
    pub bridged_days: i64,
    /// Days in gaps.
    #[schema(minimum = 0)]
    pub gap_days: i64,
    /// Days before the first report began.
    #[schema(minimum = 0)]
    pub not_started_days: i64,
    /// Every day of the window, once, in order.
    #[schema(max_items = 1000)]
    pub intervals: Vec<CoverageInterval>,
    /// How Type II reports that touch the window follow each other.
    #[schema(max_items = 1000)]
    pub transitions: Vec<ReportTransition>,
    /// The same days for each category, each system and each scope that some report addresses and another does not.
    #[schema(max_items = 1000)]
    pub parts: Vec<PartCoverage>,
    /// Days on which a carved-out subservice organisation has no report of its own.
    #[schema(max_items = 1000)]
    pub subservice_gaps: Vec<SubserviceGap>,
    /// Windows without a report yet.
    #[schema(max_items = 100)]
    pub running: Vec<RunningWindow>,
    /// The latest report of each scope on the day, whether it touches the window or not.
    #[schema(max_items = 1000)]
    pub latest: Vec<LatestReport>,
}

/// What a report covers.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The engagement.
    pub attestation: AttestationId,
    /// The kind of report.
    pub report: ReportType,
    /// Its scope.
    pub scope: ScopeName,
    /// The days that it speaks of.
    pub covers: Period,
    /// The day that it bears.
    pub report_date: Date,
    /// The days after them that letters speak of.
    pub bridged: Option<Period>,
    /// Its systems.
    pub systems: Vec<SystemId>,
    /// Its categories.
    pub categories: Vec<TrustCategory>,
    /// Vendors whose controls it needs.
    pub subservices: Vec<Subservice>,
}

/// The whole answer, but for what is not issued yet.
pub fn continuity(
    window: Period,
    scope: Option<ScopeName>,
    (as_of, known_at): (Date, Option<Instant>),
    reports: &[Reported],
    running: Vec<RunningWindow>,
) -> ReportCoverage {
    let all: Vec<_> = reports.iter().collect();
    let intervals = intervals(window, &all);
    let days = |state| intervals.iter().filter(|one| one.state == state).map(|one| one.days).sum();
    ReportCoverage {
        from: window.from,
        to: window.to,
        scope,
        as_of,
        known_at,
        covered_days: days(ReportCoverageState::Covered),
        bridged_days: days(ReportCoverageState::Bridged),
        gap_days: days(ReportCoverageState::Gap),
        not_started_days: days(ReportCoverageState::NotStarted),
        intervals,
        transitions: transitions(window, &all),
        parts: parts(window, &all),
        subservice_gaps: reports.iter().flat_map(|one| subservice_gaps(window, one)).collect(),
        running,
        latest: latest(reports),
    }
}

fn latest(reports: &[Reported]) -> Vec<LatestReport> {
    let age = |one: &Reported| (one.covers.to, one.report_date, one.attestation.uuid());
    let mut of_scopes: BTreeMap<&ScopeName, &Reported> = BTreeMap::new();
    for one in reports {
        let last = of_scopes.entry(&one.scope).or_insert(one);
        if age(one) > age(last) {
            *last = one;
        }
    }
    let told = |one: &Reported| LatestReport {
        scope: one.scope.clone(),
        attestation: one.attestation,
        covers_to: one.covers.to,
        report_date: one.report_date,
    };
    of_scopes.into_values().map(told).collect()
}

/// Every day of the window once: cut wherever something begins or ends, told by the first day of each piece, and joined
/// where neighbours are alike.
fn intervals(window: Period, reports: &[&Reported]) -> Vec<CoverageInterval> {
    let spans = reports.iter().flat_map(|one| [Some(one.covers), one.bridged]).flatten();
    let cuts: BTreeSet<Date> = spans
        .flat_map(|span| [span.from, span.to.plus_days(1)])
        .filter(|cut| window.from < *cut && *cut <= window.to)
        .chain([window.from])
        .collect();
    let ends = cuts.iter().skip(1).map(|cut| cut.minus_days(1)).chain([window.to]);
    let mut joined: Vec<CoverageInterval> = Vec::new();
    for (&from, to) in cuts.iter().zip(ends) {
        let (state, attestations) = on(from, reports);
        match joined.last_mut().filter(|last| last.state == state && last.attestations == attestations) {
            Some(last) => {
                last.to = to;
                last.days = to.days_since(last.from) + 1;
            }
            None => {
                joined.push(CoverageInterval { state, from, to, days: to.days_since(from) + 1, attestations })
            }
        }
    }
    joined
}

/// How a day stands, and by which engagements.
fn on(day: Date, reports: &[&Reported]) -> (ReportCoverageState, Vec<AttestationId>) {
    let holds = |span: Period| span.from <= day && day <= span.to;
    let ids = |some: fn(&Reported) -> Option<Period>| -> Vec<_> {
        reports.iter().filter(|one| some(one).is_some_and(holds)).map(|one| one.attestation).collect()
    };
    let (covered, bridged) = (ids(|one| Some(one.covers)), ids(|one| one.bridged));
    let begun = reports.iter().any(|one| one.covers.from <= day);
    match (covered.is_empty(), bridged.is_empty()) {
        (false, _) => (ReportCoverageState::Covered, covered),
        (true, false) => (ReportCoverageState::Bridged, bridged),
        (true, true) if begun => (ReportCoverageState::Gap, Vec::new()),
        (true, true) => (ReportCoverageState::NotStarted, Vec::new()),
    }
}

/// How each Type II report that touches the window carries on one before it.
fn transitions(window: Period, reports: &[&Reported]) -> Vec<ReportTransition> {
    let mut two: Vec<_> = reports.iter().copied().filter(|one| one.report == ReportType::Type2).collect();
    two.sort_by_key(|one| (one.covers.from, one.covers.to, one.attestation.uuid()));
    let carries_on = |(n, next): (usize, &&Reported)| {
        let previous = carried_on(next, &two[..n])?;
        let touches = previous.covers.from <= window.to && window.from <= next.covers.to;
        touches.then(|| transition(previous, next))
    };
    two.iter().enumerate().filter_map(carries_on).collect()
}

/// Which of the reports that began before one it carries on: of its own scope, or else of any, the one that reaches furthest.
fn carried_on<'a>(next: &Reported, before: &[&'a Reported]) -> Option<&'a Reported> {
    before.iter().copied().max_by_key(|one| (one.scope == next.scope, one.covers.to))
}

fn transition(previous: &Reported, next: &Reported) -> ReportTransition {
    let (end, start) = (previous.covers.to, next.covers.from);
    // The day after and the day before, where there is one between them.
    let gap =
        (start.days_since(end) > 1).then(|| Period::new(end.plus_days(1), start.minus_days(1))).flatten();
    let overlap = previous.covers.within(next.covers);
    let scope_changed = previous.scope != next.scope;
    let shares = !scope_changed || next.systems.iter().any(|one| previous.systems.contains(one));
    ReportTransition {
        previous: previous.attestation,
        next: next.attestation,
        gap_days: gap.map_or(0, Period::days),
        gap: gap.map(Into::into),
        overlap: overlap.map(Into::into),
        scope_changed,
        systems_added: without(&next.systems, &previous.systems),
        systems_removed: without(&previous.systems, &next.systems),
        categories_added: without(&next.categories, &previous.categories),
        categories_removed: without(&previous.categories, &next.categories),
        continuous: shares && gap.is_none(),
    }
}

fn without<T: Copy + PartialEq>(all: &[T], these: &[T]) -> Vec<T> {
    all.iter().copied().filter(|one| !these.contains(one)).collect()
}

/// Each category, each system and each scope that some of the reports address and others do not.
fn parts(window: Period, reports: &[&Reported]) -> Vec<PartCoverage> {
    let part = |addresses: &dyn Fn(&Reported) -> bool| {
        let some: Vec<_> = reports.iter().copied().filter(|one| addresses(one)).collect();
        let apart = !some.is_empty() && some.len() < reports.len();
        apart.then(|| PartCoverage {
            category: None,
            system: None,
            scope: None,
            intervals: intervals(window, &some),
        })
    };
    let categories = TrustCategory::ALL.iter().filter_map(|category| {
        let found = part(&|one| one.categories.contains(category))?;
        Some(PartCoverage { category: Some(*category), ..found })
    });
    let mut systems: Vec<_> = reports.iter().flat_map(|one| one.systems.iter().copied()).collect();
    systems.sort_by_key(|id| id.uuid());
    systems.dedup();
    let systems = systems.into_iter().filter_map(|system| {
        let found = part(&|one| one.systems.contains(&system))?;
        Some(PartCoverage { system: Some(system), ..found })
    });
    let scopes: BTreeSet<_> = reports.iter().map(|one| &one.scope).collect();
    let scopes = scopes.into_iter().filter_map(|scope| {
        let found = part(&|one| one.scope == *scope)?;
        Some(PartCoverage { scope: Some(scope.clone()), ..found })
    });
    categories.chain(systems).chain(scopes).collect()
}

fn subservice_gaps(window: Period, report: &Reported) -> Vec<SubserviceGap> {
    let Some(asked) = report.covers.within(window) else { return Vec::new() };
    let carved = report.subservices.iter().filter(|one| one.method == SubserviceMethod::CarveOut);
    let gap = |one: &Subservice| {
        let mut own: Vec<_> =
            one.reports.iter().filter_map(|own| Period::new(own.from, own.to)?.within(asked)).collect();
        own.sort();
        let gaps = gaps(asked, &union(own.into_iter()));
        let name = one.name.clone();
        gaps.into_iter()
            .map(move |Period { from, to }| SubserviceGap {
                attestation: report.attestation,
                subservice: name.clone(),
                from,
                to,
                days: to.days_since(from) + 1,
            })
            .collect::<Vec<_>>()
    };
    carved.flat_map(gap).collect()
}
