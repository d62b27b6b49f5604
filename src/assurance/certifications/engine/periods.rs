//! The days on which a certificate could be used, and the gaps between its cycles.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{bodies::Accreditation, rules::names},
    state::{State, Terms},
};
use crate::kernel::time::Date;

/// Days from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(as = Days, example = json!({ "from": "2025-03-10", "to": "2026-05-03", "days": 420 }))]
#[graphql(name = "Days")]
pub struct Days {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// How many they are.
    #[schema(minimum = 1)]
    pub days: i64,
}

impl Days {
    fn new(from: Date, to: Date) -> Option<Self> {
        (from <= to).then(|| Self { from, to, days: to.days_since(from) + 1 })
    }

    /// What is left of them without those from one day until another.
    fn without(self, from: Date, until: Option<Date>) -> impl Iterator<Item = Self> {
        let before = Self::new(self.from, self.to.min(from.minus_days(1)));
        let after = until.and_then(|until| Self::new(self.from.max(until), self.to));
        before.into_iter().chain(after)
    }
}

/// The days on which all or a part of it was valid, in order; periods that touch are one.
pub fn usable(state: &State) -> Vec<Days> {
    let ends = state.edition_end().map_or(Date::MAX, |end| end.last_day());
    let cycles = state.cycles.iter().enumerate().filter_map(|(n, cycle)| {
        let next = state.cycles.get(n + 1).map_or(Date::MAX, |next| next.valid_from.minus_days(1));
        Days::new(cycle.valid_from, cycle.last_day().min(ends).min(next))
    });
    let mut left: Vec<Days> = cycles.collect();
    for one in state.interruptions.iter().filter(|one| one.whole()) {
        left = left.into_iter().flat_map(|days| days.without(one.from, one.until)).collect();
    }
    left.into_iter().fold(Vec::new(), joined)
}

fn joined(mut all: Vec<Days>, next: Days) -> Vec<Days> {
    match all.last_mut().filter(|last| last.to.plus_days(1) >= next.from) {
        Some(last) => {
            let to = last.to.max(next.to);
            *last = Days { from: last.from, to, days: to.days_since(last.from) + 1 };
        }
        None => all.push(next),
    }
    all
}

/// The days between the end of one cycle and the start of the next.
pub fn gaps(state: &State) -> Vec<Days> {
    let pairs = state.cycles.windows(2);
    pairs
        .filter_map(|two| Days::new(two[0].last_day().plus_days(1), two[1].valid_from.minus_days(1)))
        .collect()
}

/// The accreditations of its body that count for it: those whose scope names its standard, or all where none does.
fn accreditations(terms: &Terms) -> impl Iterator<Item = &Accreditation> {
    let standard = terms.standard.as_str();
    let named = move |one: &Accreditation| names(one.scope.as_str(), standard);
    let any = terms.accreditations.iter().any(named);
    terms.accreditations.iter().filter(move |one| !any || named(one))
}

/// Whether its body is accredited for it on a day.
pub fn accredited(terms: &Terms, day: Date) -> bool {
    accreditations(terms).any(|one| one.holds_on(day))
}

/// The first day without accreditation, where its body has none for it on this day and had one before.
pub fn accreditation_lost(terms: &Terms, day: Date) -> Option<Date> {
    if accredited(terms, day) {
        return None;
    }
    let ended = accreditations(terms).filter_map(|one| {
        let ran_out = one.valid_until.map(|last| last.plus_days(1));
        one.lost_on.into_iter().chain(ran_out).min()
    });
    ended.filter(|&lost| lost <= day).max()
}
