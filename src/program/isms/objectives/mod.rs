//! Information security objectives (ISO/IEC 27001:2022 6.2): what is wanted, how it is measured, what is done for it and
//! until when; and what was measured (9.1).

mod measurement;
pub mod service;

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use measurement::{NewObjectiveMeasurement, ObjectiveMeasurement, ObjectiveMeasurementPatch};

use super::{
    policies::Policy,
    record::{Named, Record, room},
    rules::{self, not_yet},
    shape::record,
    texts::RecordText,
};
use crate::{
    batch, bounded_text,
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{MemberId, ObjectiveId, PolicyId},
        text::{Prose, Title},
        time::Date,
    },
    platform::{
        db::Doc,
        diary::Due,
        journal::{EventType, Write},
        room::Told,
    },
    text_enum,
};

bounded_text! {
    /// The unit of a measure.
    MeasureUnit: 1..=32, like "%";
    /// Why an objective is not measured.
    NotMeasurable: 1..=2000, like "It is met or not: the team is formed by the end of the year.";
}

text_enum! {
    /// Which side of its target a measure is to be on.
    MeasureDirection {
        /// As much, or more.
        AtLeast = "at_least",
        /// As much, or less.
        AtMost = "at_most",
    }
}

text_enum! {
    /// How far an objective has come.
    ObjectiveStatus default Active {
        /// It is worked for.
        Active = "active",
        /// It was achieved.
        Achieved = "achieved",
        /// It is no longer wanted.
        Dropped = "dropped",
    }
}

text_enum! {
    /// Whether what was measured last meets the target.
    ObjectiveMet {
        /// It does.
        Yes = "yes",
        /// It does not.
        No = "no",
        /// Nothing was measured, or it is not measurable.
        Unknown = "unknown",
    }
}

/// How an objective is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "ObjectiveMeasureInput")]
pub struct ObjectiveMeasure {
    /// What is measured.
    #[schema(example = "Staff who completed the yearly training")]
    pub what: Title,
    /// In which unit.
    pub unit: MeasureUnit,
    /// What is wanted, in that unit.
    #[schema(minimum = -1000000000000.0, maximum = 1000000000000.0, example = 95.0)]
    pub target: f64,
    /// Which side of the target is wanted.
    pub direction: MeasureDirection,
}

/// What was measured last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct LatestMeasurement {
    /// The day.
    pub on: Date,
    /// The value, in the measure's unit.
    #[schema(minimum = -1000000000000.0, maximum = 1000000000000.0, example = 91.5)]
    pub value: f64,
}

/// The largest value, either side of zero.
pub const MAX_VALUE: f64 = 1e12;

record! {
    /// An objective.
    #[schema(as = ObjectiveFacts)]
    #[graphql(name = "ObjectiveFacts")]
    Objective: ObjectiveKind, ObjectiveId,
    #[schema(example = json!({
        "title": "Everybody is trained every year", "analysed_when": "Before each management review", "achieved_on": null
    }))]
    NewObjective,
    #[schema(example = json!({
        "title": "Everybody is trained every year", "analysed_when": "Before each management review", "achieved_on": null
    }))]
    ObjectivePatch,
    ObjectiveFilter(ObjectiveStatus) {
        /// What is wanted.
        #[schema(example = "Everybody is trained every year")]
        title;
        must {}
        may {
            /// How it is measured; null where that is not practicable.
            measure: ObjectiveMeasure,
            /// Why it is not measured; null where it is.
            not_measurable: NotMeasurable,
            /// How many months after one measurement the next one is due; null where none is planned.
            #[schema(minimum = 1, maximum = 60)]
            measure_every_months: i32,
            /// By which method it is monitored or measured, so that results can be compared (9.1).
            method: RecordText,
            /// When its results are analysed and evaluated (9.1).
            analysed_when: Title,
            /// The day by which it is to be achieved.
            complete_by: Date,
            /// The day on which it was achieved.
            achieved_on: Date,
            /// The day on which it was communicated.
            communicated_on: Date,
        }
        refs {
            /// The policy that it follows from.
            policy as "policyId": PolicyId,
            /// The member who monitors and measures it (9.1).
            measured_by as "measuredById": MemberId,
            /// The member who analyses and evaluates its results (9.1).
            analysed_by as "analysedById": MemberId,
        }
        with {
            /// What will be done.
            actions: Prose,
            /// What resources that takes.
            resources: Prose,
            /// How the results will be evaluated.
            evaluation: Prose,
            /// How far it has come; active unless said.
            status: ObjectiveStatus,
        }
        kept {
            /// How many measurements were recorded, voided ones too.
            #[schema(minimum = 0)]
            measurements: i32 = 0,
            /// What was measured last; null while nothing was.
            latest: Option<LatestMeasurement> = None,
        }
    }
}

/// An objective, with what follows from its measurements.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(as = Objective)]
#[graphql(name = "Objective", complex)]
pub struct ObjectiveView {
    /// What is stored.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: Objective,
    /// Whether what was measured last meets the target.
    pub met: ObjectiveMet,
    /// The day by which it is measured next; null where no measurement is planned.
    pub next_measurement_due: Option<Date>,
}

