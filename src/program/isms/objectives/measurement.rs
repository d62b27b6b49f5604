//! A measurement of an objective: recorded once, and voided where it was a mistake.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::MAX_VALUE;
use crate::{
    bounded_text,
    kernel::{
        error::{Faults, Result},
        id::{MemberId, ObjectiveId, ObjectiveMeasurementId},
        text::Prose,
        time::{Date, Instant},
    },
    platform::journal::Recorded,
    program::isms::rules::not_yet,
};

bounded_text! {
    /// Why a measurement is voided.
    MeasurementVoidReason: 1..=2000, like "It counted the contractors twice.";
}

/// What was measured of an objective on a day.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct ObjectiveMeasurement {
    /// Its id.
    pub id: ObjectiveMeasurementId,
    /// The objective.
    pub objective_id: ObjectiveId,
    /// The day.
    pub on: Date,
    /// The value, in the measure's unit.
    #[schema(minimum = -1000000000000.0, maximum = 1000000000000.0, example = 91.5)]
    pub value: f64,
    /// How it was measured, and what there is to say about it.
    pub note: Prose,
    /// The member who measured.
    #[graphql(name = "byId")]
    pub by: MemberId,
    /// When it was voided; null while it stands.
    pub voided_at: Option<Instant>,
    /// Why it was voided.
    pub void_reason: Option<MeasurementVoidReason>,
    /// 1; 2 once it is voided.
    #[schema(minimum = 1, maximum = 2)]
    pub version: i32,
    /// When it was recorded.
    pub created_at: Instant,
}

impl Recorded for ObjectiveMeasurement {
    const RESOURCE: &'static str = "objective_measurement";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl ObjectiveMeasurement {
    /// Where it stands in a list: its day and the id of its row.
    pub fn place(&self) -> (Date, String) {
        (self.on, crate::program::isms::record::row_of(self.id).to_string())
    }
}

/// A measurement to record.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct NewObjectiveMeasurement {
    /// The value, in the measure's unit.
    #[schema(minimum = -1000000000000.0, maximum = 1000000000000.0, example = 91.5)]
    pub value: f64,
    /// The day; today unless said.
    #[serde(default)]
    pub on: Option<Date>,
    /// How it was measured, and what there is to say about it.
    #[serde(default)]
    #[graphql(default)]
    pub note: Prose,
    /// The member who measured; whoever records it unless said.
    #[serde(default)]
    pub by: Option<MemberId>,
}

impl NewObjectiveMeasurement {
    /// Checks the day and the value.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self, today: Date) -> Result<()> {
        let mut faults = Faults::default();
        not_yet("/on", self.on, today, &mut faults);
        let told = format!("must be from -{MAX_VALUE} to {MAX_VALUE}");
        faults.when(self.value.abs() > MAX_VALUE, "/value", told);
        faults.into_result()
    }
}

/// What can change of a measurement: that it does not stand.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct ObjectiveMeasurementPatch {
    /// Why it was a mistake; voids it.
    #[schema(example = "Entered twice")]
    pub void_reason: MeasurementVoidReason,
}
