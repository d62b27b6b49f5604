//! Plans: steps that have not happened yet, each with the days on which the rules let it happen. Nothing of it is stored.

mod simulation;
mod week;

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use simulation::{
    ASSUMED, HORIZON_MONTHS, Placed, Plannable, Simulated, WISHED, Wish, first_permitted, place_in_day,
    simulate,
};
pub use week::Week;

use crate::{
    kernel::{
        error::{Breach, Faults},
        time::Date,
    },
    text_enum,
};

text_enum! {
    /// Why a step stands in a plan.
    PlanOrigin {
        /// It was given with its day.
        Given = "given",
        /// It was wished within some days.
        Wished = "wished",
        /// It has to come, so that the plan is whole, and takes the day by which it is due.
        Assumed = "assumed",
    }
}

/// The days within which something is wished: a week, or the days from one to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "week": "2027-W20", "from": null, "to": null }))]
pub struct PlanDays {
    /// A week by ISO 8601, from Monday to Sunday.
    pub week: Option<Week>,
    /// The first day; where a week is given, null.
    pub from: Option<Date>,
    /// The last day; the first unless said.
    pub to: Option<Date>,
}

impl PlanDays {
    /// The first and the last day; none where it says none.
    pub fn bounds(&self) -> Option<(Date, Date)> {
        let week = self.week.as_ref().and_then(Week::days);
        week.or(self.from.map(|from| (from, self.to.unwrap_or(from))))
    }

    /// Notes what is wrong with it; faults are told below `at`.
    pub fn validate(&self, at: &str, faults: &mut Faults) {
        let both = self.week.is_some() && (self.from.is_some() || self.to.is_some());
        faults.when(both, format!("{at}/week"), "goes without from and to");
        let none = self.week.is_none() && self.from.is_none();
        faults.when(none, format!("{at}/from"), "must be given, or else week");
        let odd = self.week.as_ref().is_some_and(|week| week.days().is_none());
        faults.when(odd, format!("{at}/week"), "must be a week that its year has, such as 2027-W20");
        let backwards = matches!((self.from, self.to), (Some(from), Some(to)) if to < from);
        faults.when(backwards, format!("{at}/to"), "must not be before from");
    }
}

/// The first or the last day on which a step is permitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct PlanBound {
    /// The day.
    pub on: Date,
    /// What speaks against the day beyond it; null where that is only the first day of the plan.
    pub beyond: Option<Breach>,
}

/// Something that is to happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "type": "stage_2_completed", "title": "Stage 2 audit", "origin": "wished", "on": "2027-05-17",
    "wished_from": "2027-05-17", "wished_to": "2027-05-23", "earliest": { "on": "2027-03-01", "beyond": null },
    "latest": null, "milestone": null, "usual_from": null, "usual_by": null, "breaches": [], "unusual": [] }))]
pub struct PlanStep {
    /// The type of the event that it will be.
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    #[schema(max_length = 64)]
    pub event: String,
    /// What it is, for people.
    #[schema(max_length = 200)]
    pub title: String,
    /// Why it stands in the plan.
    pub origin: PlanOrigin,
    /// Its day in this plan: as given; the first permitted of the days wished; or the day by which it is due.
    pub on: Date,
    /// The first day on which it is wished.
    pub wished_from: Option<Date>,
    /// The last day on which it is wished.
    pub wished_to: Option<Date>,
    /// The first day on which the rules permit it and it settles its milestone, from the first day of the plan on, the other
    /// steps as they are and what is assumed moving along; null where they permit it on none.
    pub earliest: Option<PlanBound>,
    /// The last such day; null where nothing ends them within six years, or within a year of its own day where that is later.
    pub latest: Option<PlanBound>,
    /// The code of the milestone that it settles.
    #[schema(max_length = 64)]
    pub milestone: Option<String>,
    /// From which day it is usually done.
    pub usual_from: Option<Date>,
    /// By which day it is usually done, where that is convention alone.
    pub usual_by: Option<Date>,
    /// What the rules have against its day.
    #[schema(max_items = 50)]
    pub breaches: Vec<Breach>,
    /// What convention has against its day.
    #[schema(max_items = 50)]
    pub unusual: Vec<Breach>,
}
