//! A risk in a line, for what names risks.

use async_graphql::SimpleObject;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    model::{RiskStatus, RiskTreatment},
    store::risks,
};
use crate::{
    kernel::{
        id::{ControlId, RiskId},
        text::{ShortCode, Title},
        time::Date,
    },
    program::controls::ControlStatus,
};

/// A risk that something names.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, Queryable, Selectable,
)]
#[diesel(table_name = risks)]
#[schema(as = LinkedRisk)]
#[graphql(name = "LinkedRisk")]
pub struct RiskLine {
    /// Its id.
    pub id: RiskId,
    /// Its code.
    #[schema(example = "R-07")]
    pub code: ShortCode,
    /// What may happen, in a sentence.
    #[schema(example = "A supplier of hosting fails for days")]
    pub title: Title,
    /// What is done about it; null while that is not decided.
    pub treatment: Option<RiskTreatment>,
    /// How far it has come.
    pub status: RiskStatus,
}

/// A control that treats an open risk.
#[derive(Clone, Debug, Queryable)]
pub struct Treated {
    /// The code of the risk.
    pub risk_code: ShortCode,
    /// The control.
    pub control: ControlId,
    /// Its code.
    pub control_code: ShortCode,
    /// How far it has come.
    pub control_status: ControlStatus,
}

/// An open risk of which something is left, as its treatment is to modify, retain or share it.
#[derive(Clone, Debug, Queryable)]
pub struct ResidualRisk {
    /// The risk.
    pub id: RiskId,
    /// Its code.
    pub code: ShortCode,
    /// The day of its acceptance; none where nobody has accepted it.
    pub accepted_on: Option<Date>,
    /// The last day of its acceptance.
    pub accepted_until: Option<Date>,
}

impl ResidualRisk {
    /// Whether an acceptance of the risk holds on a day.
    pub fn accepted(&self, day: Date) -> bool {
        self.accepted_on.is_some_and(|on| on <= day) && self.accepted_until.is_some_and(|until| day <= until)
    }
}
