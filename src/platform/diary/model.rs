//! A date that is due, why, and what state it is in on a day.

use async_graphql::{Enum, InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::milestones;
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::{MemberId, MilestoneId, TenantId},
        page::SortOrder,
        text::ShortCode,
        time::{Date, Instant},
    },
    platform::{db::Doc, journal::Recorded},
    text_enum,
};

text_enum! {
    /// What a rule rests on.
    RuleBasis {
        /// The standard demands it.
        Normative = "normative",
        /// Certification bodies commonly do so.
        Convention = "convention",
        /// A document that binds nobody says so: a note, or a guide.
        Informative = "informative",
        /// This product chose so, where the documents are silent.
        Product = "product",
        /// A contract, or the word of a customer, asks for it.
        Contract = "contract",
    }
}

text_enum! {
    /// How a milestone stands on a day. Never stored: a comparison with that day.
    MilestoneState {
        /// Its window has not opened yet.
        Upcoming = "upcoming",
        /// It can be done: its window has opened, or it has none; the day it is due included.
        Open = "open",
        /// The day it was due is over and it is not done.
        Overdue = "overdue",
        /// It is done, late or not.
        Done = "done",
    }
}

/// The rule that set a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct RuleRef {
    /// The rule's id in the rule set.
    #[schema(max_length = 32, example = "A-10")]
    pub id: String,
    /// Where it is written.
    #[schema(max_length = 200, example = "ISO/IEC 17021-1:2015 9.1.3.3")]
    pub clause: String,
    /// What it rests on.
    pub basis: RuleBasis,
    /// Whether the rule was seen in a restatement of its source; false where it rests on general knowledge.
    pub source_checked: bool,
    /// The edition of the rule table.
    #[schema(max_length = 32, example = "2015/2024")]
    pub rule_set: String,
}

/// A fact or a setting that went into a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct RuleInput {
    /// Its name.
    #[schema(max_length = 64, example = "decision_date")]
    pub name: String,
    /// Its value, as text.
    #[schema(max_length = 200, example = "2025-03-10")]
    pub value: String,
}

/// Something that is due, as a room's engine computes it.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    ToSchema,
    SimpleObject,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = milestones, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Due {
    /// What is due, in one word; with the cycle unique to the resource.
    #[schema(max_length = 64, example = "surveillance_1")]
    pub code: String,
    /// Which round of the resource's life it belongs to, as its kind counts them.
    #[schema(minimum = 0)]
    pub cycle: i32,
    /// What is due, for people.
    #[schema(max_length = 200, example = "First surveillance audit")]
    pub title: String,
    /// The first day on which it can be done; null where any day will do.
    pub window_opens: Option<Date>,
    /// The last day on which it is in time.
    pub due: Date,
    /// The day of the fact that settled it; null while it is not done.
    pub done_on: Option<Date>,
    /// Whether the date rests on an assumption, because a fact is not known yet.
    pub assumed: bool,
    /// The rule that set the date.
    #[schema(value_type = RuleRef)]
    pub rule: Doc<RuleRef>,
    /// What went into the date, so that it explains itself.
    #[schema(value_type = Vec<RuleInput>, max_items = 50)]
    pub inputs: Doc<Vec<RuleInput>>,
}

/// What a milestone belongs to.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable,
)]
#[diesel(table_name = milestones)]
pub struct MilestoneResource {
    /// The kind of resource, as in the journal.
    #[diesel(column_name = resource_kind)]
    #[schema(max_length = 64, example = "certification")]
    pub kind: String,
    /// The resource's id.
    #[diesel(column_name = resource_id)]
    #[schema(max_length = 64, example = "crt_0198b2a4c6d87e10a1b2c3d4e5f60718")]
    pub id: String,
}

/// A milestone as stored: nothing in it depends on the day.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable)]
#[diesel(table_name = milestones, treat_none_as_default_value = false)]
#[schema(as = MilestoneEntry)]
pub struct Entry {
    /// Its id: the same for the same resource, code and cycle, however often the date moves.
    pub id: MilestoneId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// What it belongs to.
    #[diesel(embed)]
    pub resource: MilestoneResource,
    /// What is due.
    #[diesel(embed)]
    #[serde(flatten)]
    #[graphql(flatten)]
    pub due: Due,
    /// The member who sees to it.
    #[diesel(column_name = owner_id)]
    #[graphql(name = "ownerId")]
    pub owner: Option<MemberId>,
    /// The day for which it is planned.
    pub planned_on: Option<Date>,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) cancelled_at: Option<Instant>,
    #[serde(skip)]
    #[graphql(skip)]
    #[diesel(embed)]
    pub(super) told: Told,
    #[serde(skip)]
    #[graphql(skip)]
    #[diesel(embed)]
    pub(super) reminders: Reminders,
    /// Counts the changes that people made; a date that moves does not.
    #[schema(minimum = 1)]
    pub version: i32,
}

