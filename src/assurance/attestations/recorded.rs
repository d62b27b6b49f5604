//! What recording an event changes, and the line on which everything stands. Pure.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    engine::{AttestationNotice, AttestationState, Life, ReportCurrency},
    log::{AttestationEvent, Moment},
    model::Dossier,
};
use crate::{
    kernel::{
        id::{AttestationEventId, AttestationId, MilestoneId},
        time::{Date, Instant},
    },
    platform::diary::{Milestone, MilestoneState},
    text_enum,
};

/// Where an engagement stands today.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct AttestationStanding {
    /// How far it has come.
    pub state: AttestationState,
    /// How readers take the report.
    pub currency: Option<ReportCurrency>,
    /// Everything that is due.
    #[schema(max_items = 200)]
    pub milestones: Vec<Milestone>,
}

/// An event, and what it changed; or what it would change.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct RecordedAttestationEvent {
    /// The event. Of a dry run nothing is stored, and its id leads nowhere.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub event: AttestationEvent,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Where the engagement stood before.
    pub before: AttestationStanding,
    /// Where it stands after.
    pub after: AttestationStanding,
    /// What became unusual by it.
    #[schema(max_items = 1000)]
    pub notices: Vec<AttestationNotice>,
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
    /// Whether it rests on a plan alone.
    pub assumed: bool,
    /// The event.
    pub event_id: Option<AttestationEventId>,
    /// The milestone.
    pub milestone_id: Option<MilestoneId>,
}

/// What happened to an engagement and what is due, in the order of their days.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "known_at": null, "covers_from": "2025-10-01", "covers_to": "2026-09-30" }))]
pub struct AttestationTimeline {
    /// The engagement.
    pub attestation_id: AttestationId,
    /// The day for which it is told.
    pub as_of: Date,
    /// The instant by which it had been recorded.
    pub known_at: Option<Instant>,
    /// How far it has come.
    pub state: AttestationState,
    /// The first day that the report speaks of.
    pub covers_from: Option<Date>,
    /// The last.
    pub covers_to: Option<Date>,
    /// What happened and what is due.
    #[schema(max_items = 400)]
    pub entries: Vec<TimelineEntry>,
}

impl AttestationTimeline {
    /// The line at a moment. Of one day, what happened comes before what is due.
    pub fn of(dossier: Dossier, moment: Moment, due: &[Milestone]) -> Self {
        let life = Life::of(&dossier.events, moment);
        let covers = life.covers();
        let happened = dossier.events.iter().filter(|event| event.holds(moment)).map(happened);
        let mut entries: Vec<_> = happened.chain(due.iter().map(expected)).collect();
        entries.sort_by_key(|entry| (entry.on, entry.kind));
        Self {
            attestation_id: dossier.facts.id,
            as_of: moment.as_of.day,
            known_at: moment.known_at,
            state: life.state(),
            covers_from: covers.map(|covers| covers.from),
            covers_to: covers.map(|covers| covers.to),
            entries,
        }
    }
}

fn happened(event: &AttestationEvent) -> TimelineEntry {
    TimelineEntry {
        on: event.effective_on,
        kind: TimelineEntryKind::Event,
        code: event.event.to_string(),
        title: event.event.title().to_owned(),
        state: None,
        done_on: None,
        assumed: false,
        event_id: Some(event.id),
        milestone_id: None,
    }
}

fn expected(milestone: &Milestone) -> TimelineEntry {
    let due = &milestone.entry.due;
    TimelineEntry {
        on: due.due,
        kind: TimelineEntryKind::Milestone,
        code: due.code.clone(),
        title: due.title.clone(),
        state: Some(milestone.state),
        done_on: due.done_on,
        assumed: due.assumed,
        event_id: None,
        milestone_id: Some(milestone.entry.id),
    }
}
