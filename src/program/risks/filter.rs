//! Which risks to list, and in which order.

use async_graphql::{Enum, InputObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    acceptance::AcceptanceState,
    matrix::LevelKey,
    model::{RiskCategory, RiskStatus, RiskTreatment},
};
use crate::kernel::{
    id::{ControlId, MemberId, SystemId},
    page::SortOrder,
    time::Date,
};

/// Which risks to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct RiskFilter {
    /// Risks that have come this far.
    #[param(inline)]
    pub status: Option<RiskStatus>,
    /// Risks of this owner.
    #[param(inline)]
    pub owner: Option<MemberId>,
    /// Risks of this system.
    #[param(inline)]
    pub system: Option<SystemId>,
    /// Risks of this kind.
    #[param(inline)]
    pub category: Option<RiskCategory>,
    /// Risks treated in this way.
    #[param(inline)]
    pub treatment: Option<RiskTreatment>,
    /// Risks that this control treats.
    #[param(inline)]
    pub control: Option<ControlId>,
    /// Risks at this level of the matrix as it is now.
    #[param(inline)]
    pub level: Option<LevelKey>,
    /// Estimated risks above the appetite, or within it.
    pub above_appetite: Option<bool>,
    /// Risks to be looked at again on this day or before it.
    pub review_before: Option<Date>,
    /// Risks whose acceptance stands like this on the day asked about.
    #[param(inline)]
    pub acceptance_state: Option<AcceptanceState>,
    /// The risk with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
    /// The day for which the acceptance is told; today in the tenant's time zone unless given.
    pub as_of: Option<Date>,
}

/// The order of risks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum RiskSort {
    /// By code.
    #[serde(rename = "code")]
    Code,
    /// By code, backwards.
    #[serde(rename = "-code")]
    CodeDescending,
    /// Highest score first; what is not estimated comes last.
    #[serde(rename = "-score")]
    Highest,
    /// Lowest score first; what is not estimated comes first.
    #[serde(rename = "score")]
    Lowest,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for RiskSort {
    const DEFAULT: Self = Self::Code;
}
