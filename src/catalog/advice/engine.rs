//! Weighing the ways to go. Pure: whole numbers, no clock, the same answer to the same facts.

use std::cmp::Reverse;

use super::{
    facts::{Ask, Facts, Want},
    model::{AdviceFactor, AdviceTiming},
    weights::{LeadTime, Points, Table},
    words::Goal,
};
use crate::kernel::time::Date;

/// A step of a way, with its days from today.
pub(super) struct Step<'a> {
    pub goal: Goal,
    pub row: &'a LeadTime,
    pub fastest_days: u64,
    pub typical_days: u64,
    /// How much it counts, in percent: less where it comes after something else.
    percent: i64,
}

/// What a factor says of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Weighed {
    pub factor: AdviceFactor,
    pub contribution: i64,
}

/// How a way answers an ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub by: Option<Goal>,
    pub timing: AdviceTiming,
    percent: i64,
}

/// A way to go, weighed.
pub(super) struct Way<'a> {
    pub steps: Vec<Step<'a>>,
    pub weighed: Vec<Weighed>,
    pub answers: Vec<Answer>,
    pub score: i64,
}

impl Way<'_> {
    /// The way in words.
    pub fn title(&self) -> String {
        self.steps.iter().map(|step| step.goal.title()).collect::<Vec<_>>().join(", then ")
    }
}

/// Every way that leads to something new, best first: by score, then by fewest steps, then as the table lists them.
pub(super) fn rank<'a>(table: &'a Table, facts: &Facts, today: Date) -> Vec<Way<'a>> {
    let new = |option: &&Vec<Goal>| !option.iter().any(|goal| facts.held.value.contains(goal));
    let mut ways: Vec<_> =
        table.options.iter().filter(new).map(|option| weigh(table, facts, option, today)).collect();
    ways.sort_by_key(|way| (Reverse(way.score), way.steps.len()));
    ways
}

fn weigh<'a>(table: &'a Table, facts: &Facts, option: &[Goal], today: Date) -> Way<'a> {
    let steps = steps(table, option, &facts.held.value);
    let answers: Vec<_> = facts.asks.value.iter().map(|ask| answer(table, &steps, ask, today)).collect();
    let weighed: Vec<_> = AdviceFactor::ALL
        .iter()
        .map(|&factor| Weighed {
            factor,
            contribution: contribution(table, facts, &steps, &answers, factor, today),
        })
        .collect();
    let score = weighed.iter().map(|one| one.contribution).sum();
    Way { steps, weighed, answers, score }
}

/// The steps with their lead times, each counted from where the one before ends. What is there already, or comes
/// earlier, shortens what follows.
fn steps<'a>(table: &'a Table, option: &[Goal], held: &[Goal]) -> Vec<Step<'a>> {
    let (mut fastest_days, mut typical_days, mut percent) = (0, 0, 100);
    let mut done = held.to_vec();
    let mut steps = Vec::new();
    for (n, &goal) in option.iter().enumerate() {
        let fits = |row: &&LeadTime| row.step == goal && row.after.is_none_or(|after| done.contains(&after));
        let Some(row) = table.lead_times.iter().filter(fits).min_by_key(|row| row.typical_days) else {
            break;
        };
        fastest_days += row.fastest_days;
        typical_days += row.typical_days;
        // What comes first counts in full, whatever made it short.
        percent = if n == 0 { percent } else { percent * row.counts_percent / 100 };
        steps.push(Step { goal, row, fastest_days, typical_days, percent });
        done.push(goal);
    }
    steps
}

impl Step<'_> {
    fn timing(&self, due: Option<Date>, today: Date) -> AdviceTiming {
        let Some(days) = due.map(|due| due.days_since(today)) else { return AdviceTiming::Undated };
        match u64::try_from(days) {
            Ok(days) if self.typical_days <= days => AdviceTiming::InTime,
            Ok(days) if self.fastest_days <= days => AdviceTiming::Tight,
            _ => AdviceTiming::Late,
        }
    }
}

