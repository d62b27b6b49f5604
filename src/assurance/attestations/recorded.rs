//! What recording an event changes, and the line on which everything stands. Pure.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    engine::{AttestationNotice, AttestationState, Life, ReportCurrency},
    log::AttestationEvent,
    model::Dossier,
};
use crate::{
    catalog::advice::ReportType,
    platform::{
        diary::{
            Milestone, MilestoneResource, Moment, Timeline, TimelineEntry, TimelineSpan, TimelineSpanKind,
        },
        journal::Recorded,
    },
    program::evidence::Period,
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

/// What the engagement's report speaks of, what happened and what is due, on one line.
pub fn timeline(dossier: &Dossier, life: &Life, milestones: &[Milestone], moment: Moment) -> Timeline {
    let log = dossier.log(moment);
    let resource = MilestoneResource { kind: Dossier::RESOURCE.to_owned(), id: dossier.resource_id() };
    let title = format!("{}, {}", dossier.facts.name, kind(dossier.facts.report));
    let happened = log.iter().filter(|event| event.holds(moment)).map(happened);
    let entries = happened.chain(milestones.iter().map(Into::into));
    Timeline::new(resource, title, life.state().to_string(), moment, spans(life), entries)
}

/// The kind of report, for people.
pub fn kind(report: ReportType) -> &'static str {
    match report {
        ReportType::Type1 => "SOC 2 Type I",
        ReportType::Type2 => "SOC 2 Type II",
    }
}

/// The days of which an engagement's report speaks, and those that its letters bridge.
pub fn spans(life: &Life) -> Vec<TimelineSpan> {
    let days = |kind| move |days: Period| TimelineSpan::new(kind, days.from, days.to);
    let reported = life.covers().map(days(TimelineSpanKind::Reported));
    let bridged = life.bridged().map(days(TimelineSpanKind::Bridged));
    reported.into_iter().chain(bridged).collect()
}

/// An event of its log.
pub fn happened(event: &AttestationEvent) -> TimelineEntry {
    let (code, title) = (event.event.to_string(), event.event.title().to_owned());
    TimelineEntry::event(event.effective_on, code, title, event.id.to_string())
}
