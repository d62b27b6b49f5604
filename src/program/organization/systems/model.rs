//! A system or service.

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    components::{Components, ComponentsPatch},
    store::systems,
};
use crate::{
    batch,
    catalog::{FrameworkKey, advice::DataKind, catalog},
    kernel::{
        error::{Faults, Result},
        id::{LocationId, MemberId, SystemId, TenantId},
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
        journal::Recorded,
    },
    text_enum,
};

text_enum! {
    /// What a system is.
    SystemKind {
        /// What customers are offered.
        Service = "service",
        /// Software that people use.
        Application = "application",
        /// Machines, networks, platforms.
        Infrastructure = "infrastructure",
        /// Where data lies.
        DataStore = "data_store",
        /// What people do by a procedure.
        Process = "process",
        /// A vendor's system; in SOC 2 a subservice organisation where its controls are needed.
        Vendor = "vendor",
    }
}

text_enum! {
    /// How far a system has come.
    SystemStatus default Live {
        /// It is being built or bought.
        Planned = "planned",
        /// It is in use.
        Live = "live",
        /// It is no longer in use.
        Retired = "retired",
    }
}

text_enum! {
    /// How much harm it does when a system fails.
    SystemCriticality {
        /// Nobody notices for long.
        Low = "low",
        /// Work is slower.
        Medium = "medium",
        /// Customers notice.
        High = "high",
        /// The organisation cannot go on.
        Critical = "critical",
    }
}

/// Frameworks in whose scope a system may lie at the most.
pub const MAX_FRAMEWORKS: usize = 20;

/// A system or service: what customers are offered, or what it rests on.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = systems, treat_none_as_null = true, treat_none_as_default_value = false)]
#[graphql(complex)]
pub struct System {
    /// Its id.
    pub id: SystemId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// Its name, unique in the tenant.
    #[schema(example = "Cloud platform")]
    pub name: Title,
    /// What it is.
    pub kind: SystemKind,
    /// How far it has come.
    pub status: SystemStatus,
    /// What it does, for whom.
    #[schema(example = "What customers sign in to and keep their records in")]
    pub description: Prose,
    /// The member who answers for it.
    #[diesel(column_name = owner_id)]
    #[graphql(name = "ownerId")]
    pub owner: Option<MemberId>,
    /// Where it stands.
    #[diesel(column_name = location_id)]
    #[graphql(name = "locationId")]
    pub location: Option<LocationId>,
    /// How much harm it does when it fails; null while nobody has judged that.
    pub criticality: Option<SystemCriticality>,
    /// What it is made of.
    #[schema(value_type = Components)]
    pub components: Doc<Components>,
    /// Which data it handles.
    #[schema(value_type = Vec<DataKind>, max_items = 8)]
    pub data_handled: Doc<Vec<DataKind>>,
    /// The frameworks in whose scope it lies.
    #[schema(value_type = Vec<FrameworkKey>, max_items = 20)]
    pub in_scope_of: Doc<Vec<FrameworkKey>>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: Instant,
}

impl Recorded for System {
    const RESOURCE: &'static str = "system";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl System {
    /// Checks bounds and what it refers to in the catalog.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        DataKind::check("/data_handled", &self.data_handled, &mut faults);
        faults.once_each("/in_scope_of", &self.in_scope_of, MAX_FRAMEWORKS);
        for (n, key) in self.in_scope_of.iter().take(MAX_FRAMEWORKS).enumerate() {
            let unknown = catalog().framework(key.as_str()).is_none();
            let detail = "is not a framework; GET /v1/frameworks lists them";
            faults.when(unknown, format!("/in_scope_of/{n}"), detail);
        }
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }
}

