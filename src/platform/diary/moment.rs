//! The moment that is asked about: a day, and by when its facts had been recorded.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::model::AsOf;
use crate::kernel::time::{Date, Instant};

/// The moment for which something is told.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AtMoment {
    /// The day; today in the tenant's time zone unless given.
    pub as_of: Option<Date>,
    /// Told by what had been recorded by this instant; by all that is recorded unless given.
    pub known_at: Option<Instant>,
}

impl AtMoment {
    /// The moment, where today is this day.
    pub fn moment(self, today: Date) -> Moment {
        Moment { as_of: AsOf::new(self.as_of, today), known_at: self.known_at }
    }
}

/// The day that is asked about, and by when its facts had been recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub as_of: AsOf,
    /// Only what had been recorded by this instant; everything where there is none.
    pub known_at: Option<Instant>,
}

impl Moment {
    /// Everything that is recorded, of whatever day.
    pub const ALL: Self = Self { as_of: AsOf { day: Date::MAX, past: false }, known_at: None };

    /// Today, by all that is recorded.
    pub fn now(today: Date) -> Self {
        AsOf::new(None, today).into()
    }

    /// Whether something recorded then was known.
    pub fn knows(self, recorded_at: Instant) -> bool {
        self.known_at.is_none_or(|at| recorded_at <= at)
    }

    /// Whether something recorded then, and voided then, stood on record.
    pub fn stands(self, recorded_at: Instant, voided_at: Option<Instant>) -> bool {
        self.knows(recorded_at) && voided_at.is_none_or(|voided| !self.knows(voided))
    }

    /// Whether an event of a log holds: it had been recorded and not voided by then, and for a past day it had happened.
    pub fn tells(self, recorded_at: Instant, voided_at: Option<Instant>, effective_on: Date) -> bool {
        self.stands(recorded_at, voided_at) && effective_on <= self.as_of.settled_by()
    }
}

impl From<AsOf> for Moment {
    fn from(as_of: AsOf) -> Self {
        Self { as_of, known_at: None }
    }
}

/// A day on which something was done, and for how long that stood on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    /// The day.
    pub on: Date,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// When it was voided; none while it stands.
    pub voided_at: Option<Instant>,
}
