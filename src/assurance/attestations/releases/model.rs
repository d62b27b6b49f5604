//! A line of the release log.

use async_graphql::{Enum, InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::attestation_releases;
use crate::{
    assurance::attestations::Why,
    bounded_text,
    kernel::{
        error::{Faults, Result},
        id::{AttestationId, AttestationReleaseId, MemberId, TenantId},
        page::SortOrder,
        text::Title,
        time::{Date, Instant},
    },
    platform::journal::Recorded,
};

bounded_text! {
    /// What binds a recipient.
    ReleaseAgreement: 1..=500, like "Non-disclosure agreement of 2026-01-12";
}

/// A report that was given to somebody.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable)]
#[diesel(table_name = attestation_releases, treat_none_as_default_value = false)]
pub struct AttestationRelease {
    /// Its id.
    pub id: AttestationReleaseId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The engagement whose report it was.
    pub attestation_id: AttestationId,
    /// Who got it: a customer, a prospect, an auditor of theirs.
    pub recipient: Title,
    /// Under which agreement.
    pub agreement: ReleaseAgreement,
    /// When.
    pub released_on: Date,
    /// The member who wrote it down.
    #[diesel(column_name = released_by)]
    #[graphql(name = "releasedById")]
    pub released_by: MemberId,
    /// When it was recorded.
    pub created_at: Instant,
    /// When the line was voided; null while it stands.
    pub voided_at: Option<Instant>,
    /// Why it was voided.
    pub void_reason: Option<Why>,
    /// 1; 2 once it is voided.
    #[schema(minimum = 1, maximum = 2)]
    pub version: i32,
}

impl Recorded for AttestationRelease {
    const RESOURCE: &'static str = "attestation_release";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl AttestationRelease {
    /// Where a line stands in a list: its day and id.
    pub(super) fn place(&self) -> (Date, String) {
        (self.released_on, self.id.to_string())
    }
}

/// A release to write down.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct NewAttestationRelease {
    /// Who got it.
    #[schema(example = "Example Customer AG")]
    pub recipient: Title,
    /// Under which agreement.
    pub agreement: ReleaseAgreement,
    /// When; today unless said.
    #[serde(default)]
    pub released_on: Option<Date>,
}

impl NewAttestationRelease {
    /// Checks the day.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) for a day to come.
    pub fn validate(&self, today: Date) -> Result<()> {
        let mut faults = Faults::default();
        let future = self.released_on.is_some_and(|day| day > today);
        faults.when(future, "/released_on", "must not lie in the future");
        faults.into_result()
    }
}

/// What can change of a line: that it does not stand.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct AttestationReleasePatch {
    /// Why it never happened so; voids it.
    #[schema(example = "Entered twice")]
    pub void_reason: Why,
}

/// Which lines to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AttestationReleaseFilter {
    /// Lines of this recipient.
    #[param(inline)]
    pub recipient: Option<Title>,
}

/// The order of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum AttestationReleaseSort {
    /// Latest first.
    #[serde(rename = "-released_on")]
    Newest,
    /// Earliest first.
    #[serde(rename = "released_on")]
    Oldest,
}

impl SortOrder for AttestationReleaseSort {
    const DEFAULT: Self = Self::Newest;
}
