//! A certificate's story in sentences: what happened, which rules stood behind it, how it stands and what comes next.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    engine::{CertificationStatus, Evaluations, Life, Terms, Validity},
    log::{CertificationEvent, CertificationEventType as Type, ScopeChange},
    model::{Dossier, Site},
    rules::RULES,
};
use crate::{
    kernel::{
        id::CertificationEventId,
        time::{Date, Instant},
    },
    platform::{
        db::Doc,
        diary::{AsOf, Due, MilestoneState, Moment, RuleRef},
    },
    text_enum,
};

text_enum! {
    /// What a step of a story tells.
    StoryStepKind {
        /// Something that happened.
        Event = "event",
        /// A day on which something ended, or was missed.
        Turn = "turn",
        /// What comes next.
        Next = "next",
    }
}

/// One step of a certificate's story.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({
    "on": "2026-05-04", "kind": "event", "text": "The certification body suspended the certificate: no audit was allowed.",
}))]
pub struct StoryStep {
    /// Its day.
    pub on: Date,
    /// What it tells.
    pub kind: StoryStepKind,
    /// The sentence.
    #[schema(max_length = 12_000)]
    pub text: String,
    /// The rules behind it.
    #[schema(value_type = Vec<RuleRef>, max_items = 20)]
    pub rules: Vec<Doc<RuleRef>>,
    /// The event of its log that it tells of; null where it is none, as of an audit that serves it.
    pub event_id: Option<CertificationEventId>,
}

/// A certificate's story.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct CertificationStory {
    /// The day for which it is told.
    pub as_of: Date,
    /// The moment by which what it tells had been recorded; null for all that is recorded.
    pub known_at: Option<Instant>,
    /// How the certificate stands on that day.
    pub status: CertificationStatus,
    /// How it stands, in a sentence.
    #[schema(max_length = 1000)]
    pub summary: String,
    /// What happened and what comes next, in order.
    #[schema(max_items = 1000)]
    pub steps: Vec<StoryStep>,
}

/// Tells it.
pub fn tell(dossier: &Dossier, evaluations: &Evaluations, moment: Moment) -> CertificationStory {
    let (terms, day) = (dossier.terms(moment), moment.as_of.day);
    let life = dossier.life(moment);
    let log = dossier.log();
    let mut held: Vec<_> = log.iter().filter(|event| event.holds(moment)).collect();
    held.sort_by_key(|event| (event.effective_on, event.sequence));
    let mut steps: Vec<_> = held.iter().map(|event| of_event(event, dossier, moment)).collect();
    let dues = life.dues(&terms, &dossier.evaluated(evaluations, moment), day);
    steps.extend(turns(&life, &terms, moment.as_of));
    let suspended =
        dues.iter().filter(|due| due.code.starts_with("suspension_review_") || due.code == "transfer");
    let history = life.history();
    let stood = history.iter().filter(|due| {
        let then = life.status(due.due);
        then.usable() || then == CertificationStatus::Suspended
    });
    steps.extend(stood.chain(suspended).filter_map(|due| missed(due, moment.as_of)));
    steps.extend(life.open_majors(&terms, day).into_iter().map(|one| {
        let text = format!(
            "The major nonconformity \"{}\" is not verified: it stands in the way of a grant, a renewal and a restoration.",
            one.title
        );
        turn(one.raised_on, text, vec![RULES.grant.cite(), RULES.recertification_majors.cite()])
    }));
    steps.extend(sites(dossier, &life, day));
    steps.extend(dues.iter().filter_map(|due| next(due, moment.as_of)));
    steps.sort_by_key(|step| (step.on, step.kind));
    CertificationStory {
        as_of: day,
        known_at: moment.known_at,
        status: life.status(day),
        summary: summary(&life, day),
        steps,
    }
}

fn of_event(event: &CertificationEvent, dossier: &Dossier, moment: Moment) -> StoryStep {
    // The certificate as it was once this event had taken effect.
    let until = AsOf { day: event.effective_on, past: true };
    let life = dossier.life(Moment { as_of: until, ..moment });
    let mut text = sentence(event, life.validity().as_ref());
    if let Some(reason) = &event.reason {
        text = format!("{}: {reason}", text.trim_end_matches('.'));
    }
    if !event.contradicts.is_empty() {
        let rules: Vec<_> = event.contradicts.iter().map(|rule| rule.as_str()).collect();
        text = format!("{text} (recorded although it contradicts {})", rules.join(", "));
    }
    StoryStep {
        on: event.effective_on,
        kind: StoryStepKind::Event,
        text,
        rules: rules(event.event),
        event_id: dossier.events.iter().any(|one| one.id == event.id).then_some(event.id),
    }
}

