//! The cycle engine: from a certificate's events to its status and dates on a day. Pure, without a clock.

mod deciders;
mod dues;
mod evaluations;
mod flags;
mod guards;
mod majors;
mod periods;
mod state;
mod status;
mod validity;

pub use evaluations::{EvaluationDays, Evaluations};
pub use flags::CertificationFlag;
#[cfg(test)]
pub use flags::CertificationFlagCode;
pub use guards::Objection;
pub use periods::Days;
pub use state::{Decision, Terms};
pub use status::{CertificationStatus, PublicStatus};
pub use validity::{ExpiryConvention, Validity};

use super::{
    log::CertificationEvent,
    rules::{EditionEnd, RULES},
};
use crate::{
    assurance::findings::{FindingFact, FindingGrade},
    kernel::time::Date,
    platform::diary::{AsOf, Due, Moment, Rule},
};
use state::State;

/// A rule that an event contradicts: the event's day, the rule, and in which way.
type Contradiction = (Date, &'static Rule, String);

/// What holds of a certificate on a day.
pub struct Life {
    voided: bool,
    state: State,
    contradictions: Vec<Contradiction>,
}

impl Life {
    /// The life that these events tell, as far as they hold for what is asked.
    pub fn of(log: &[CertificationEvent], terms: &Terms, moment: impl Into<Moment>) -> Self {
        let moment = moment.into();
        let mut life =
            Self { voided: voided(log, moment), state: beginning(terms), contradictions: Vec::new() };
        for event in in_order(log.iter().filter(|event| event.holds(moment))) {
            life.take(event, terms);
        }
        life
    }

    /// What speaks against an event that is to join this log, at its place in it.
    pub fn objections(
        log: &[CertificationEvent],
        terms: &Terms,
        evaluations: &EvaluationDays,
        event: &CertificationEvent,
    ) -> Vec<Objection> {
        let mut state = beginning(terms);
        let earlier = |one: &&CertificationEvent| {
            one.holds(ALL.into()) && (one.effective_on, one.sequence) < (event.effective_on, event.sequence)
        };
        for one in in_order(log.iter().filter(earlier)) {
            state.apply(one, &terms.settings);
        }
        let mut all = judged(&state, terms, event);
        all.extend(evaluations::lacking(terms, evaluations, event));
        all
    }

    /// What speaks against an event on each day from one to another, in its place among the events of that day. The log is
    /// read once.
    pub fn objections_by_day(
        log: &[CertificationEvent],
        terms: &Terms,
        event: &CertificationEvent,
        from: Date,
        to: Date,
    ) -> Vec<Vec<Objection>> {
        let mut state = beginning(terms);
        let mut rest = in_order(log.iter()).into_iter().peekable();
        let mut event = event.clone();
        let days = u64::try_from(to.days_since(from) + 1).unwrap_or(0);
        let mut told = Vec::new();
        for day in (0..days).map(|n| from.plus_days(n)) {
            let place = (day, event.sequence);
            while let Some(one) = rest.next_if(|one| (one.effective_on, one.sequence) < place) {
                state.apply(one, &terms.settings);
            }
            event.move_to(day);
            told.push(judged(&state, terms, &event));
        }
        told
    }

    fn take(&mut self, event: &CertificationEvent, terms: &Terms) {
        let told = by_its_state(&self.state, terms, event);
        self.contradictions.extend(acknowledged(event, &told));
        self.contradictions.extend(told.into_iter().map(|one| {
            let detail = format!("{} on {}: {}", event.event, event.effective_on, one.detail);
            (event.effective_on, one.rule, detail)
        }));
        self.state.apply(event, &terms.settings);
    }

    /// The three years that hold last; none before they begin, and none of a voided certificate.
    pub fn validity(&self) -> Option<Validity> {
        let last = self.state.cycles.last()?;
        Some(Validity { restorable_until: self.restorable_until(last), ..last.clone() })
    }

    /// The last day on which a cycle can be restored after its expiry; none where its edition ends before.
    pub fn restorable_until(&self, cycle: &Validity) -> Option<Date> {
        self.state.restorable_until(cycle)
    }

    /// How it stands on a day.
    pub fn status(&self, day: Date) -> CertificationStatus {
        if self.voided { CertificationStatus::Voided } else { self.state.status(day) }
    }

    /// Everything that is due (domain rules A.5); what hangs on an accreditation, as that stands on this day.
    pub fn dues(&self, terms: &Terms, evaluations: &EvaluationDays, day: Date) -> Vec<Due> {
        dues::all(&self.state, terms, Some(evaluations), day)
    }

    /// The same without what the organisation does itself before each audit, on which no flag hangs.
    fn external_dues(&self, terms: &Terms, day: Date) -> Vec<Due> {
        dues::all(&self.state, terms, None, day)
    }

    /// Everything that was or is due, also what was not done in a cycle that is over.
    pub fn history(&self) -> Vec<Due> {
        dues::of_cycles(&self.state)
    }

    /// What to look at on a day.
    pub fn flags(&self, terms: &Terms, as_of: AsOf) -> Vec<CertificationFlag> {
        flags::all(self, terms, as_of)
    }

    /// The days on which all or a part of it could be used.
    pub fn usable(&self) -> Vec<Days> {
        periods::usable(&self.state)
    }

    /// The days between its cycles.
    pub fn gaps(&self) -> Vec<Days> {
        periods::gaps(&self.state)
    }

    /// Its cycles, in order.
    pub fn cycles(&self) -> &[Validity] {
        &self.state.cycles
    }

    /// Which issue of the document it is, from 1; 0 before the first.
    pub fn issue(&self) -> i32 {
        self.state.issue
    }

    /// The edition that it is audited against.
    pub fn edition(&self) -> &str {
        &self.state.edition
    }

    /// The majors of its audits that are not verified on a day.
    pub fn open_majors<'a>(&self, terms: &'a Terms, day: Date) -> Vec<&'a FindingFact> {
        majors::open(terms, FindingGrade::Major, day).collect()
    }

    /// The rules that its events contradict.
    fn contradictions(&self) -> impl Iterator<Item = Contradiction> {
        self.contradictions.iter().cloned()
    }

    fn cycle_on(&self, day: Date) -> Option<&Validity> {
        self.state.cycle_on(day)
    }

    fn edition_end(&self) -> Option<&'static EditionEnd> {
        self.state.edition_end()
    }

    /// Since when a certificate that was held cannot be used.
    fn lapsed_since(&self, day: Date) -> Option<Date> {
        let last = self.usable().into_iter().filter(|days| days.to < day).map(|days| days.to).max();
        last.map(|last| last.plus_days(1))
    }
}

