//! Freshness and coverage: what evidence is worth on a day, and on which days there is some. Pure.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    model::{Evidence, Replaced},
    period::Period,
    review::ReviewState,
};
use crate::{
    kernel::{
        id::{ControlId, EvidenceId},
        text::Title,
        time::{Date, Instant},
    },
    platform::{
        db::Doc,
        diary::{Due, RuleBasis, RuleInput, RuleRef},
    },
    text_enum,
};

text_enum! {
    /// How good a piece of evidence still is on a day. Never stored: a comparison with that day.
    FreshnessState {
        /// It counts.
        Fresh = "fresh",
        /// One of its controls asks for younger evidence.
        Stale = "stale",
        /// The day it is valid until is over.
        Expired = "expired",
        /// It does not age: there is no day to compare with.
        None = "none",
    }
}

text_enum! {
    /// From which day a piece of evidence ages.
    CountedFrom {
        /// The last day that it covers.
        CoversTo = "covers_to",
        /// The day on which it was collected, in UTC.
        CollectedAt = "collected_at",
        /// The day on which it was uploaded, in UTC, because nothing better is said.
        UploadedAt = "uploaded_at",
    }
}

/// How good a piece of evidence still is on a day, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[graphql(name = "EvidenceFreshness")]
#[schema(as = EvidenceFreshness)]
pub struct Freshness {
    /// The state.
    pub state: FreshnessState,
    /// Why, in words.
    #[schema(max_length = 200, example = "covers_to and 90 days of its control reach 2026-09-28")]
    pub why: String,
    /// The day from which it ages; null where it has no content yet.
    pub counted_from: Option<Date>,
    /// What that day is.
    pub counted_by: Option<CountedFrom>,
    /// The control that asks for the youngest evidence; null where none asks.
    #[graphql(name = "controlId")]
    pub control: Option<ControlId>,
    /// Days after which that control wants new evidence.
    #[schema(minimum = 1, maximum = 3650)]
    pub freshness_days: Option<i32>,
    /// The last day on which it is fresh; null where it does not age.
    pub fresh_until: Option<Date>,
}

/// A control that the evidence is linked to, with the days that it lets evidence age.
pub type Limit = (ControlId, i32);

/// The day from which a piece of evidence ages; none while it holds nothing.
pub fn counted_from(evidence: &Evidence) -> Option<(Date, CountedFrom)> {
    counted(evidence.covers_to, evidence.collected_at, evidence.uploaded_at)
}

/// The day that content speaks of, and what that day is; none where there is no content.
pub fn counted(
    covers_to: Option<Date>,
    collected_at: Option<Instant>,
    uploaded_at: Option<Instant>,
) -> Option<(Date, CountedFrom)> {
    let uploaded = uploaded_at?;
    let said = covers_to.map(|day| (day, CountedFrom::CoversTo));
    let collected = collected_at.map(|at| (at.date_in(chrono_tz::UTC), CountedFrom::CollectedAt));
    Some(said.or(collected).unwrap_or((uploaded.date_in(chrono_tz::UTC), CountedFrom::UploadedAt)))
}

/// The strictest of the linked controls.
fn strictest(evidence: &Evidence, limits: &[Limit]) -> Option<Limit> {
    let linked = limits.iter().filter(|(control, _)| evidence.controls.contains(control));
    linked.copied().min_by_key(|(control, days)| (*days, control.uuid()))
}

/// The last day on which it is valid and the last on which it is fresh; [`Date::MAX`] for never. What lists compare
/// with the day.
pub fn ends(evidence: &Evidence, limits: &[Limit]) -> (Date, Date) {
    let Some((from, _)) = counted_from(evidence) else { return (Date::MAX, Date::MAX) };
    let days = strictest(evidence, limits).map(|(_, days)| u64::try_from(days).unwrap_or(0));
    (evidence.valid_until.unwrap_or(Date::MAX), days.map_or(Date::MAX, |days| from.plus_days(days)))
}

