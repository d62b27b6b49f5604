//! The simulation: what is given stands on its day, a wish finds its day, and what is still to come is assumed on the day by
//! which it is due. Then each step is told with the days on which the rules let it happen. Pure: what is planned for says
//! by [`Plannable`] which rules it has.

use super::{PlanBound, PlanOrigin, PlanStep};
use crate::{
    kernel::{error::Breach, time::Date},
    platform::diary::{AsOf, Due, RuleBasis, TimelineEntry},
};

/// Months from the first day of a plan in which permitted days are looked for.
pub const HORIZON_MONTHS: u32 = 72;
/// Months after a step's own day in which they are looked for, where that lies further ahead.
const AFTER_MONTHS: u32 = 12;
/// Months from the first day of a plan after which nothing is assumed: a certificate may be valid for ten years.
const ASSUMED_MONTHS: u32 = 120;
/// Steps that are assumed, beside those that come before a wish, at the most.
const MAX_ASSUMED: usize = 50;

/// A step in its place.
#[derive(Clone, Debug)]
pub struct Placed<E> {
    /// What is to happen.
    pub event: E,
    /// Its day.
    pub on: Date,
    /// Why it stands in the plan.
    pub origin: PlanOrigin,
    /// The days within which it is wished; none where it is not.
    pub wished: Option<(Date, Date)>,
}

/// Something that is wished on some day from one to another.
#[derive(Clone, Debug)]
pub struct Wish<E> {
    /// What is wished.
    pub event: E,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// What can be planned for: it has steps that rules speak against on some days, and knows what is still to come.
pub trait Plannable {
    /// A step, whenever it is to happen.
    type Event: Clone;

    /// The type of the event that a step will be.
    fn name(&self, event: &Self::Event) -> String;
    /// What a step is, for people.
    fn title(&self, event: &Self::Event) -> String;
    /// A step's place among those of its day.
    fn order(&self, event: &Self::Event) -> i32;
    /// What the rules have against a step on each day from one to another, where these others stand as they are.
    fn against(
        &self,
        others: &[Placed<Self::Event>],
        event: &Self::Event,
        from: Date,
        to: Date,
    ) -> Vec<Vec<Breach>>;
    /// What has to come before a step that is wished by a day and is not there, in order, each with the first day on which
    /// to look for its place; `from` is the first day of the plan.
    fn lacking(
        &self,
        placed: &[Placed<Self::Event>],
        event: &Self::Event,
        from: Date,
        by: Date,
    ) -> Vec<(Self::Event, Date)>;
    /// What comes next that is not there yet, and its day; none where nothing more is assumed.
    fn next(&self, placed: &[Placed<Self::Event>], from: Date) -> Option<(Self::Event, Date)>;
    /// Everything that is due, once all of this has happened.
    fn dues(&self, placed: &[Placed<Self::Event>]) -> Vec<Due>;
    /// How the codes of the milestones begin that a step settles, the foremost first.
    fn settles(&self, event: &Self::Event) -> &'static [&'static str];
    /// Whether the day by which this is due binds, or only tells what is usual.
    fn binds(&self, due: &Due) -> bool {
        due.rule.basis == RuleBasis::Normative
    }
    /// What rules ask for, done or not, also of what is over by then; nothing where all of it is convention.
    fn asked(&self, _placed: &[Placed<Self::Event>]) -> Vec<Due> {
        Vec::new()
    }
    /// What convention has against the step in this place, beside that it is late.
    fn unusual(&self, _placed: &[Placed<Self::Event>], _n: usize) -> Vec<Breach> {
        Vec::new()
    }
}

/// A plan: its steps in order, as they were placed and as they are told.
#[derive(Clone, Debug)]
pub struct Simulated<E> {
    /// Where they were placed.
    pub placed: Vec<Placed<E>>,
    /// What is told of them.
    pub steps: Vec<PlanStep>,
}

impl<E> Simulated<E> {
    /// The day of the last step; the first day of the plan where no step is later.
    pub fn last_day(&self, as_of: Date) -> Date {
        self.placed.iter().map(|one| one.on).fold(as_of, Date::max)
    }

