//! A requirement of a tenant's own.

use async_graphql::{InputObject, MaybeUndefined};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    batch,
    catalog::{
        Aspect, Topic,
        custom::{OwnFramework, store::custom_requirements},
        model::{FrameworkKey, Requirement, RequirementId, RequirementKind},
        validate_tags,
    },
    kernel::{
        error::Faults,
        id::{CustomFrameworkId, CustomRequirementId, TenantId},
        patch,
        text::{Prose, Title},
    },
    platform::{
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        journal::Recorded,
    },
};

/// Requirements of one framework at the most.
pub const MAX_REQUIREMENTS: usize = 1_000;
/// The highest position of a requirement.
const MAX_POSITION: i32 = 1_000_000;

/// A requirement of the tenant's own, as stored.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = custom_requirements, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(as = RequirementFacts)]
pub struct OwnRequirement {
    #[serde(skip)]
    #[diesel(column_name = id)]
    pub(in crate::catalog::custom) row: CustomRequirementId,
    #[serde(skip)]
    pub(in crate::catalog::custom) tenant_id: TenantId,
    #[serde(skip)]
    pub(in crate::catalog::custom) framework_id: CustomFrameworkId,
    /// Its framework.
    #[schema(example = "x-customer-schedule")]
    pub framework: FrameworkKey,
    /// Its id there.
    #[diesel(column_name = code)]
    #[schema(example = "3.2")]
    pub id: RequirementId,
    /// What it is called.
    pub title: Title,
    /// What it asks for.
    pub description: Prose,
    /// What it belongs to.
    #[diesel(column_name = category)]
    pub group: Option<Title>,
    /// Its place among the others; those with the same place follow each other by id.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub position: i32,
    /// What it is about.
    #[schema(value_type = Vec<Topic>, max_items = 10)]
    pub topics: Doc<Vec<Topic>>,
    /// Whom or what it rests on.
    #[schema(value_type = Vec<Aspect>, max_items = 3)]
    pub aspects: Doc<Vec<Aspect>>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
}

impl Recorded for OwnRequirement {
    const RESOURCE: &'static str = "requirement";

    fn resource_id(&self) -> String {
        format!("{}/{}", self.framework, self.id)
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl OwnRequirement {
    /// Notes what is wrong with the id, the tags, the place and the references.
    pub(in crate::catalog::custom) fn validate(&self, at: &str, faults: &mut Faults) {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'(' | b')');
        let fits = self.id.as_str().bytes().all(plain);
        faults.when(!fits, format!("{at}/id"), "must be letters, digits and . - _ : ( ) alone");
        validate_tags(&self.topics, &self.aspects, at, faults);
        let in_order = (0..=MAX_POSITION).contains(&self.position);
        faults.when(!in_order, format!("{at}/position"), format!("must be from 0 to {MAX_POSITION}"));
        refs::validate_at(at, &self.external_refs, faults);
    }

    /// The requirement as everybody reads it.
    pub fn shown(self) -> Requirement {
        Requirement {
            framework: self.framework,
            id: self.id,
            kind: RequirementKind::Custom,
            title: self.title,
            description: self.description,
            group: self.group,
            series: None,
            documented_information_required: None,
            new_in_2022: None,
            topics: self.topics.0,
            aspects: self.aspects.0,
            external_refs: self.external_refs.0,
            version: self.version,
        }
    }
}

/// A requirement to add.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct NewRequirement {
    /// Its id, unique in its framework: letters, digits and `. - _ : ( )`. It stays as it is.
    #[schema(example = "3.2")]
    pub id: RequirementId,
    /// What it is called.
    #[schema(example = "Suspicion of a breach is told within two days")]
    pub title: Title,
    /// What it asks for.
    #[serde(default)]
    #[graphql(default)]
    pub description: Prose,
    /// What it belongs to.
    #[serde(default)]
    #[schema(example = "Incidents")]
    pub group: Option<Title>,
    /// Its place among the others; after the last unless said.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub position: Option<i32>,
    /// What it is about.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 10)]
    pub topics: Vec<Topic>,
    /// Whom or what it rests on.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 3)]
    pub aspects: Vec<Aspect>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewRequirement {
    /// The requirement to store; at this place unless it says another.
    pub fn into_requirement(self, of: &OwnFramework, row: CustomRequirementId, next: i32) -> OwnRequirement {
        OwnRequirement {
            row,
            tenant_id: of.tenant_id,
            framework_id: of.row,
            framework: of.key.clone(),
            id: self.id,
            title: self.title,
            description: self.description,
            group: self.group,
            position: self.position.unwrap_or(next),
            topics: Doc(self.topics),
            aspects: Doc(self.aspects),
            external_refs: Doc(self.external_refs),
            version: 1,
        }
    }
}

/// A change of a requirement.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct RequirementPatch {
    /// What it is called.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub title: Option<Title>,
    /// What it asks for.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub description: Option<Prose>,
    /// What it belongs to; null for nothing.
    #[schema(value_type = Option<Title>)]
    pub group: MaybeUndefined<Title>,
    /// Its place among the others.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000)]
    pub position: Option<i32>,
    /// What it is about, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 10)]
    pub topics: Option<Vec<Topic>>,
    /// Whom or what it rests on, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 3)]
    pub aspects: Option<Vec<Aspect>>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl RequirementPatch {
    /// Applies the patch.
    pub fn apply(self, requirement: &mut OwnRequirement) {
        patch::set(&mut requirement.title, self.title);
        patch::set(&mut requirement.description, self.description);
        patch::set_or_clear(&mut requirement.group, self.group);
        patch::set(&mut requirement.position, self.position);
        patch::set(&mut requirement.topics, self.topics.map(Doc));
        patch::set(&mut requirement.aspects, self.aspects.map(Doc));
        patch::set(&mut requirement.external_refs, self.external_refs.map(Doc));
    }
}

batch! {
    RequirementBatch, RequirementOperation {
        NewRequirement, RequirementChange(RequirementId, RequirementPatch),
        put RequirementPut, delete RequirementRemoval
    }
}
