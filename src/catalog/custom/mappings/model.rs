//! A mapping of a tenant's own between two requirements.

use async_graphql::InputObject;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    batch,
    catalog::{
        custom::store::requirement_mappings,
        model::{FrameworkKey, Mapping, Relationship, RequirementId, RequirementRef},
    },
    kernel::{
        id::{CustomRequirementId, RequirementMappingId, TenantId},
        patch,
        text::Title,
    },
    platform::{
        db::{
            Doc,
            refs::{ExternalRef, ExternalRefs},
        },
        journal::Recorded,
    },
};

/// Mappings of the tenant's own that one framework takes part in, at the most.
pub const MAX_MAPPINGS: i64 = 5_000;

/// A mapping of the tenant's own, as stored: the side that comes first by framework and id is `from`.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = requirement_mappings, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(as = RequirementMappingFacts)]
pub struct OwnMapping {
    /// Its id.
    pub id: RequirementMappingId,
    #[serde(skip)]
    pub(in crate::catalog::custom) tenant_id: TenantId,
    /// The framework of the one side.
    pub from_framework: FrameworkKey,
    /// The requirement of the one side.
    pub from_requirement: RequirementId,
    #[serde(skip)]
    pub(in crate::catalog::custom) from_id: Option<CustomRequirementId>,
    /// The framework of the other side.
    pub to_framework: FrameworkKey,
    /// The requirement of the other side.
    pub to_requirement: RequirementId,
    #[serde(skip)]
    pub(in crate::catalog::custom) to_id: Option<CustomRequirementId>,
    /// How the one relates to the other.
    pub relationship: Relationship,
    /// Why.
    pub rationale: Title,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
}

impl Recorded for OwnMapping {
    const RESOURCE: &'static str = "requirement_mapping";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl OwnMapping {
    /// The mapping as it reads from this framework; none where it is of others.
    pub(in crate::catalog) fn read_from(self, key: &FrameworkKey) -> Option<Mapping> {
        let from = RequirementRef { framework: self.from_framework, id: self.from_requirement };
        let to = RequirementRef { framework: self.to_framework, id: self.to_requirement };
        let (own, counterpart, relationship) = if from.framework == *key {
            (from, to, self.relationship)
        } else if to.framework == *key {
            (to, from, self.relationship.inverted())
        } else {
            return None;
        };
        Some(Mapping {
            id: Some(self.id),
            requirement: own.id,
            relationship,
            counterpart,
            rationale: self.rationale,
            external_refs: self.external_refs.0,
            version: self.version,
        })
    }
}

/// A mapping to add, read from the framework in the path.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct NewMapping {
    /// The requirement of the framework in the path.
    #[schema(example = "3.2")]
    pub requirement: RequirementId,
    /// Its counterpart in another framework.
    pub counterpart: RequirementRef,
    /// How the requirement relates to the counterpart.
    pub relationship: Relationship,
    /// Why.
    #[schema(example = "Both ask for incidents to be told in time")]
    pub rationale: Title,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

/// A change of a mapping, read from the framework in the path. The two requirements stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct MappingPatch {
    /// How the requirement relates to the counterpart.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub relationship: Option<Relationship>,
    /// Why.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub rationale: Option<Title>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl MappingPatch {
    /// Applies the patch, which reads from this framework.
    pub fn apply(self, mapping: &mut OwnMapping, key: &FrameworkKey) {
        let forwards = mapping.from_framework == *key;
        let kept = |one: Relationship| if forwards { one } else { one.inverted() };
        patch::set(&mut mapping.relationship, self.relationship.map(kept));
        patch::set(&mut mapping.rationale, self.rationale);
        patch::set(&mut mapping.external_refs, self.external_refs.map(Doc));
    }
}

batch! {
    MappingBatch, MappingOperation {
        NewMapping, MappingChange(RequirementMappingId, MappingPatch), put MappingPut, delete MappingRemoval
    }
}