    /// The steps on a timeline, and what is due with them.
    pub fn entries<'a>(&'a self, dues: &'a [Due], as_of: AsOf) -> impl Iterator<Item = TimelineEntry> + 'a {
        let planned =
            |step: &PlanStep| TimelineEntry::planned(step.on, step.event.clone(), step.title.clone());
        self.steps.iter().map(planned).chain(dues.iter().map(move |due| TimelineEntry::due(due, as_of)))
    }
}

/// The place of a step among the events of one day, by its rank among the types and its own among the steps of that type:
/// above any place in a log, since what is planned for a day comes after what was recorded for it.
pub fn place_in_day(rank: i32, nth: i32) -> i32 {
    1000 + 100 * rank + nth
}

/// The own place of the first wish, after what is given.
pub const WISHED: i32 = 40;
/// The own place of what is assumed.
pub const ASSUMED: i32 = 90;

/// The plan that these events and wishes make, from its first day on.
pub fn simulate<P: Plannable>(
    subject: &P,
    given: Vec<(P::Event, Date)>,
    wishes: Vec<Wish<P::Event>>,
    as_of: Date,
) -> Simulated<P::Event> {
    let stands = |(event, on)| Placed { event, on, origin: PlanOrigin::Given, wished: None };
    let mut placed: Vec<_> = given.into_iter().map(stands).collect();
    fulfil(subject, &mut placed, wishes, as_of);
    assume(subject, &mut placed, as_of);
    placed.sort_by_key(|one| (one.on, subject.order(&one.event)));
    let own = (0..placed.len()).map(|n| on_its_day(subject, &others(&placed, n), &placed[n])).collect();
    let (dues, asked) = (subject.dues(&placed), subject.asked(&placed));
    let plan = Plan { subject, placed: &placed, as_of, dues, asked, own };
    let steps = (0..placed.len()).map(|n| plan.step(n)).collect();
    Simulated { placed, steps }
}

/// The first of these days on which nothing speaks against a step.
pub fn first_permitted<P: Plannable>(
    subject: &P,
    placed: &[Placed<P::Event>],
    event: &P::Event,
    from: Date,
    to: Date,
) -> Option<Date> {
    let days = subject.against(placed, event, from, to);
    days.iter().position(Vec::is_empty).map(|n| later(from, n))
}

/// Places wishes by their first day, and before each what it lacks.
fn fulfil<P: Plannable>(
    subject: &P,
    placed: &mut Vec<Placed<P::Event>>,
    mut wishes: Vec<Wish<P::Event>>,
    as_of: Date,
) {
    wishes.sort_by_key(|wish| (wish.from, subject.order(&wish.event)));
    for Wish { event, from, to } in wishes {
        let first = from.max(as_of);
        for (before, looked_from) in subject.lacking(placed, &event, as_of, first) {
            let last = as_of.plus_months(HORIZON_MONTHS).max(looked_from);
            let on = first_permitted(subject, placed, &before, looked_from, last).unwrap_or(looked_from);
            placed.push(Placed { event: before, on, origin: PlanOrigin::Assumed, wished: None });
        }
        // Where every day is against a rule, the first is told with what speaks against it.
        let on = first_permitted(subject, placed, &event, first, to.max(first)).unwrap_or(first);
        placed.push(Placed { event, on, origin: PlanOrigin::Wished, wished: Some((from, to)) });
    }
}

/// Places what is still to come.
fn assume<P: Plannable>(subject: &P, placed: &mut Vec<Placed<P::Event>>, as_of: Date) {
    let last = as_of.plus_months(ASSUMED_MONTHS);
    for _ in 0..MAX_ASSUMED {
        let Some((event, on)) = subject.next(placed, as_of).filter(|(_, on)| *on <= last) else { return };
        placed.push(Placed { event, on, origin: PlanOrigin::Assumed, wished: None });
    }
}

fn others<E: Clone>(placed: &[Placed<E>], n: usize) -> Vec<Placed<E>> {
    let apart = placed.iter().enumerate().filter(|(other, _)| *other != n);
    apart.map(|(_, one)| one.clone()).collect()
}

fn on_its_day<P: Plannable>(subject: &P, others: &[Placed<P::Event>], one: &Placed<P::Event>) -> Vec<Breach> {
    subject.against(others, &one.event, one.on, one.on).pop().unwrap_or_default()
}

