//! All timelines of a year.

use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    kernel::time::{Date, Instant},
    platform::diary::{AtMoment, Timeline, TimelineEntry, TimelineSpan},
};

/// The first year that may be asked for.
pub const FIRST_YEAR: i32 = 1;
/// The last year that may be asked for.
pub const LAST_YEAR: i32 = 9999;

/// Which year, and as seen when.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct OfYear {
    /// The year; that of the day asked about unless given.
    #[param(minimum = 1, maximum = 9999)]
    pub year: Option<i32>,
    /// The day for which everything is told; today in the tenant's time zone unless given.
    pub as_of: Option<Date>,
    /// Told by what had been recorded by this instant; by all that is recorded unless given.
    pub known_at: Option<Instant>,
}

impl OfYear {
    /// The moment.
    pub fn at(self) -> AtMoment {
        AtMoment { as_of: self.as_of, known_at: self.known_at }
    }
}

/// The timelines of a year.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "year": 2026, "known_at": null }))]
pub struct YearView {
    /// The year.
    #[schema(minimum = 1, maximum = 9999)]
    pub year: i32,
    /// The day for which everything is told.
    pub as_of: Date,
    /// The instant by which it had been recorded.
    pub known_at: Option<Instant>,
    /// Each certificate and attestation on whose line something lies in this year: certificates first, then attestations,
    /// each by title. Spans are cut to the year.
    #[schema(max_items = 1000)]
    pub timelines: Vec<Timeline>,
}

/// The first and the last day of a year.
pub fn days(year: i32) -> Option<(Date, Date)> {
    Some((Date::from_ymd(year, 1, 1)?, Date::from_ymd(year, 12, 31)?))
}

/// What of a timeline lies between two days; none where nothing does.
pub fn within(line: Timeline, from: Date, to: Date) -> Option<Timeline> {
    let cut = |span: TimelineSpan| {
        let span = TimelineSpan { from: span.from.max(from), to: span.to.min(to), ..span };
        (span.from <= span.to).then_some(span)
    };
    let inside = |entry: &TimelineEntry| from <= entry.on && entry.on <= to;
    let spans: Vec<_> = line.spans.into_iter().filter_map(cut).collect();
    let entries: Vec<_> = line.entries.into_iter().filter(inside).collect();
    (!spans.is_empty() || !entries.is_empty()).then_some(Timeline { spans, entries, ..line })
}
