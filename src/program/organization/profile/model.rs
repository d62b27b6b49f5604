//! The profile of an organisation.

use async_graphql::{InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::organizations;
use crate::{
    catalog::advice::{DataKind, Industry, Region},
    kernel::{
        error::{Faults, Result},
        id::TenantId,
        patch,
        text::{Prose, Title, Url},
    },
    platform::{db::Doc, journal::Recorded},
};

/// The most persons that an organisation may count.
pub const MAX_SIZE: i32 = 10_000_000;

/// What an organisation is, where, and with which data.
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
#[diesel(table_name = organizations, primary_key(tenant_id))]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Organization {
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The name under which it is registered; null while that is not known.
    pub legal_name: Option<Title>,
    /// Its line of business; null while that is not known.
    pub industry: Option<Industry>,
    /// Where its customers are; empty while that is not known.
    #[schema(value_type = Vec<Region>, max_items = 7)]
    pub regions: Doc<Vec<Region>>,
    /// Which data it handles; empty while that is not known.
    #[schema(value_type = Vec<DataKind>, max_items = 8)]
    pub data_handled: Doc<Vec<DataKind>>,
    /// How many persons work for it; null while that is not known.
    #[schema(minimum = 1, maximum = 10_000_000, example = 120)]
    pub size: Option<i32>,
    /// Whether it needs a certificate that anybody may see; null while that is not known.
    pub needs_public_certificate: Option<bool>,
    /// What it does.
    pub description: Prose,
    /// Its own site.
    pub website: Option<Url>,
    /// Counts its changes; 1 while nothing was said yet.
    #[schema(minimum = 1)]
    pub version: i32,
}

impl Recorded for Organization {
    const RESOURCE: &'static str = "organization";

    fn resource_id(&self) -> String {
        self.tenant_id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl Organization {
    /// The profile of which nothing is known yet.
    pub(super) fn unknown(tenant_id: TenantId) -> Self {
        Self {
            tenant_id,
            legal_name: None,
            industry: None,
            regions: Doc::default(),
            data_handled: Doc::default(),
            size: None,
            needs_public_certificate: None,
            description: Prose::default(),
            website: None,
            version: 1,
        }
    }

    /// Checks what its fields must be, and be together.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        faults.once_each("/regions", &self.regions, Region::ALL.len());
        DataKind::check("/data_handled", &self.data_handled, &mut faults);
        let fits = self.size.is_none_or(|size| (1..=MAX_SIZE).contains(&size));
        faults.when(!fits, "/size", format!("must be from 1 to {MAX_SIZE} persons"));
        faults.into_result()
    }
}

/// A change of an organisation's profile.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({
    "legal_name": "Example Cloud GmbH", "industry": "saas", "regions": ["europe"], "size": 120,
    "data_handled": ["personal_data", "customer_confidential"], "needs_public_certificate": true,
}))]
pub struct OrganizationPatch {
    /// The name under which it is registered; null where that is not known.
    #[schema(value_type = Option<Title>)]
    pub legal_name: MaybeUndefined<Title>,
    /// Its line of business; null where that is not known.
    #[schema(value_type = Option<Industry>)]
    pub industry: MaybeUndefined<Industry>,
    /// Where its customers are, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 7)]
    pub regions: Option<Vec<Region>>,
    /// Which data it handles, all of it; `none` stands alone.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 8)]
    pub data_handled: Option<Vec<DataKind>>,
    /// How many persons work for it; null where that is not known.
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 10_000_000)]
    pub size: MaybeUndefined<i32>,
    /// Whether it needs a certificate that anybody may see; null where that is not known.
    #[schema(value_type = Option<bool>)]
    pub needs_public_certificate: MaybeUndefined<bool>,
    /// What it does.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub description: Option<Prose>,
    /// Its own site; null for none.
    #[schema(value_type = Option<Url>)]
    pub website: MaybeUndefined<Url>,
}

impl OrganizationPatch {
    /// Applies the patch.
    pub fn apply(self, to: &mut Organization) {
        patch::set_or_clear(&mut to.legal_name, self.legal_name);
        patch::set_or_clear(&mut to.industry, self.industry);
        patch::set(&mut to.regions, self.regions.map(Doc));
        patch::set(&mut to.data_handled, self.data_handled.map(Doc));
        patch::set_or_clear(&mut to.size, self.size);
        patch::set_or_clear(&mut to.needs_public_certificate, self.needs_public_certificate);
        patch::set(&mut to.description, self.description);
        patch::set_or_clear(&mut to.website, self.website);
    }
}