/// What was told of a milestone, each by the date that it then had: a date that moves is told anew.
#[derive(Clone, Copy, Debug, Default, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = milestones, treat_none_as_default_value = false)]
pub struct Told {
    /// The first day of the window that was told to open.
    pub opened_told: Option<Date>,
    /// The due day that was told to have come.
    pub due_told: Option<Date>,
    /// The due day that was told to be over.
    pub overdue_told: Option<Date>,
}

impl Told {
    /// Of what is written down when it is late already, only that is to be told: not that it opened and was due.
    pub fn when_written(due: &Due, written_on: Date) -> Self {
        let late = due.due < written_on;
        Self {
            opened_told: due.window_opens.filter(|_| late),
            due_told: Some(due.due).filter(|_| late),
            overdue_told: None,
        }
    }
}

/// When a milestone is reminded of before it is due.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = milestones, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Reminders {
    /// How many days before it is due.
    pub remind_days: Doc<Vec<i32>>,
    /// The next such day that was not told; null where none is left.
    pub reminds_on: Option<Date>,
    /// The last such day of the date that it has now that was told.
    pub reminder_told: Option<Date>,
}

impl Reminders {
    /// The reminders of a date: those that are past when it is written down are not told.
    pub fn of(due: &Due, days: &[i32], today: Date) -> Self {
        let mut reminders = Self { remind_days: Doc(days.to_vec()), ..Self::default() };
        reminders.wait_from(due, today);
        reminders
    }

    /// The reminders of a date that is written down again. What was told of the very date is not told anew; what was not,
    /// though it should have been, still is where nothing moved.
    pub fn again(before: &Entry, due: &Due, days: &[i32], today: Date) -> Self {
        let stays = before.due.due == due.due;
        let waits = before.cancelled_at.is_none() && before.due.done_on.is_none() && due.done_on.is_none();
        if stays && waits && before.reminders.remind_days.0 == days {
            return before.reminders.clone();
        }
        let reminder_told = before.reminders.reminder_told.filter(|_| stays);
        let untold = reminder_told.map_or(today, |told| today.max(told.plus_days(1)));
        let mut reminders = Self { remind_days: Doc(days.to_vec()), reminds_on: None, reminder_told };
        reminders.wait_from(due, untold);
        reminders
    }

    /// The days on which a milestone that is due on this day is reminded of, in order.
    pub fn dates(&self, due: Date) -> Vec<Date> {
        let day = |days: &i32| due.minus_days(u64::from(days.unsigned_abs()));
        let mut dates: Vec<_> = self.remind_days.iter().map(day).collect();
        dates.sort_unstable();
        dates.dedup();
        dates
    }

    /// Waits for the first of the days from this one on; for none where it is done.
    fn wait_from(&mut self, due: &Due, first: Date) {
        let next = self.dates(due.due).into_iter().find(|day| first <= *day);
        self.reminds_on = next.filter(|_| due.done_on.is_none());
    }

    /// The day after the one that it waits for.
    pub fn next(&self, due: Date) -> Option<Date> {
        let told = self.reminds_on?;
        self.dates(due).into_iter().find(|day| told < *day)
    }
}

impl Recorded for Entry {
    const RESOURCE: &'static str = "milestone";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

/// Something that is due, and how it stands on a day.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Milestone {
    /// What is stored.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub entry: Entry,
    /// How it stands.
    pub state: MilestoneState,
    /// The first day on which it is late: the day after it is due.
    pub overdue_from: Date,
    /// Days from the due day to the day it was done, or to the day asked about; 0 when not late.
    #[schema(minimum = 0)]
    pub days_late: i64,
    /// The days on which it is reminded of before it is due, in order.
    #[schema(max_items = 10)]
    pub reminders: Vec<Date>,
}

/// The day for which a state is told.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct OnDay {
    /// The day; today in the tenant's time zone unless given.
    pub as_of: Option<Date>,
}

/// The day for which states are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// The day.
    pub day: Date,
    /// Whether it lies in the past, so that what was done since then does not count.
    pub past: bool,
}

impl AsOf {
    /// The day asked for, or else today.
    pub fn new(asked: Option<Date>, today: Date) -> Self {
        let day = asked.unwrap_or(today);
        Self { day, past: day < today }
    }

    /// The last day on which a settling fact counts. Facts lie in the past, so unless an earlier day is asked about
    /// all of them count.
    pub fn settled_by(self) -> Date {
        if self.past { self.day } else { Date::MAX }
    }
}

