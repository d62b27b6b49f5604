//! What its events made of a certificate, folded in the order in which they took effect.

use super::{
    super::{
        bodies::Accreditation,
        log::{AuditDays, CertificationEvent, CertificationEventType},
        rules::{EditionEnd, RULES},
        settings::CycleSettings,
    },
    status::CertificationStatus,
    validity::Validity,
};
use crate::{assurance::audits::AuditFact, kernel::time::Date};

/// What the engine must know beside the events.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// How dates are counted.
    pub settings: CycleSettings,
    /// The standard.
    pub standard: String,
    /// The edition that it was audited against before its events.
    pub edition: String,
    /// The accreditations of the certification body that it was with at the moment that is asked about.
    pub accreditations: Vec<Accreditation>,
    /// The audits that serve it, with their findings.
    pub audits: Vec<AuditFact>,
}

/// A decision that begins a cycle.
#[derive(Clone, Copy, Debug)]
pub struct Decision {
    /// Its day.
    pub on: Date,
    /// The first valid day.
    pub valid_from: Date,
    /// The last valid day, where it is printed.
    pub expires_on: Option<Date>,
}

impl Decision {
    fn of(event: &CertificationEvent) -> Self {
        let said = event.says();
        let on = event.effective_on;
        Self { on, valid_from: said.valid_from.unwrap_or(on), expires_on: said.expires_on }
    }
}

/// Why a certificate that was granted cannot be used for a while, or for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// Suspended, whole.
    Suspended,
    /// A part of the scope is suspended.
    SuspendedInPart,
    /// Withdrawn.
    Withdrawn,
    /// Taken over by another body.
    TransferredOut,
}

/// From when to when.
#[derive(Clone, Copy, Debug)]
pub struct Interrupted {
    /// Why.
    pub by: Interruption,
    /// The first day.
    pub from: Date,
    /// The first day on which it was over; none while it lasts.
    pub until: Option<Date>,
}

impl Interrupted {
    fn covers(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// Whether it is a suspension, whole or in part.
    pub fn suspends(&self) -> bool {
        matches!(self.by, Interruption::Suspended | Interruption::SuspendedInPart)
    }

    /// Whether all of the scope is concerned.
    pub fn whole(&self) -> bool {
        self.by != Interruption::SuspendedInPart
    }
}

/// How far an application came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing is known of one.
    #[default]
    Unknown,
    /// It was made.
    Applied,
    /// Stage 1 is done.
    Stage1Done,
    /// Stage 2 is done.
    Stage2Done,
    /// It was refused.
    Refused,
    /// It led to a certificate, or one was entered since.
    Granted,
}

/// A certificate after some of its events.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub phase: Phase,
    /// The day of an application that follows on another, or on a certificate; none of the first.
    pub anew_since: Option<Date>,
    pub cycles: Vec<Validity>,
    pub interruptions: Vec<Interrupted>,
    pub stage_1: Vec<AuditDays>,
    pub stage_2: Vec<AuditDays>,
    pub surveillance: Vec<AuditDays>,
    pub recertification: Vec<AuditDays>,
    pub standard: String,
    pub edition: String,
    /// Counts the issues of the document.
    pub issue: i32,
}

impl State {
    /// Before any event.
    pub fn new(standard: &str, edition: &str) -> Self {
        Self { standard: standard.to_owned(), edition: edition.to_owned(), ..Self::default() }
    }

    /// Whether an application is on its way.
    pub fn applying(&self) -> bool {
        matches!(self.phase, Phase::Applied | Phase::Stage1Done | Phase::Stage2Done)
    }

    /// The cycle that holds on a day; none before the first begins.
    pub fn cycle_on(&self, day: Date) -> Option<&Validity> {
        self.cycles.iter().rev().find(|cycle| cycle.valid_from <= day)
    }

    /// The cycle that an event of a day is about: the one that holds then, or else the last.
    fn standing_on(&mut self, day: Date) -> Option<&mut Validity> {
        let holds = self.cycles.iter().rposition(|cycle| cycle.valid_from <= day);
        let last = self.cycles.len().checked_sub(1);
        self.cycles.get_mut(holds.or(last)?)
    }

