//! A timeline: what holds from when to when, what happened and what is due, on one line.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AsOf, Due, Milestone, MilestoneResource, MilestoneState, Moment};
use crate::{
    kernel::{
        id::MilestoneId,
        time::{Date, Instant},
    },
    text_enum,
};

text_enum! {
    /// What holds on the days of a span.
    TimelineSpanKind {
        /// A certificate is valid, as printed.
        Valid = "valid",
        /// A certificate, or a part of it, may be used.
        Usable = "usable",
        /// A report speaks of these days, or will.
        Reported = "reported",
        /// Management's letter bridges these days.
        Bridged = "bridged",
        /// Nothing holds between two spans.
        Gap = "gap",
    }
}

text_enum! {
    /// What stands on a timeline.
    TimelineEntryKind {
        /// Something that happened.
        Event = "event",
        /// Something that is due.
        Milestone = "milestone",
    }
}

/// Days on which the same holds.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct TimelineSpan {
    /// What holds.
    pub kind: TimelineSpanKind,
    /// The first of its days.
    pub from: Date,
    /// The last of its days.
    pub to: Date,
}

/// Something on a timeline.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct TimelineEntry {
    /// Its day: when it happened, or when it is due.
    pub on: Date,
    /// What it is.
    pub kind: TimelineEntryKind,
    /// The type of the event, or the code of the milestone.
    #[schema(max_length = 64, example = "window_opened")]
    pub code: String,
    /// What it is, for people.
    #[schema(max_length = 200, example = "The report is issued")]
    pub title: String,
    /// How a milestone stands; null of an event.
    pub state: Option<MilestoneState>,
    /// When a milestone was done.
    pub done_on: Option<Date>,
    /// Whether it rests on a plan or an assumption alone.
    pub assumed: bool,
    /// The event's id; null of a milestone, and of what is only planned.
    #[schema(max_length = 64)]
    pub event_id: Option<String>,
    /// The milestone's id; null of an event, and in a plan, whose dates are not in the diary.
    pub milestone_id: Option<MilestoneId>,
}

/// What holds, what happened and what is due, in the order of their days.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "known_at": null, "standing": "active", "title": "ISO/IEC 27001 2022, certificate ISMS-1" }))]
pub struct Timeline {
    /// Whose it is; in a plan for what is not there yet, the id is empty.
    pub resource: MilestoneResource,
    /// Whose it is, for people.
    #[schema(max_length = 500)]
    pub title: String,
    /// How that stands on the day.
    #[schema(max_length = 64)]
    pub standing: String,
    /// The day for which it is told.
    pub as_of: Date,
    /// The instant by which it had been recorded.
    pub known_at: Option<Instant>,
    /// What holds from when to when, by first day.
    #[schema(max_items = 1000)]
    pub spans: Vec<TimelineSpan>,
    /// What happened and what is due, by day.
    #[schema(max_items = 2000)]
    pub entries: Vec<TimelineEntry>,
}

impl Timeline {
    /// The line at a moment, with these spans and entries in order. Of one day, what happened comes before what is due.
    pub fn new(
        resource: MilestoneResource,
        title: String,
        standing: String,
        moment: Moment,
        spans: impl IntoIterator<Item = TimelineSpan>,
        entries: impl IntoIterator<Item = TimelineEntry>,
    ) -> Self {
        let Moment { as_of, known_at } = moment;
        let mut spans: Vec<_> = spans.into_iter().collect();
        let mut entries: Vec<_> = entries.into_iter().collect();
        spans.sort_by_key(|span| (span.from, span.to, span.kind));
        entries.sort_by_key(|entry| (entry.on, entry.kind));
        Self { resource, title, standing, as_of: as_of.day, known_at, spans, entries }
    }
}

impl TimelineSpan {
    /// Days on which this holds.
    pub fn new(kind: TimelineSpanKind, from: Date, to: Date) -> Self {
        Self { kind, from, to }
    }
}

impl TimelineEntry {
    /// Something that happened.
    pub fn event(on: Date, code: String, title: String, id: String) -> Self {
        Self {
            on,
            kind: TimelineEntryKind::Event,
            code,
            title,
            state: None,
            done_on: None,
            assumed: false,
            event_id: Some(id),
            milestone_id: None,
        }
    }

    /// Something that is planned to happen.
    pub fn planned(on: Date, code: String, title: String) -> Self {
        Self { assumed: true, event_id: None, ..Self::event(on, code, title, String::new()) }
    }

    /// Something that is due, as it stands on a day, where it is not in the diary.
    pub fn due(due: &Due, as_of: AsOf) -> Self {
        Self::standing(due, due.state(as_of))
    }

    fn standing(due: &Due, state: MilestoneState) -> Self {
        Self {
            on: due.due,
            kind: TimelineEntryKind::Milestone,
            code: due.code.clone(),
            title: due.title.clone(),
            state: Some(state),
            done_on: due.done_on.filter(|_| state == MilestoneState::Done),
            assumed: due.assumed,
            event_id: None,
            milestone_id: None,
        }
    }

    /// Whether it has happened, or is done.
    pub fn is_past(&self) -> bool {
        matches!(self.state, None | Some(MilestoneState::Done))
    }
}

impl From<&Milestone> for TimelineEntry {
    fn from(milestone: &Milestone) -> Self {
        let entry = &milestone.entry;
        Self { milestone_id: Some(entry.id), ..Self::standing(&entry.due, milestone.state) }
    }
}