impl Objective {
    /// Whether what was measured last meets the target.
    pub fn met(&self) -> ObjectiveMet {
        let (Some(measure), Some(latest)) = (&self.measure, &self.latest) else {
            return ObjectiveMet::Unknown;
        };
        let meets = match measure.direction {
            MeasureDirection::AtLeast => latest.value >= measure.target,
            MeasureDirection::AtMost => latest.value <= measure.target,
        };
        if meets { ObjectiveMet::Yes } else { ObjectiveMet::No }
    }

    /// The day by which it is measured next, while it is worked for: so many months after the last measurement, or after
    /// it was set.
    pub fn next_measurement(&self) -> Option<Date> {
        let months = u32::try_from(self.measure_every_months?).ok()?;
        (self.status == ObjectiveStatus::Active).then(|| self.measured_until().plus_months(months))
    }

    fn measured_until(&self) -> Date {
        self.latest.as_ref().map_or(self.created_at.date_in(chrono_tz::UTC), |one| one.on)
    }

    fn measurement_due(&self) -> Option<Due> {
        let due = self.next_measurement()?;
        let inputs = vec![
            rules::input("title", &self.title),
            rules::input("measured_on", self.measured_until()),
            rules::input("measure_every_months", self.measure_every_months.unwrap_or_default()),
        ];
        let rule = rules::OBJECTIVE_IS_MONITORED.cite();
        let known = rules::due("objective_measurement", "Measurement of an objective", due, rule);
        // Nobody has measured yet: the day it was set stands for that.
        Some(Due { assumed: self.latest.is_none(), inputs: Doc(inputs), ..known })
    }

    fn target_due(&self) -> Option<Due> {
        let due = self.complete_by.filter(|_| self.status != ObjectiveStatus::Dropped)?;
        let rule = rules::OBJECTIVE_IS_PLANNED.cite();
        let known = rules::due("objective_target", "An objective is achieved", due, rule);
        let inputs = vec![rules::input("title", &self.title)];
        Some(Due { done_on: self.achieved_on, inputs: Doc(inputs), ..known })
    }
}

room!(Objective, ObjectiveKind);

impl Record for Objective {
    const NAME: &'static str = "objective";
    const EVENTS: Told = Told {
        created: EventType::ObjectiveCreated,
        updated: EventType::ObjectiveUpdated,
        deleted: EventType::ObjectiveDeleted,
    };
    type View = ObjectiveView;

    fn view(self) -> ObjectiveView {
        ObjectiveView { met: self.met(), next_measurement_due: self.next_measurement(), facts: self }
    }
    fn of(view: &ObjectiveView) -> &Self {
        &view.facts
    }
    fn status(&self) -> &'static str {
        self.status.as_str()
    }
    fn faults(&self, today: Date, faults: &mut Faults) {
        let told = "must say how it is measured, or not_measurable why it is not: one of the two";
        faults.when(self.measure.is_some() == self.not_measurable.is_some(), "/measure", told);
        let value = self.measure.as_ref().map_or(0.0, |one| one.target);
        faults.when(
            value.abs() > MAX_VALUE,
            "/measure/target",
            format!("must be from -{MAX_VALUE} to {MAX_VALUE}"),
        );
        if let Some(months) = self.measure_every_months {
            let at = "/measure_every_months";
            faults.when(!(1..=60).contains(&months), at, "must be from 1 to 60");
            faults.when(self.measure.is_none(), at, "needs a measure");
        }
        let achieved = self.status == ObjectiveStatus::Achieved;
        let told = "must be given when it is achieved, and not before";
        faults.when(achieved != self.achieved_on.is_some(), "/achieved_on", told);
        not_yet("/achieved_on", self.achieved_on, today, faults);
        not_yet("/communicated_on", self.communicated_on, today, faults);
    }
    fn dates(&self) -> Vec<Due> {
        self.measurement_due().into_iter().chain(self.target_due()).collect()
    }
    /// What was measured was measured by its measure: its target may move, what it measures may not.
    async fn ripple(_: &mut Write, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        let (Some(before), Some(after)) = (before, after) else { return Ok(()) };
        let what =
            |one: &Self| one.measure.as_ref().map(|measure| (measure.what.clone(), measure.unit.clone()));
        if before.measurements > 0 && what(before) != what(after) {
            let detail =
                "what is measured, and its unit, stay once something was measured; enter another objective";
            return Err(Error::at(Code::Conflict, "/measure", detail));
        }
        Ok(())
    }
    fn names(&self) -> Vec<Named> {
        let policy = self.policy.map(|id| Named::record::<Policy>("/policy", id));
        let measures = self.measured_by.map(|id| Named::member("/measured_by", id));
        let analyses = self.analysed_by.map(|id| Named::member("/analysed_by", id));
        policy.into_iter().chain(measures).chain(analyses).collect()
    }
}

batch! {
    Objective, ObjectiveBatch, ObjectiveOperation { NewObjective, ObjectiveChange(ObjectivePatch), ObjectivePut, ObjectiveRemoval(ObjectiveId) }
}