fn rules(event: Type) -> Vec<Doc<RuleRef>> {
    let rules: &[_] = match event {
        Type::Granted | Type::RegisteredExisting => &[&RULES.cycle_begins, &RULES.effective],
        Type::Stage1Completed | Type::Stage2Completed => &[&RULES.stages],
        Type::SurveillanceCompleted => &[&RULES.yearly_surveillance, &RULES.calendar_year],
        Type::RecertificationAuditCompleted => &[&RULES.recertification],
        Type::Suspended => &[&RULES.invalid, &RULES.suspension_limit],
        Type::SuspensionLifted => &[&RULES.suspension_limit, &RULES.expiry_stays],
        Type::ScopeChanged => &[&RULES.scope, &RULES.expiry_stays],
        Type::Recertified => &[&RULES.kept_anniversary],
        Type::RestoredAfterExpiry | Type::ReinstatedAfterStage2 => &[&RULES.restored],
        Type::TransferredIn | Type::TransferredOut => &[&RULES.transfers, &RULES.expiry_stays],
        Type::Transitioned => &[&RULES.edition_end],
        Type::ExpiryExtended => &[&RULES.extension],
        Type::SurveillancePostponed => &[&RULES.postponement],
        Type::Applied | Type::Refused | Type::Withdrawn => &[],
    };
    rules.iter().map(|rule| rule.cite()).collect()
}

fn sentence(event: &CertificationEvent, validity: Option<&Validity>) -> String {
    let said = event.says();
    let cycle = || match validity {
        Some(one) => format!("cycle {}, valid from {} to {}", one.cycle, one.valid_from, one.expires_on),
        None => "no cycle".to_owned(),
    };
    match event.event {
        Type::RegisteredExisting => format!("The certificate was entered as it is printed: {}.", cycle()),
        Type::Applied => "The organisation applied for certification.".to_owned(),
        Type::Stage1Completed => audited(event, "stage 1"),
        Type::Stage2Completed => audited(event, "stage 2"),
        Type::SurveillanceCompleted => audited(event, "a surveillance audit"),
        Type::RecertificationAuditCompleted => audited(event, "the recertification audit"),
        Type::Granted => format!("The certification body granted certification: {}.", cycle()),
        Type::Refused => "The certification body refused certification.".to_owned(),
        Type::Suspended => match &said.part {
            Some(part) => format!("The certification body suspended a part of the scope ({part})."),
            None => "The certification body suspended the certificate; it may not be promoted.".to_owned(),
        },
        Type::SuspensionLifted => "The suspension was lifted; the expiry stays as it was.".to_owned(),
        Type::Withdrawn => "The certification body withdrew the certificate.".to_owned(),
        Type::ScopeChanged => match said.change {
            Some(ScopeChange::Reduced) => "The scope was reduced; the expiry stays as it was.".to_owned(),
            _ => "The scope was extended; the expiry stays as it was.".to_owned(),
        },
        Type::Recertified => format!("The certificate was renewed before its expiry: {}.", cycle()),
        Type::RestoredAfterExpiry => format!("The certificate was restored after its expiry: {}.", cycle()),
        Type::ReinstatedAfterStage2 => {
            format!("After a new stage 2 certification was granted again: {}.", cycle())
        }
        Type::TransferredIn => {
            "Another certification body took the certificate over; the cycle goes on.".to_owned()
        }
        Type::TransferredOut => {
            "Another certification body took the certificate over; this record ends.".to_owned()
        }
        Type::Transitioned => {
            let edition = said.edition.map_or_else(String::new, |edition| format!(" of {edition}"));
            format!("The certificate moved to the edition{edition}; the expiry stays as it was.")
        }
        Type::ExpiryExtended => put_off("The expiry", said.until),
        Type::SurveillancePostponed => put_off("The first surveillance audit", said.until),
    }
}

fn audited(event: &CertificationEvent, what: &str) -> String {
    match event.audit.as_deref() {
        Some(days) if days.started_on < days.ended_on => {
            format!("The certification body held {what} from {} to {}.", days.started_on, days.ended_on)
        }
        _ => format!("The certification body held {what} on {}.", event.effective_on),
    }
}

fn put_off(what: &str, until: Option<Date>) -> String {
    let until = until.map_or_else(String::new, |until| format!(" until {until}"));
    format!("{what} was put off{until} for an extraordinary event.")
}

