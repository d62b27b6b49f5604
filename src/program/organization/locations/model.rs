//! A location.

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::locations;
use crate::{
    batch, bounded_text,
    kernel::{
        error::{Faults, Result},
        id::{LocationId, TenantId},
        page::SortOrder,
        patch,
        text::{Prose, Title},
        time::Instant,
    },
    platform::{
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        identity::tenants::{ZoneName, check_zone},
        journal::Recorded,
    },
    text_enum,
};

text_enum! {
    /// What a location is.
    LocationKind {
        /// Where people come to work.
        Office = "office",
        /// Where machines of the organisation, or rented for it alone, stand.
        DataCenter = "data_center",
        /// A region of a cloud provider.
        CloudRegion = "cloud_region",
        /// Where people work from home.
        Remote = "remote",
        /// Where goods are made or kept.
        Plant = "plant",
        /// Anything else.
        Other = "other",
    }
}

bounded_text! {
    /// The two capital letters of a country in ISO 3166-1.
    CountryCode: 2..=2, like "DE";
}

/// The most persons that a location may count.
pub const MAX_PERSONS: i32 = 10_000_000;

/// A place from which an organisation works, or where its systems stand.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = locations, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Location {
    /// Its id.
    pub id: LocationId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// Its name, unique in the tenant.
    #[schema(example = "Head office")]
    pub name: Title,
    /// What it is.
    pub kind: LocationKind,
    /// Its address, as it would be written on a certificate.
    #[schema(example = "1 Example Street, 10115 Berlin")]
    pub address: Prose,
    /// Its country by ISO 3166-1 alpha-2; null where it has none.
    pub country: Option<CountryCode>,
    /// Its IANA time zone; null where that is not known.
    pub time_zone: Option<ZoneName>,
    /// How many persons work there; null where that is not known.
    #[schema(minimum = 0, maximum = 10_000_000, example = 80)]
    pub persons: Option<i32>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: Instant,
}

impl Recorded for Location {
    const RESOURCE: &'static str = "location";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl Location {
    /// Checks country, time zone and bounds.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let known = |code: &CountryCode| isocountry::CountryCode::for_alpha2(code.as_str()).is_ok();
        let unknown = self.country.as_ref().is_some_and(|code| !known(code));
        faults.when(unknown, "/country", "must be two capital letters of ISO 3166-1, like DE");
        check_zone(self.time_zone.as_ref(), &mut faults);
        let fits = self.persons.is_none_or(|persons| (0..=MAX_PERSONS).contains(&persons));
        faults.when(!fits, "/persons", format!("must be from 0 to {MAX_PERSONS}"));
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }
}

/// A location to create.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct NewLocation {
    /// Its name, unique in the tenant.
    #[schema(example = "Head office")]
    pub name: Title,
    /// What it is.
    pub kind: LocationKind,
    /// Its address, as it would be written on a certificate.
    #[serde(default)]
    #[graphql(default)]
    #[schema(example = "1 Example Street, 10115 Berlin")]
    pub address: Prose,
    /// Its country by ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: Option<CountryCode>,
    /// Its IANA time zone.
    #[serde(default)]
    pub time_zone: Option<ZoneName>,
    /// How many persons work there.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10_000_000, example = 80)]
    pub persons: Option<i32>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewLocation {
    /// The location to store.
    pub fn into_location(self, tenant_id: TenantId, id: LocationId, now: Instant) -> Location {
        Location {
            id,
            tenant_id,
            name: self.name,
            kind: self.kind,
            address: self.address,
            country: self.country,
            time_zone: self.time_zone,
            persons: self.persons,
            external_refs: Doc(self.external_refs),
            version: 1,
            created_at: now,
        }
    }
}

/// A change of a location.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct LocationPatch {
    /// Its name, unique in the tenant.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, example = "Head office")]
    pub name: Option<Title>,
    /// What it is.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub kind: Option<LocationKind>,
    /// Its address.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, example = "1 Example Street, 10115 Berlin")]
    pub address: Option<Prose>,
    /// Its country by ISO 3166-1 alpha-2; null for none.
    #[schema(value_type = Option<CountryCode>)]
    pub country: MaybeUndefined<CountryCode>,
    /// Its IANA time zone; null where that is not known.
    #[schema(value_type = Option<ZoneName>)]
    pub time_zone: MaybeUndefined<ZoneName>,
    /// How many persons work there; null where that is not known.
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 10_000_000)]
    pub persons: MaybeUndefined<i32>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl LocationPatch {
    /// Applies the patch.
    pub fn apply(self, location: &mut Location) {
        patch::set(&mut location.name, self.name);
        patch::set(&mut location.kind, self.kind);
        patch::set(&mut location.address, self.address);
        patch::set_or_clear(&mut location.country, self.country);
        patch::set_or_clear(&mut location.time_zone, self.time_zone);
        patch::set_or_clear(&mut location.persons, self.persons);
        patch::set(&mut location.external_refs, self.external_refs.map(Doc));
    }
}

/// Which locations to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct LocationFilter {
    /// Locations of this kind.
    #[param(inline)]
    pub kind: Option<LocationKind>,
    /// Locations in this country (ISO 3166-1 alpha-2).
    #[param(inline)]
    pub country: Option<CountryCode>,
    /// The location with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// The order of locations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum LocationSort {
    /// By name.
    #[serde(rename = "name")]
    Name,
    /// By name, backwards.
    #[serde(rename = "-name")]
    NameDescending,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for LocationSort {
    const DEFAULT: Self = Self::Name;
}

batch! {
    Location, LocationBatch, LocationOperation { NewLocation, LocationChange(LocationPatch), LocationPut, LocationRemoval(LocationId) }
}