impl Due {
    /// How it stands.
    pub fn state(&self, as_of: AsOf) -> MilestoneState {
        let AsOf { day, .. } = as_of;
        if self.settled(as_of).is_some() {
            MilestoneState::Done
        } else if self.due < day {
            MilestoneState::Overdue
        } else if self.window_opens.is_some_and(|opens| day < opens) {
            MilestoneState::Upcoming
        } else {
            MilestoneState::Open
        }
    }

    /// Days late: when it was done, or up to the day asked about; 0 when in time.
    pub fn days_late(&self, as_of: AsOf) -> i64 {
        self.settled(as_of).unwrap_or(as_of.day).days_since(self.due).max(0)
    }

    fn settled(&self, as_of: AsOf) -> Option<Date> {
        self.done_on.filter(|&done| done <= as_of.settled_by())
    }
}

impl Entry {
    /// The same, reminded of so many days before it is due.
    pub fn reminding(mut self, days: &[i32]) -> Self {
        self.reminders.remind_days = Doc(days.to_vec());
        self
    }

    /// The milestone on a day.
    pub fn on(self, as_of: AsOf) -> Milestone {
        Milestone {
            state: self.due.state(as_of),
            overdue_from: self.due.due.plus_days(1),
            days_late: self.due.days_late(as_of),
            reminders: self.reminders.dates(self.due.due),
            entry: self,
        }
    }
}

/// Which milestones to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct MilestoneFilter {
    /// Milestones due on this day or before it.
    pub due_before: Option<Date>,
    /// Milestones due on this day or after it.
    pub due_after: Option<Date>,
    /// Milestones in one of these states.
    #[graphql(default)]
    #[param(inline, max_items = 4)]
    pub state: Vec<MilestoneState>,
    /// Milestones that this member sees to.
    pub owner: Option<MemberId>,
    /// Milestones of this kind of resource, as in the journal: `certification`, `risk`, `evidence` and others.
    #[param(inline)]
    pub kind: Option<ShortCode>,
    /// Milestones of one resource, by its id (`crt_…`).
    #[param(inline)]
    pub resource: Option<ShortCode>,
    /// Milestones with this code.
    #[param(inline)]
    pub code: Option<ShortCode>,
    /// The day for which states are told; today in the tenant's time zone unless given.
    pub as_of: Option<Date>,
}

impl MilestoneFilter {
    /// Refuses more states than there are.
    ///
    /// # Errors
    /// [`Code::InvalidParameter`].
    pub fn validate(&self) -> Result<()> {
        let most = MilestoneState::ALL.len();
        if self.state.len() > most {
            return Err(Error::at(
                Code::InvalidParameter,
                "state",
                format!("must have at most {most} items"),
            ));
        }
        Ok(())
    }
}

/// The order of milestones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum MilestoneSort {
    /// Due soonest first.
    #[serde(rename = "due")]
    Soonest,
    /// Due latest first.
    #[serde(rename = "-due")]
    Latest,
}

impl SortOrder for MilestoneSort {
    const DEFAULT: Self = Self::Soonest;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn due(window_opens: Option<&str>, done_on: Option<&str>) -> Due {
        let rule = RuleRef {
            id: "A-10".to_owned(),
            clause: "ISO/IEC 17021-1:2015 9.1.3.3".to_owned(),
            basis: RuleBasis::Normative,
            source_checked: false,
            rule_set: "2015/2024".to_owned(),
        };
        Due {
            code: "surveillance_1".to_owned(),
            cycle: 1,
            title: "First surveillance audit".to_owned(),
            window_opens: window_opens.map(day),
            due: day("2026-03-10"),
            done_on: done_on.map(day),
            assumed: false,
            rule: Doc(rule),
            inputs: Doc(Vec::new()),
        }
    }

    #[test]
    fn a_state_is_a_comparison_with_the_day() {
        use MilestoneState::{Done, Open, Overdue, Upcoming};
        let today = day("2026-06-01");
        let window = Some("2025-12-10");
        for (window, done, on, state, late) in [
            (window, None, "2025-12-09", Upcoming, 0),
            (window, None, "2025-12-10", Open, 0),
            (window, None, "2026-03-10", Open, 0),
            (window, None, "2026-03-11", Overdue, 1),
            (None, None, "2025-01-01", Open, 0),
            (window, Some("2026-04-22"), "2026-04-21", Overdue, 42),
            (window, Some("2026-04-22"), "2026-04-22", Done, 43),
            (window, Some("2026-04-22"), "2027-01-01", Done, 43),
            (window, Some("2026-01-15"), "2027-01-01", Done, 0),
        ] {
            let (due, as_of) = (due(window, done), AsOf::new(Some(day(on)), today));
            assert_eq!(
                (due.state(as_of), due.days_late(as_of)),
                (state, late),
                "{window:?} {done:?} on {on}"
            );
        }
    }
}