/// The days on which it stopped being usable by the calendar alone.
fn turns(life: &Life, terms: &Terms, as_of: AsOf) -> Vec<StoryStep> {
    let edition = RULES.edition_end(&terms.standard, life.edition()).map(|end| end.last_day());
    let ended = life.cycles().iter().enumerate().filter_map(|(n, cycle)| {
        let last = cycle.last_day().min(edition.unwrap_or(Date::MAX));
        let renewed = life.cycles().get(n + 1).is_some_and(|next| next.valid_from <= last.plus_days(1));
        let over = last < as_of.day && !renewed && life.status(last).usable();
        over.then(|| {
            let text = match (cycle.restorable_until, edition.is_some_and(|end| end < cycle.last_day())) {
                (_, true) => format!("Its edition ended on {last}; the certificate cannot be restored."),
                (Some(until), _) => {
                    format!("The certificate expired on {last}; it can be restored until {until}.")
                }
                (None, _) => format!("The certificate expired on {last}."),
            };
            turn(last.plus_days(1), text, vec![RULES.not_extended.cite(), RULES.restored.cite()])
        })
    });
    ended.collect()
}

/// The days on which sites came to be covered and ceased to be, by their own dates, within the time of the certificate.
fn sites(dossier: &Dossier, life: &Life, day: Date) -> Vec<StoryStep> {
    let (Some(first), Some(last)) = (life.cycles().first(), life.cycles().last()) else { return Vec::new() };
    let (begins, ends) = (first.valid_from, last.last_day());
    let told = |on: Date, text: String| {
        let kind = if on <= day { StoryStepKind::Turn } else { StoryStepKind::Next };
        (begins < on && on <= ends).then(|| StoryStep { kind, ..turn(on, text, vec![RULES.scope.cite()]) })
    };
    let of = |site: &Site| {
        let from = site
            .covered_from
            .and_then(|on| told(on, format!("The site {} is covered from {on}.", site.name)));
        let after = site.covered_until.map(|last| last.plus_days(1));
        let until =
            after.and_then(|on| told(on, format!("The site {} is covered no longer from {on}.", site.name)));
        from.into_iter().chain(until).collect::<Vec<_>>()
    };
    dossier.facts.sites.iter().flat_map(of).collect()
}

fn turn(on: Date, text: String, rules: Vec<Doc<RuleRef>>) -> StoryStep {
    StoryStep { on, kind: StoryStepKind::Turn, text, rules, event_id: None }
}

/// What was not done in time, or not at all.
fn missed(due: &Due, as_of: AsOf) -> Option<StoryStep> {
    let told = ["surveillance_", "calendar_", "suspension_review_", "transfer"];
    if !told.iter().any(|code| due.code.starts_with(code)) || due.days_late(as_of) == 0 {
        return None;
    }
    let text = match due.done_on.filter(|&done| done <= as_of.settled_by()) {
        Some(done) => format!(
            "{} was due on {} and came {} days late, on {done}.",
            due.title,
            due.due,
            due.days_late(as_of)
        ),
        None => format!("{} was due on {} and was not done by then.", due.title, due.due),
    };
    Some(turn(due.due.plus_days(1), text, vec![due.rule.clone()]))
}

fn next(due: &Due, as_of: AsOf) -> Option<StoryStep> {
    let open = matches!(due.state(as_of), MilestoneState::Open | MilestoneState::Upcoming);
    let coming = open && due.due >= as_of.day;
    coming.then(|| StoryStep {
        on: due.due,
        kind: StoryStepKind::Next,
        text: format!("{}: by {}.", due.title, due.due),
        rules: vec![due.rule.clone()],
        event_id: None,
    })
}

fn summary(life: &Life, day: Date) -> String {
    use CertificationStatus as Status;
    let status = life.status(day);
    let validity = life.validity();
    let last = validity.as_ref().map_or_else(String::new, |one| format!(" until {}", one.last_day()));
    match status {
        Status::Active => format!("On {day} the certificate is valid{last}."),
        Status::SuspendedInPart => {
            format!("On {day} a part of the scope is suspended; the rest is valid{last}.")
        }
        Status::Suspended => format!("On {day} the certificate is suspended and may not be promoted."),
        Status::ExpiredRestorable => {
            let until = validity.and_then(|one| one.restorable_until);
            let until = until.map_or_else(String::new, |until| format!(" until {until}"));
            format!("On {day} the certificate has expired; it can be restored{until}.")
        }
        Status::Closed => format!("On {day} the certificate has expired; only a new stage 2 leads back."),
        Status::EditionEnded => format!("On {day} the certificate cannot be used: its edition has ended."),
        Status::Withdrawn => format!("On {day} the certificate is withdrawn."),
        Status::TransferredOut => format!("On {day} the certificate is held at another certification body."),
        Status::Refused => format!("On {day} certification is refused."),
        Status::Voided => format!("On {day} nothing stands: its registration was voided."),
        Status::NotYetValid => format!("On {day} nothing is valid yet."),
        Status::Application | Status::Stage1Done | Status::Stage2Done => {
            format!("On {day} the organisation is on its way to certification ({status}).")
        }
    }
}