/// The certificate before any event.
fn beginning(terms: &Terms) -> State {
    State::new(&terms.standard, &terms.edition)
}

/// What speaks against an event, by the state in which it finds the certificate.
fn judged(state: &State, terms: &Terms, event: &CertificationEvent) -> Vec<Objection> {
    let mut all = by_its_state(state, terms, event);
    all.extend(guards::of_body(state, terms, event));
    all
}

/// What holds against it whenever that is asked: a body's accreditations, and what the organisation recorded of itself, are
/// others later.
fn by_its_state(state: &State, terms: &Terms, event: &CertificationEvent) -> Vec<Objection> {
    let mut all = guards::objections(state, event);
    all.extend(majors::objections(state, terms, event));
    all.extend(deciders::objection(state, terms, event));
    all
}

/// The rules that spoke against the event when it was recorded, and are not told of it now. An audit keeps whatever was
/// acknowledged, whether it spoke against it or not.
fn acknowledged(event: &CertificationEvent, told: &[Objection]) -> Vec<Contradiction> {
    let untold = |id: &&str| event.sequence > 0 && !told.iter().any(|one| one.rule.id == *id);
    let known = event.contradicts.iter().map(|rule| rule.as_str()).filter(untold);
    let detail =
        format!("{} on {}: recorded although the rule spoke against it", event.event, event.effective_on);
    known.filter_map(|id| Some((event.effective_on, RULES.by_id(id)?, detail.clone()))).collect()
}

/// Whether all that a certificate began with was voided; not where nothing of it was known yet.
fn voided(log: &[CertificationEvent], moment: Moment) -> bool {
    let known = |one: &&CertificationEvent| moment.known_at.is_none_or(|at| one.recorded_at <= at);
    let mut roots = log.iter().filter(|one| one.event.is_root()).filter(known).peekable();
    roots.peek().is_some() && !roots.any(|one| one.holds(Moment { as_of: ALL, ..moment }))
}

/// Every event that stands, whenever it took effect.
const ALL: AsOf = AsOf { day: Date::MAX, past: false };

fn in_order<'a>(log: impl Iterator<Item = &'a CertificationEvent>) -> Vec<&'a CertificationEvent> {
    let mut all: Vec<_> = log.collect();
    all.sort_by_key(|event| (event.effective_on, event.sequence));
    all
}