    /// The last day of the last stage 2 by a day; none where none was held by then.
    pub fn stage_2_by(&self, day: Date) -> Option<Date> {
        self.stage_2.iter().map(|days| days.ended_on).rfind(|&last| last <= day)
    }

    /// The last recertification audit of the last cycle by a day; none where none was held in it by then.
    pub fn recertification_by(&self, day: Date) -> Option<&AuditDays> {
        let begins = self.cycles.last()?.anchor.begins;
        self.recertification.iter().rfind(|days| begins <= days.ended_on && days.ended_on <= day)
    }

    /// The end of its edition, where that has one.
    pub fn edition_end(&self) -> Option<&'static EditionEnd> {
        RULES.edition_end(&self.standard, &self.edition)
    }

    /// The last day on which a cycle can be restored after its expiry, no later than its edition ends; none where that
    /// is not after its last valid day.
    pub fn restorable_until(&self, cycle: &Validity) -> Option<Date> {
        let ends = self.edition_end().map_or(Date::MAX, EditionEnd::last_day);
        cycle.restorable_until.map(|until| until.min(ends)).filter(|&until| cycle.last_day() < until)
    }

    /// What interrupts it on a day: the gravest.
    pub fn interruption_on(&self, day: Date) -> Option<&Interrupted> {
        let gravity = |by| match by {
            Interruption::Withdrawn => 3,
            Interruption::TransferredOut => 2,
            Interruption::Suspended => 1,
            Interruption::SuspendedInPart => 0,
        };
        self.interruptions.iter().filter(|one| one.covers(day)).max_by_key(|one| gravity(one.by))
    }

    /// How it stands on a day (A.4).
    pub fn status(&self, day: Date) -> CertificationStatus {
        use CertificationStatus as Status;
        let interruption = self.interruption_on(day).map(|one| one.by);
        match interruption {
            Some(Interruption::Withdrawn) => return Status::Withdrawn,
            Some(Interruption::TransferredOut) => return Status::TransferredOut,
            _ => {}
        }
        let Some(cycle) = self.cycle_on(day) else { return self.before() };
        let last = cycle.last_day();
        if self.edition_end().is_some_and(|end| end.last_day() < day) {
            Status::EditionEnded
        } else if last.plus_months(RULES.restoration) < day {
            Status::Closed
        } else if last < day {
            Status::ExpiredRestorable
        } else {
            match interruption {
                Some(Interruption::Suspended) => Status::Suspended,
                Some(Interruption::SuspendedInPart) => Status::SuspendedInPart,
                _ => Status::Active,
            }
        }
    }

    fn before(&self) -> CertificationStatus {
        match self.phase {
            _ if !self.cycles.is_empty() => CertificationStatus::NotYetValid,
            Phase::Unknown | Phase::Granted => CertificationStatus::NotYetValid,
            Phase::Applied => CertificationStatus::Application,
            Phase::Stage1Done => CertificationStatus::Stage1Done,
            Phase::Stage2Done => CertificationStatus::Stage2Done,
            Phase::Refused => CertificationStatus::Refused,
        }
    }

    /// Takes an event in. Total: what contradicts a rule has an effect all the same.
    pub fn apply(&mut self, event: &CertificationEvent, settings: &CycleSettings) {
        use CertificationEventType as Type;
        let (on, said) = (event.effective_on, event.says());
        match event.event {
            Type::RegisteredExisting => self.register(event, settings),
            Type::Applied => self.begin_application(on),
            Type::Refused => self.phase = Phase::Refused,
            Type::Stage1Completed
            | Type::Stage2Completed
            | Type::SurveillanceCompleted
            | Type::RecertificationAuditCompleted => self.hold(event),
            Type::Granted | Type::Recertified | Type::RestoredAfterExpiry | Type::ReinstatedAfterStage2 => {
                self.decide(event.event, &Decision::of(event), settings);
            }
            Type::Suspended if said.part.is_some() => self.interrupt(Interruption::SuspendedInPart, on),
            Type::Suspended => self.interrupt(Interruption::Suspended, on),
            Type::SuspensionLifted => self.resume(on, Interrupted::suspends),
            Type::Withdrawn => self.interrupt(Interruption::Withdrawn, on),
            Type::TransferredOut => self.interrupt(Interruption::TransferredOut, on),
            Type::ScopeChanged | Type::TransferredIn => self.issue += 1,
            Type::Transitioned => {
                self.issue += 1;
                if let Some(edition) = &said.edition {
                    edition.as_str().clone_into(&mut self.edition);
                }
            }
            Type::ExpiryExtended => {
                if let (Some(cycle), Some(until)) = (self.standing_on(on), said.until) {
                    cycle.extend(until);
                }
            }
            Type::SurveillancePostponed => {
                if let Some(cycle) = self.standing_on(on) {
                    cycle.postponed_until = said.until;
                }
            }
        }
    }

    fn begin_application(&mut self, on: Date) {
        if matches!(self.phase, Phase::Refused | Phase::Granted) || !self.cycles.is_empty() {
            self.anew_since = Some(on);
        }
        self.phase = Phase::Applied;
    }

    /// The certificate as it is printed: the first, or a corrected one in place of the last.
    fn register(&mut self, event: &CertificationEvent, settings: &CycleSettings) {
        let printed = event.printed.as_deref();
        let cycle = printed.and_then(|one| Validity::of(one, settings, |begins| self.stage_2_by(begins)));
        let Some(cycle) = cycle else { return };
        self.cycles.pop();
        self.begin(cycle);
        self.issue = self.issue.max(1);
    }

    /// Each cycle has a number of its own, later than those before it. An application, where there was one, has led to it.
    fn begin(&mut self, mut cycle: Validity) {
        if self.phase != Phase::Unknown {
            self.phase = Phase::Granted;
        }
        if let Some(before) = self.cycles.last() {
            cycle.cycle = cycle.cycle.max(before.cycle.saturating_add(1));
        }
        self.cycles.push(cycle);
    }

    fn hold(&mut self, event: &CertificationEvent) {
        use CertificationEventType as Type;
        let Some(&days) = event.audit.as_deref() else { return };
        let (held, phase) = match event.event {
            Type::Stage1Completed => (&mut self.stage_1, Some(Phase::Stage1Done)),
            Type::Stage2Completed => (&mut self.stage_2, Some(Phase::Stage2Done)),
            Type::SurveillanceCompleted => (&mut self.surveillance, None),
            _ => (&mut self.recertification, None),
        };
        held.push(days);
        held.sort_by_key(|days| days.ended_on);
        if let Some(phase) = phase.filter(|_| self.applying()) {
            self.phase = phase;
        }
    }

    fn decide(&mut self, event: CertificationEventType, decision: &Decision, settings: &CycleSettings) {
        use CertificationEventType as Type;
        let cycle = match (event, self.cycles.last()) {
            (Type::ReinstatedAfterStage2, Some(prior)) => prior.reinstated(decision, settings),
            (Type::Recertified | Type::RestoredAfterExpiry, Some(prior)) => prior.renewed(decision, settings),
            _ => Validity::granted(decision, settings, self.stage_2_by(decision.on)),
        };
        self.begin(cycle);
        self.issue += 1;
        // A body that decides so after it withdrew has taken that back; what returns from expiry (A.4) or begins anew is no
        // longer suspended either.
        let anew = matches!(event, Type::Granted | Type::RestoredAfterExpiry | Type::ReinstatedAfterStage2);
        self.resume(decision.valid_from, |one| anew || !one.suspends());
    }

    fn interrupt(&mut self, by: Interruption, from: Date) {
        self.interruptions.push(Interrupted { by, from, until: None });
    }

    fn resume(&mut self, on: Date, which: impl Fn(&Interrupted) -> bool) {
        let open = |one: &&mut Interrupted| one.until.is_none() && which(one);
        self.interruptions.iter_mut().filter(open).for_each(|one| one.until = Some(on));
    }
}