/// How a piece of evidence stands on a day.
pub fn freshness(evidence: &Evidence, limits: &[Limit], day: Date) -> Freshness {
    let (expires_on, fresh_until) = ends(evidence, limits);
    let (counted, limit) = (counted_from(evidence), strictest(evidence, limits));
    let state = state(expires_on, fresh_until, day);
    let aged = counted.filter(|_| limit.is_some());
    let ages = aged.map(|(_, by)| {
        let days = limit.map_or(0, |(_, days)| days);
        format!("{by} and {days} days of its control reach {fresh_until}")
    });
    let why = match (state, ages) {
        (FreshnessState::Expired, _) => format!("valid_until was {expires_on}"),
        (FreshnessState::None, _) if counted.is_none() => "it has no content yet".to_owned(),
        (FreshnessState::Fresh | FreshnessState::Stale, Some(ages)) => ages,
        (FreshnessState::Fresh, None) => format!("valid_until is {expires_on}"),
        _ => "it has no valid_until, and none of its controls has freshness_days".to_owned(),
    };
    Freshness {
        state,
        why,
        counted_from: counted.map(|(day, _)| day),
        counted_by: counted.map(|(_, by)| by),
        control: limit.map(|(control, _)| control),
        freshness_days: limit.map(|(_, days)| days),
        fresh_until: aged.map(|_| fresh_until),
    }
}

/// The one comparison that reading and filtering share.
fn state(expires_on: Date, fresh_until: Date, day: Date) -> FreshnessState {
    if expires_on < day {
        FreshnessState::Expired
    } else if fresh_until < day {
        FreshnessState::Stale
    } else if expires_on == Date::MAX && fresh_until == Date::MAX {
        FreshnessState::None
    } else {
        FreshnessState::Fresh
    }
}

/// What the diary has to know: until when each content is good. That of an earlier one was done on the day on which
/// another took its place. What is rejected need not be replaced: it never counted.
pub fn dues(evidence: &Evidence) -> Vec<Due> {
    let now = Replaced {
        number: evidence.content_version,
        expires_on: evidence.expires_on,
        fresh_until: evidence.fresh_until,
        on: Date::MAX,
    };
    let counts = evidence.content_version > 0 && evidence.review.state != ReviewState::Rejected;
    let current = counts.then_some(&now);
    let each = evidence.replaced.iter().chain(current);
    each.flat_map(|content| {
        [Ending::Expires.due(evidence, content), Ending::GoesStale.due(evidence, content)]
    })
    .flatten()
    .collect()
}

enum Ending {
    Expires,
    GoesStale,
}

impl Ending {
    fn due(&self, evidence: &Evidence, content: &Replaced) -> Option<Due> {
        let (code, title, clause, due) = match self {
            Self::Expires => {
                ("evidence_expires", "Evidence expires", "valid_until of the evidence", content.expires_on)
            }
            Self::GoesStale => (
                "evidence_goes_stale",
                "Evidence goes stale",
                "freshness_days of its control",
                content.fresh_until,
            ),
        };
        let uploaded = matches!(counted_from(evidence), Some((_, CountedFrom::UploadedAt)));
        let rule = RuleRef {
            id: code.to_owned(),
            clause: clause.to_owned(),
            basis: RuleBasis::Convention,
            source_checked: true,
            rule_set: "evidence".to_owned(),
        };
        let input = |name: &str, value: String| RuleInput { name: name.to_owned(), value };
        let mut inputs = vec![
            input("title", evidence.title.to_string()),
            input("content_version", content.number.to_string()),
        ];
        if let Some((day, by)) = counted_from(evidence).filter(|_| content.number == evidence.content_version)
        {
            inputs.push(input(by.as_str(), day.to_string()));
        }
        (due < Date::MAX).then_some(Due {
            code: code.to_owned(),
            cycle: content.number,
            title: title.to_owned(),
            window_opens: None,
            due,
            done_on: Some(content.on).filter(|on| *on < Date::MAX),
            assumed: uploaded && matches!(self, Self::GoesStale),
            rule: Doc(rule),
            inputs: Doc(inputs),
        })
    }
}

