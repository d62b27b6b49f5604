//! Which audits to list, and in which order.

use async_graphql::{Enum, InputObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{life::AuditStatus, model::AuditKind};
use crate::kernel::{
    id::{AttestationId, AuditProgrammeId, CertificationId, ControlId, MemberId},
    page::SortOrder,
    time::Date,
};

/// Which audits to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    /// Audits of this kind.
    #[param(inline)]
    pub kind: Option<AuditKind>,
    /// Audits that are so far.
    #[param(inline)]
    pub status: Option<AuditStatus>,
    /// Audits that serve this certificate.
    #[param(inline)]
    pub certification: Option<CertificationId>,
    /// Audits that serve this engagement.
    #[param(inline)]
    pub attestation: Option<AttestationId>,
    /// Audits that this programme plans.
    #[param(inline)]
    pub programme: Option<AuditProgrammeId>,
    /// Audits that this member sees to.
    #[param(inline)]
    pub owner: Option<MemberId>,
    /// Audits that this member is on the team of.
    #[param(inline)]
    pub member: Option<MemberId>,
    /// Audits that sample this control.
    #[param(inline)]
    pub control: Option<ControlId>,
    /// Audits planned to begin on this day or before it.
    pub planned_before: Option<Date>,
    /// Audits planned to begin on this day or after it.
    pub planned_after: Option<Date>,
    /// The audit with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// The order of audits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum AuditSort {
    /// By the planned first day, the latest first.
    #[serde(rename = "-planned_start")]
    Latest,
    /// By the planned first day, the earliest first.
    #[serde(rename = "planned_start")]
    Earliest,
}

impl SortOrder for AuditSort {
    const DEFAULT: Self = Self::Latest;
}
