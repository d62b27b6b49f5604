//! A certificate's life on one line.

use super::{
    engine::{Days, Evaluations, Life},
    log::{CertificationEvent, CertificationEventType as Type},
    model::{Dossier, Facts},
};
use crate::{
    kernel::id::TenantId,
    platform::{
        diary::{
            Entry, Milestone, MilestoneResource, Moment, Timeline, TimelineEntry, TimelineSpan,
            TimelineSpanKind, picture,
        },
        journal::Recorded,
    },
};

/// What a life makes due at a moment, with what people added in the diary.
pub fn milestones(
    tenant: TenantId,
    (dossier, life): (&Dossier, &Life),
    evaluations: &Evaluations,
    known: &[Entry],
    moment: Moment,
) -> Vec<Milestone> {
    let dues = dossier.dues(life, evaluations, moment);
    let days = &dossier.settings().reminder_days;
    let entries = picture(tenant, &resource(dossier), dues, known);
    entries.into_iter().map(|entry| entry.reminding(days).on(moment.as_of)).collect()
}

/// The certificate's life at a moment, with what is due then.
pub fn timeline(
    tenant: TenantId,
    dossier: &Dossier,
    evaluations: &Evaluations,
    known: &[Entry],
    moment: Moment,
) -> Timeline {
    let (life, log) = (dossier.life(moment), dossier.log());
    let due = milestones(tenant, (dossier, &life), evaluations, known, moment);
    let happened = log.iter().filter(|event| event.holds(moment)).map(happened);
    let entries = happened.chain(due.iter().map(Into::into));
    line(resource(dossier), title(&dossier.facts_at(moment), life.edition()), &life, moment, entries)
}

fn resource(dossier: &Dossier) -> MilestoneResource {
    MilestoneResource { kind: Dossier::RESOURCE.to_owned(), id: dossier.resource_id() }
}

/// Which certificate it is, for people.
pub fn title(facts: &Facts, edition: &str) -> String {
    let number = facts
        .number
        .as_ref()
        .map_or_else(|| "not granted yet".to_owned(), |one| format!("certificate {one}"));
    format!("{} {edition}, {number}", facts.standard)
}

/// A life on one line: what holds on its days, and these entries.
pub fn line(
    resource: MilestoneResource,
    title: String,
    life: &Life,
    moment: Moment,
    entries: impl IntoIterator<Item = TimelineEntry>,
) -> Timeline {
    let standing = life.status(moment.as_of.day).public().to_string();
    let valid = life.validity().map(|_| life.cycles()).unwrap_or_default().iter();
    let valid = valid.map(|one| TimelineSpan::new(TimelineSpanKind::Valid, one.valid_from, one.last_day()));
    let days = |kind| move |days: Days| TimelineSpan::new(kind, days.from, days.to);
    let usable = life.usable().into_iter().map(days(TimelineSpanKind::Usable));
    let gaps = life.gaps().into_iter().map(days(TimelineSpanKind::Gap));
    Timeline::new(resource, title, standing, moment, valid.chain(usable).chain(gaps), entries)
}

/// An event of its log.
pub fn happened(event: &CertificationEvent) -> TimelineEntry {
    let (code, title) = (event.event.to_string(), event.event.title().to_owned());
    TimelineEntry::event(event.effective_on, code, title, event.id.to_string())
}

impl Type {
    /// What it is, for people.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::RegisteredExisting => "Entered as it is printed",
            Self::Applied => "The organisation applied",
            Self::Stage1Completed => "Stage 1 audit",
            Self::Stage2Completed => "Stage 2 audit",
            Self::Granted => "Certification granted",
            Self::Refused => "Certification refused",
            Self::SurveillanceCompleted => "Surveillance audit",
            Self::RecertificationAuditCompleted => "Recertification audit",
            Self::Suspended => "Suspended",
            Self::SuspensionLifted => "Suspension lifted",
            Self::Withdrawn => "Withdrawn",
            Self::ScopeChanged => "Scope changed",
            Self::Recertified => "Renewed before its expiry",
            Self::RestoredAfterExpiry => "Restored after its expiry",
            Self::ReinstatedAfterStage2 => "Granted again after a new stage 2",
            Self::TransferredIn => "Taken over by another certification body",
            Self::TransferredOut => "Left to another certification body",
            Self::Transitioned => "Moved to another edition",
            Self::ExpiryExtended => "Expiry put off",
            Self::SurveillancePostponed => "First surveillance put off",
        }
    }
}