/// The best answer among the steps.
fn answer(table: &Table, steps: &[Step<'_>], ask: &Ask, today: Date) -> Answer {
    let worth = &table.answers;
    let candidates = steps.iter().enumerate().filter_map(|(n, step)| {
        let full = full(table, step.goal, &steps[n + 1..], ask.want)?;
        let timing = step.timing(ask.due, today);
        let percent = match timing {
            AdviceTiming::Undated => full * step.percent / 100,
            AdviceTiming::Tight => full * worth.tight_percent / 100,
            AdviceTiming::Late => full.min(worth.late),
            _ => full,
        };
        let followed = full < worth.full && steps[n + 1..].iter().any(|later| answers(later.goal, ask.want));
        let percent = if followed { (percent + worth.followed_up).min(worth.full) } else { percent };
        Some((percent, Reverse(n), Answer { by: Some(step.goal), timing, percent }))
    });
    let none = Answer { by: None, timing: AdviceTiming::Unanswered, percent: worth.unanswered };
    candidates.max_by_key(|(percent, order, _)| (*percent, *order)).map_or(none, |(_, _, answer)| answer)
}

/// Whether a goal is exactly, or more than, what is wanted.
fn answers(goal: Goal, want: Want) -> bool {
    match want {
        Want::Iso27001 => goal == Goal::Iso27001,
        Want::Soc2 | Want::Soc2Type2 => goal == Goal::Soc2Type2,
        Want::Soc2Type1 => goal == Goal::Soc2Type1,
    }
}

/// How far a goal answers what is wanted, in percent; a Type I report holds the place of the Type II that follows.
fn full(table: &Table, goal: Goal, later: &[Step<'_>], want: Want) -> Option<i64> {
    let worth = &table.answers;
    match (want, goal) {
        _ if answers(goal, want) => Some(worth.full),
        (Want::Soc2, Goal::Soc2Type1) => Some(worth.type_1_where_no_type_is_asked),
        (Want::Soc2Type1, Goal::Soc2Type2) => Some(worth.type_2_where_type_1_is_asked),
        (Want::Soc2Type2, Goal::Soc2Type1) => {
            let followed = later.iter().any(|step| step.goal == Goal::Soc2Type2);
            followed.then_some(worth.type_1_until_type_2)
        }
        _ => None,
    }
}

fn contribution(
    table: &Table,
    facts: &Facts,
    steps: &[Step<'_>],
    answers: &[Answer],
    factor: AdviceFactor,
    today: Date,
) -> i64 {
    let weights = &table.weights;
    match factor {
        AdviceFactor::CustomerRequirements => {
            answers.iter().map(|one| weights.customer_requirements * one.percent / 100).sum()
        }
        AdviceFactor::Industry => {
            let rows = table.industry.iter().filter(|row| facts.industry.value == Some(row.value));
            fit(weights.industry, steps, rows.map(|row| row.points))
        }
        AdviceFactor::Geography => {
            let rows = table.geography.iter().filter(|row| facts.regions.value.contains(&row.value));
            fit(weights.geography, steps, rows.map(|row| row.points))
        }
        AdviceFactor::DataHandled => {
            let rows = table.data_handled.iter().filter(|row| facts.data_handled.value.contains(&row.value));
            fit(weights.data_handled, steps, rows.map(|row| row.points))
        }
        AdviceFactor::PublicCertificate => {
            let needed = facts.needs_public_certificate.value == Some(true);
            let certificate = |goal: Goal| if needed && !goal.is_report() { 100 } else { 0 };
            weights.public_certificate * best(steps, certificate) / 100
        }
        AdviceFactor::Deadline => {
            let worth = match first_timing(facts, steps, today) {
                Some(AdviceTiming::InTime) => table.deadline.in_time,
                Some(AdviceTiming::Tight) => table.deadline.tight,
                Some(_) => table.deadline.late,
                None => 0,
            };
            weights.deadline * worth / 100
        }
        AdviceFactor::Size => {
            fit(weights.size, steps, size_row(table, facts).map(|row| row.points).into_iter())
        }
        AdviceFactor::Assurance => {
            let worth =
                |goal| table.assurance.iter().find(|row| row.value == goal).map_or(0, |row| row.points);
            weights.assurance * best(steps, worth) / 100
        }
        AdviceFactor::Effort => -steps.iter().map(|step| step.row.effort).sum::<i64>(),
    }
}

/// Whether the first step is there by the deadline; none where there is no deadline.
pub(super) fn first_timing(facts: &Facts, steps: &[Step<'_>], today: Date) -> Option<AdviceTiming> {
    let deadline = facts.deadline.value?;
    steps.first().map(|first| first.timing(Some(deadline), today))
}

/// The row for the number of persons, where that is known.
pub(super) fn size_row<'a>(table: &'a Table, facts: &Facts) -> Option<&'a super::weights::SizeFit> {
    let size = facts.size.value?;
    table.size.iter().find(|row| row.up_to.is_none_or(|most| size <= most))
}

/// The weight, as far as the best step fits: on average over the values; nothing where there is no value.
fn fit(weight: i64, steps: &[Step<'_>], rows: impl Iterator<Item = Points>) -> i64 {
    let fits: Vec<_> = rows.map(|points| best(steps, |goal| points.of(goal))).collect();
    let sum: i64 = fits.iter().sum();
    if fits.is_empty() { 0 } else { weight * sum / (100 * fits.len() as i64) }
}

/// The points of the step that fits best, for as much as it counts.
fn best(steps: &[Step<'_>], points: impl Fn(Goal) -> i64) -> i64 {
    steps.iter().map(|step| points(step.goal) * step.percent / 100).max().unwrap_or(0)
}