/// A system or service to create.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct NewSystem {
    /// Its name, unique in the tenant.
    #[schema(example = "Cloud platform")]
    pub name: Title,
    /// What it is.
    pub kind: SystemKind,
    /// How far it has come; live unless said.
    #[serde(default)]
    #[graphql(default)]
    pub status: SystemStatus,
    /// What it does, for whom.
    #[serde(default)]
    #[graphql(default)]
    #[schema(example = "What customers sign in to and keep their records in")]
    pub description: Prose,
    /// The member who answers for it.
    #[serde(default)]
    pub owner: Option<MemberId>,
    /// Where it stands.
    #[serde(default)]
    pub location: Option<LocationId>,
    /// How much harm it does when it fails.
    #[serde(default)]
    pub criticality: Option<SystemCriticality>,
    /// What it is made of.
    #[serde(default)]
    #[graphql(default)]
    pub components: Components,
    /// Which data it handles; `none` stands alone.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 8)]
    pub data_handled: Vec<DataKind>,
    /// The frameworks in whose scope it lies.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub in_scope_of: Vec<FrameworkKey>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewSystem {
    /// The system to store.
    pub fn into_system(self, tenant_id: TenantId, id: SystemId, now: Instant) -> System {
        System {
            id,
            tenant_id,
            name: self.name,
            kind: self.kind,
            status: self.status,
            description: self.description,
            owner: self.owner,
            location: self.location,
            criticality: self.criticality,
            components: Doc(self.components),
            data_handled: Doc(self.data_handled),
            in_scope_of: Doc(self.in_scope_of),
            external_refs: Doc(self.external_refs),
            version: 1,
            created_at: now,
        }
    }
}

/// A change of a system or service.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct SystemPatch {
    /// Its name, unique in the tenant.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, example = "Cloud platform")]
    pub name: Option<Title>,
    /// What it is.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub kind: Option<SystemKind>,
    /// How far it has come.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub status: Option<SystemStatus>,
    /// What it does, for whom.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub description: Option<Prose>,
    /// The member who answers for it; null for nobody.
    #[schema(value_type = Option<MemberId>)]
    pub owner: MaybeUndefined<MemberId>,
    /// Where it stands; null for nowhere in particular.
    #[schema(value_type = Option<LocationId>)]
    pub location: MaybeUndefined<LocationId>,
    /// How much harm it does when it fails; null where nobody has judged that.
    #[schema(value_type = Option<SystemCriticality>)]
    pub criticality: MaybeUndefined<SystemCriticality>,
    /// What it is made of, as far as that changes.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub components: Option<ComponentsPatch>,
    /// Which data it handles, all of it; `none` stands alone.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 8)]
    pub data_handled: Option<Vec<DataKind>>,
    /// The frameworks in whose scope it lies, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub in_scope_of: Option<Vec<FrameworkKey>>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl SystemPatch {
    /// Applies the patch.
    pub fn apply(self, system: &mut System) {
        patch::set(&mut system.name, self.name);
        patch::set(&mut system.kind, self.kind);
        patch::set(&mut system.status, self.status);
        patch::set(&mut system.description, self.description);
        patch::set_or_clear(&mut system.owner, self.owner);
        patch::set_or_clear(&mut system.location, self.location);
        patch::set_or_clear(&mut system.criticality, self.criticality);
        if let Some(components) = self.components {
            components.apply(&mut system.components.0);
        }
        patch::set(&mut system.data_handled, self.data_handled.map(Doc));
        patch::set(&mut system.in_scope_of, self.in_scope_of.map(Doc));
        patch::set(&mut system.external_refs, self.external_refs.map(Doc));
    }
}

/// Which systems to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SystemFilter {
    /// Systems of this kind.
    #[param(inline)]
    pub kind: Option<SystemKind>,
    /// Systems that have come this far.
    #[param(inline)]
    pub status: Option<SystemStatus>,
    /// Systems of this criticality.
    #[param(inline)]
    pub criticality: Option<SystemCriticality>,
    /// Systems of this member.
    #[param(inline)]
    pub owner: Option<MemberId>,
    /// Systems at this location.
    #[param(inline)]
    pub location: Option<LocationId>,
    /// Systems in the scope of this framework.
    #[param(inline)]
    pub framework: Option<FrameworkKey>,
    /// The system with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// The order of systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum SystemSort {
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

impl SortOrder for SystemSort {
    const DEFAULT: Self = Self::Name;
}

batch! {
    System, SystemBatch, SystemOperation { NewSystem, SystemChange(SystemPatch), SystemPut, SystemRemoval(SystemId) }
}