fn later(from: Date, days: usize) -> Date {
    from.plus_days(u64::try_from(days).unwrap_or(u64::MAX))
}

/// Whether two are the same date, as it stands with some steps and with others.
fn same(one: &Due, other: &Due) -> bool {
    one.code == other.code && one.cycle == other.cycle
}

/// A step that a rule wanted by a day.
fn missed(due: &Due) -> Breach {
    Breach {
        rule: due.rule.id.clone(),
        clause: due.rule.clause.clone(),
        reason: format!("{} is due by {}", due.title, due.due),
        instead: format!("a day until {}", due.due),
    }
}

/// All steps in their places and in order, to tell each among the others.
struct Plan<'a, P: Plannable> {
    subject: &'a P,
    placed: &'a [Placed<P::Event>],
    as_of: Date,
    dues: Vec<Due>,
    asked: Vec<Due>,
    /// What the rules have against each on its own day.
    own: Vec<Vec<Breach>>,
}

impl<P: Plannable> Plan<'_, P> {
    fn step(&self, n: usize) -> PlanStep {
        let one = &self.placed[n];
        let settled = self.settled(n);
        let binding = settled.iter().copied().filter(|due| self.subject.binds(due));
        let by_rule = binding.min_by_key(|due| due.due);
        let foremost = settled.first().copied();
        let usual = foremost.filter(|due| !self.subject.binds(due));
        let late = |due: &&Due| due.due < one.on;
        let (earliest, run) = self.run(n);
        let earliest = earliest.map(|first| self.bound_by_what_it_settles(n, first));
        let bound = by_rule.map(|due| PlanBound { on: due.due, beyond: Some(missed(due)) });
        let ends = [run, bound, self.until_what_rests_on_it(n)].into_iter().flatten();
        let latest = ends.min_by_key(|bound| bound.on);
        // Where the rule wanted it before it can be done, no day is left.
        let earliest = earliest.filter(|first| latest.as_ref().is_none_or(|last| first.on <= last.on));
        let mut breaches = self.own[n].clone();
        breaches.extend(by_rule.filter(late).map(missed));
        PlanStep {
            event: self.subject.name(&one.event),
            title: self.subject.title(&one.event),
            origin: one.origin,
            on: one.on,
            wished_from: one.wished.map(|(from, _)| from),
            wished_to: one.wished.map(|(_, to)| to),
            earliest,
            latest,
            milestone: foremost.map(|due| due.code.clone()),
            usual_from: foremost.and_then(|due| due.window_opens),
            usual_by: usual.map(|due| due.due),
            breaches,
            unusual: usual
                .filter(late)
                .map(missed)
                .into_iter()
                .chain(self.subject.unusual(self.placed, n))
                .collect(),
        }
    }

    /// The milestones that a step settles, the foremost first.
    fn settled(&self, n: usize) -> Vec<&Due> {
        let one = &self.placed[n];
        let done = |due: &&Due| due.done_on == Some(one.on);
        let begins = self.subject.settles(&one.event).iter();
        let of = |code: &&'static str| {
            let code = *code;
            self.dues.iter().filter(done).filter(move |due| due.code.starts_with(code)).collect::<Vec<_>>()
        };
        begins.flat_map(of).collect()
    }

    /// The first and the last day of the permitted ones around a step's own, or else of the first that are permitted.
    fn run(&self, n: usize) -> (Option<PlanBound>, Option<PlanBound>) {
        let (one, from) = (&self.placed[n], self.as_of);
        let to = from.plus_months(HORIZON_MONTHS).max(one.on.plus_months(AFTER_MONTHS));
        let days = self.subject.against(&others(self.placed, n), &one.event, from, to);
        let permitted = |n: &usize| days.get(*n).is_some_and(Vec::is_empty);
        let own = usize::try_from(one.on.days_since(from)).ok().filter(permitted);
        let Some(inside) = own.or_else(|| days.iter().position(Vec::is_empty)) else { return (None, None) };
        let before = days[..inside].iter().rposition(|day| !day.is_empty());
        let after = days[inside..].iter().position(|day| !day.is_empty()).map(|n| inside + n);
        let told = |n: usize| days[n].first().cloned();
        let earliest = match before {
            Some(n) => PlanBound { on: later(from, n + 1), beyond: told(n) },
            None => PlanBound { on: from, beyond: None },
        };
        let latest = after.map(|n| PlanBound { on: later(from, n - 1), beyond: told(n) });
        (Some(earliest), latest)
    }

    /// The first day from which a step settles its milestone, and makes nothing late that was given or wished: what is
    /// assumed moves along.
    fn bound_by_what_it_settles(&self, n: usize, first: PlanBound) -> PlanBound {
        let (mut too_early, mut on) = (first.on, self.placed[n].on);
        // What was given for a day before the plan, or is against a rule on its own, has no such days before it.
        if on <= too_early || !self.own[n].is_empty() || self.undone_on(n, too_early).is_none() {
            return first;
        }
        while too_early.plus_days(1) < on {
            let half = usize::try_from(on.days_since(too_early) / 2).unwrap_or(1);
            let between = later(too_early, half);
            if self.undone_on(n, between).is_some() { too_early = between } else { on = between }
        }
        PlanBound { on, beyond: self.undone_on(n, too_early) }
    }

    /// What a step would leave undone, or make late, on an earlier day.
    fn undone_on(&self, n: usize, day: Date) -> Option<Breach> {
        let mut moved = self.placed.to_vec();
        moved[n].on = day;
        let then = self.subject.asked(&moved);
        let foremost = self.subject.settles(&self.placed[n].event).first();
        let own = self.asked.iter().find(|due| {
            due.done_on == Some(self.placed[n].on) && foremost.is_some_and(|code| due.code.starts_with(*code))
        });
        let lost = own
            .filter(|due| !then.iter().any(|other| same(due, other) && other.done_on == Some(day)))
            .map(|due| (due, format!("on {day} it does not count for \"{}\"", due.title)));
        let known = |due: &Due| self.asked.iter().any(|other| same(due, other) && self.is_missed(other));
        let late = || {
            let due = then.iter().find(|due| self.is_missed(due) && self.is_fixed(n, due) && !known(due))?;
            Some((due, format!("were it on {day}, \"{}\" would be due by {}", due.title, due.due)))
        };
        let (due, reason) = lost.or_else(late)?;
        let instead = format!("a day from {} on", day.plus_days(1));
        Some(Breach { rule: due.rule.id.clone(), clause: due.rule.clause.clone(), reason, instead })
    }

    /// Whether something is done after the day that binds it.
    fn is_missed(&self, due: &Due) -> bool {
        self.subject.binds(due) && due.done_on.is_some_and(|on| due.due < on)
    }

    /// Whether another step that was given or wished settles it.
    fn is_fixed(&self, n: usize, due: &Due) -> bool {
        let settles =
            |event: &P::Event| self.subject.settles(event).iter().any(|code| due.code.starts_with(*code));
        self.placed.iter().enumerate().any(|(other, one)| {
            other != n
                && one.origin != PlanOrigin::Assumed
                && due.done_on == Some(one.on)
                && settles(&one.event)
        })
    }

    /// The last day to which a step can move before one that comes after it and rests on it is contradicted.
    fn until_what_rests_on_it(&self, n: usize) -> Option<PlanBound> {
        let day = |other: usize| self.placed[other].on;
        let resting = |other: usize| Some((other, self.contradicted(n, other, day(other))?));
        let (first, beyond) = (n + 1..self.placed.len()).find_map(resting)?;
        let mut bound = PlanBound { on: day(first), beyond: Some(beyond) };
        // Something between the two may rest on the order of both.
        for between in (n + 1..first).rev() {
            let Some(beyond) = self.contradicted(n, first, day(between)) else { break };
            bound = PlanBound { on: day(between), beyond: Some(beyond) };
        }
        Some(bound)
    }

    /// What the rules have against a later step that they have not yet, were this one to move beyond a day.
    fn contradicted(&self, n: usize, other: usize, day: Date) -> Option<Breach> {
        let mut rest = others(self.placed, other);
        // What comes before the one left out keeps its index.
        rest[n].on = day.plus_days(1);
        let then = on_its_day(self.subject, &rest, &self.placed[other]);
        then.into_iter().find(|one| !self.own[other].iter().any(|known| known.rule == one.rule))
    }
}

#[cfg(test)]
#[path = "simulation_tests.rs"]
mod tests;