/// An accepted piece of evidence and the days of the window that it covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CoveringEvidence {
    /// The evidence.
    pub id: EvidenceId,
    /// Its title.
    pub title: Title,
    /// The first day of the window that it covers.
    pub from: Date,
    /// The last day of the window that it covers.
    pub to: Date,
}

/// Days in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct DaySpan {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// How many.
    #[schema(minimum = 1)]
    pub days: i64,
}

/// On which days of a window a control has accepted evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct EvidenceCoverage {
    /// The control.
    pub control_id: ControlId,
    /// The first day of the window.
    pub from: Date,
    /// The last day of the window.
    pub to: Date,
    /// Days of the window.
    #[schema(minimum = 1)]
    pub days: i64,
    /// Days that accepted evidence covers.
    #[schema(minimum = 0)]
    pub covered_days: i64,
    /// Days that none covers.
    #[schema(minimum = 0)]
    pub uncovered_days: i64,
    /// What covers which days, by its first day. Of more than 1,000 pieces the first; all of them count in the days.
    #[schema(max_items = 1000)]
    pub evidence: Vec<CoveringEvidence>,
    /// The days that some evidence covers.
    #[schema(max_items = 3660)]
    pub covered: Vec<DaySpan>,
    /// The days that none covers.
    #[schema(max_items = 3660)]
    pub uncovered: Vec<DaySpan>,
}

/// Pieces that a coverage lists at the most.
pub const MAX_LISTED: usize = 1000;

/// What these pieces cover of a window.
pub fn coverage(
    control_id: ControlId,
    window: Period,
    pieces: Vec<(EvidenceId, Title, Period)>,
) -> EvidenceCoverage {
    let mut evidence: Vec<_> = pieces
        .into_iter()
        .filter_map(|(id, title, period)| {
            let Period { from, to } = period.within(window)?;
            Some(CoveringEvidence { id, title, from, to })
        })
        .collect();
    evidence.sort_by_key(|one| (one.from, one.to, one.id.uuid()));
    let covered = union(evidence.iter().map(|one| Period { from: one.from, to: one.to }));
    let uncovered = gaps(window, &covered);
    let count = |all: &[Period]| all.iter().map(|one| one.days()).sum();
    evidence.truncate(MAX_LISTED);
    EvidenceCoverage {
        control_id,
        from: window.from,
        to: window.to,
        days: window.days(),
        covered_days: count(&covered),
        uncovered_days: count(&uncovered),
        evidence,
        covered: covered.into_iter().map(Into::into).collect(),
        uncovered: uncovered.into_iter().map(Into::into).collect(),
    }
}

impl From<Period> for DaySpan {
    fn from(period: Period) -> Self {
        Self { from: period.from, to: period.to, days: period.days() }
    }
}

/// Joins periods that overlap or follow each other without a day between; they come by their first day.
pub fn union(periods: impl Iterator<Item = Period>) -> Vec<Period> {
    let mut joined: Vec<Period> = Vec::new();
    for period in periods {
        match joined.last_mut().filter(|last| period.from.days_since(last.to) <= 1) {
            Some(last) => last.to = last.to.max(period.to),
            None => joined.push(period),
        }
    }
    joined
}

/// The days of the window outside these periods, which are in order and apart.
pub fn gaps(window: Period, covered: &[Period]) -> Vec<Period> {
    let starts = std::iter::once(window.from).chain(covered.iter().map(|one| one.to.plus_days(1)));
    let ends = covered.iter().map(|one| one.from.minus_days(1)).chain([window.to]);
    // At the end of the calendar the day after the last is the last itself, and is covered.
    let free = |period: &Period| !covered.iter().any(|one| one.within(*period).is_some());
    starts.zip(ends).filter_map(|(from, to)| Period::new(from, to)).filter(free).collect()
}
