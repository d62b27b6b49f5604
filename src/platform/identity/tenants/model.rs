//! A tenant.

use async_graphql::{InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::tenants;
use crate::{
    bounded_text,
    kernel::{
        error::{Faults, Result},
        id::TenantId,
        page::SortOrder,
        patch,
        text::Title,
        time::Instant,
    },
    platform::{
        identity::keys::IssuedKey,
        journal::{Recorded, ShownOnce},
    },
};

bounded_text! {
    /// The short name of a tenant in addresses: lower-case letters, digits and hyphens.
    Slug: 1..=63, like "acme-cloud";
    /// The name of a time zone in the IANA database.
    ZoneName: 1..=64, like "Europe/Berlin";
}

/// One organisation and everything it owns.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tenants)]
#[schema(example = json!({ "name": "Acme Cloud GmbH" }))]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its short name, unique in the service.
    pub slug: Slug,
    /// Its name.
    pub name: Title,
    /// Where "today" is decided.
    pub time_zone: ZoneName,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: Instant,
}

impl Tenant {
    /// The time zone; UTC where a later release's database no longer knows the stored name.
    pub fn zone(&self) -> chrono_tz::Tz {
        self.time_zone.as_str().parse().unwrap_or(chrono_tz::UTC)
    }
}

impl Recorded for Tenant {
    const RESOURCE: &'static str = "tenant";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

/// A tenant to create.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Acme Cloud GmbH" }))]
pub struct NewTenant {
    /// Lower-case letters, digits and hyphens; unique in the service.
    pub slug: Slug,
    /// Its name.
    pub name: Title,
    /// An IANA time zone; UTC unless said.
    #[serde(default)]
    pub time_zone: Option<ZoneName>,
}

impl NewTenant {
    /// Checks slug and time zone.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let slug = self.slug.as_str();
        let fits = slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !slug.starts_with('-')
            && !slug.ends_with('-');
        faults.when(!fits, "/slug", "must be lower-case letters, digits and inner hyphens");
        check_zone(self.time_zone.as_ref(), &mut faults);
        faults.into_result()
    }
}

/// A change of a tenant's settings.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "name": "Acme Cloud GmbH" }))]
pub struct TenantPatch {
    /// Its name.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub name: Option<Title>,
    /// An IANA time zone.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub time_zone: Option<ZoneName>,
}

impl TenantPatch {
    /// Checks the time zone.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable).
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        check_zone(self.time_zone.as_ref(), &mut faults);
        faults.into_result()
    }
}

/// Notes a time zone that is not known.
pub fn check_zone(zone: Option<&ZoneName>, faults: &mut Faults) {
    let unknown = zone.is_some_and(|zone| zone.as_str().parse::<chrono_tz::Tz>().is_err());
    faults.when(unknown, "/time_zone", "must be a name of the IANA time zone database, like Europe/Berlin");
}

/// A new tenant with its first owner's key, which is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Founded {
    /// The tenant.
    #[serde(flatten)]
    pub tenant: Tenant,
    /// The first owner's API key.
    pub owner_key: IssuedKey,
}

impl ShownOnce for Founded {
    fn redacted(&self) -> Self {
        Self { owner_key: self.owner_key.redacted(), ..self.clone() }
    }
}

/// The order of tenants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum TenantSort {
    /// By short name.
    #[serde(rename = "slug")]
    Slug,
}

impl SortOrder for TenantSort {
    const DEFAULT: Self = Self::Slug;
}
