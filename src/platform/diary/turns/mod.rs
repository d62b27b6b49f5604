//! What time does to what is due: a reminder comes, a window opens, a day is due, a day is over. Each turn of each date is
//! claimed once, by whichever process comes first.

mod store;

pub use store::{claim, untold};

use super::model::Entry;
use crate::{kernel::time::Date, platform::journal::EventType};

/// What became of a milestone because a day came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is due in so many days as it is to be reminded of.
    Approaching,
    /// Its window opened: this is the first day on which it can be done.
    Opened,
    /// This is the last day on which it is in time.
    Due,
    /// The day on which it was due is over.
    Overdue,
}

impl Turn {
    const ALL: [Self; 4] = [Self::Approaching, Self::Opened, Self::Due, Self::Overdue];

    /// What the journal calls it.
    pub fn journalled(self) -> EventType {
        match self {
            Self::Approaching => EventType::MilestoneApproaching,
            Self::Opened => EventType::MilestoneOpened,
            Self::Due => EventType::MilestoneDue,
            Self::Overdue => EventType::MilestoneOverdue,
        }
    }

    /// The date of a milestone that turns on this day: of one that is late, the day before.
    fn date(self, day: Date) -> Date {
        day.minus_days(self.days_after())
    }

    /// The day on which a milestone with this date turns.
    fn day(self, date: Date) -> Date {
        date.plus_days(self.days_after())
    }

    fn days_after(self) -> u64 {
        u64::from(self == Self::Overdue)
    }
}

/// A milestone that turned.
#[derive(Clone, Debug)]
pub struct Turned {
    /// How.
    pub turn: Turn,
    /// The milestone.
    pub entry: Entry,
}
