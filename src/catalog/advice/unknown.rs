//! What is not known, and whether it matters: each missing input is tried with every kind of value.

use super::{
    engine::rank,
    facts::{AdviceInput, AdviceSource, Ask, Facts, Known, Want},
    model::AdviceUnknown,
    weights::Table,
    words::{DataKind, Goal, Industry, Region},
};
use crate::kernel::time::Date;

/// Days from today at which a missing deadline is tried.
const DEADLINES: [u64; 4] = [60, 120, 240, 365];
/// Numbers of persons with which a missing size is tried.
const SIZES: [i32; 4] = [5, 30, 120, 1000];

/// Every input that is not known, with the first value of it that would put another recommendation first.
pub(super) fn unknown(table: &Table, facts: &Facts, today: Date) -> Vec<AdviceUnknown> {
    let missing = |input: &&AdviceInput| facts.source(**input) == AdviceSource::Absent;
    let first = first(table, facts, today);
    AdviceInput::ALL
        .iter()
        .filter(missing)
        .map(|&input| {
            let change = tries(input, facts, today).into_iter().find_map(|(value, tried)| {
                let then = self::first(table, &tried, today);
                (then != first).then_some((value, then))
            });
            let (such_as, then_first) = change.unzip();
            AdviceUnknown {
                input,
                would_change: such_as.is_some(),
                such_as,
                then_first: then_first.flatten(),
            }
        })
        .collect()
}

fn first(table: &Table, facts: &Facts, today: Date) -> Option<String> {
    rank(table, facts, today).first().map(|way| way.title())
}

/// The facts with each value that the input could have.
fn tries(input: AdviceInput, facts: &Facts, today: Date) -> Vec<(String, Facts)> {
    fn said<T>(value: T) -> Known<T> {
        Known::new(value, AdviceSource::Request)
    }
    let with = |change: &dyn Fn(&mut Facts)| {
        let mut tried = facts.clone();
        change(&mut tried);
        tried
    };
    match input {
        AdviceInput::Asks => [Want::Iso27001, Want::Soc2, Want::Soc2Type1, Want::Soc2Type2]
            .into_iter()
            .map(|want| {
                let ask = Ask { customer: None, want, due: None };
                (want.title().to_owned(), with(&|facts| facts.asks = said(vec![ask.clone()])))
            })
            .collect(),
        AdviceInput::Industry => each(Industry::ALL, |one| with(&|facts| facts.industry = said(Some(one)))),
        AdviceInput::Regions => each(Region::ALL, |one| with(&|facts| facts.regions = said(vec![one]))),
        AdviceInput::DataHandled => {
            each(DataKind::ALL, |one| with(&|facts| facts.data_handled = said(vec![one])))
        }
        AdviceInput::NeedsPublicCertificate => {
            each(&[true, false], |one| with(&|facts| facts.needs_public_certificate = said(Some(one))))
        }
        AdviceInput::Deadline => {
            let days = DEADLINES.map(|days| today.plus_days(days));
            each(&days, |one| with(&|facts| facts.deadline = said(Some(one))))
        }
        AdviceInput::Size => each(&SIZES, |one| with(&|facts| facts.size = said(Some(one)))),
        AdviceInput::Held => each(Goal::ALL, |one| with(&|facts| facts.held = said(vec![one]))),
    }
}

fn each<T: Copy + ToString>(values: &[T], with: impl Fn(T) -> Facts) -> Vec<(String, Facts)> {
    values.iter().map(|&one| (one.to_string(), with(one))).collect()
}
