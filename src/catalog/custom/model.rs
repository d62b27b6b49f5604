//! A framework of a tenant's own.

use async_graphql::{InputObject, MaybeUndefined};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{custom_frameworks, custom_requirements, requirement_mappings};
use crate::{
    catalog::{
        Aspect, Topic,
        model::{
            Framework, FrameworkKey, Group, Mapping, Outcome, Relationship, Requirement, RequirementId,
            RequirementKind, RequirementRef,
        },
        validate_tags,
    },
    kernel::{
        error::{Faults, Result},
        id::{CustomFrameworkId, CustomRequirementId, RequirementMappingId, TenantId},
        patch,
        text::{Prose, Title},
        time::Instant,
    },
    platform::{db::Doc, journal::Recorded},
};

/// Frameworks of a tenant's own at the most.
pub const MAX_FRAMEWORKS: i64 = 50;
/// Requirements of one framework at the most.
pub const MAX_REQUIREMENTS: usize = 1_000;
/// Mappings of the tenant's own that one framework takes part in, at the most.
pub const MAX_MAPPINGS: i64 = 5_000;
/// The longest key: with a requirement's id it still fits where the journal names a resource.
const MAX_KEY: usize = 31;
/// The highest position of a requirement.
const MAX_POSITION: i32 = 1_000_000;

/// A framework of the tenant's own, as stored.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = custom_frameworks)]
#[schema(as = FrameworkFacts)]
pub struct OwnFramework {
    #[serde(skip)]
    #[diesel(column_name = id)]
    pub(super) row: CustomFrameworkId,
    #[serde(skip)]
    pub(super) tenant_id: TenantId,
    /// Its key.
    #[schema(example = "x-customer-schedule")]
    pub key: FrameworkKey,
    /// Its name.
    pub name: Title,
    /// What it is for.
    pub description: Prose,
    /// What meeting it leads to.
    pub outcome: Outcome,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: Instant,
}

impl OwnFramework {
    /// Its row.
    pub fn row(&self) -> CustomFrameworkId {
        self.row
    }
}

impl Recorded for OwnFramework {
    const RESOURCE: &'static str = "framework";

    fn resource_id(&self) -> String {
        self.key.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl OwnFramework {
    /// Checks the key.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable).
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        faults.when(
            !is_key(self.key.as_str()),
            "/key",
            format!(
                "must be x- and then lower-case letters, digits, points or hyphens, {MAX_KEY} characters at the most; \
                 other keys are kept for built-in frameworks"
            ),
        );
        faults.into_result()
    }

    /// The framework as everybody reads it.
    pub fn shown(self, groups: Vec<Group>, requirements: Vec<Requirement>) -> Framework {
        Framework {
            key: self.key,
            name: self.name,
            description: self.description,
            outcome: self.outcome,
            custom: true,
            version: self.version,
            groups,
            requirements,
        }
    }
}

fn is_key(key: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    let rest = key.strip_prefix(FrameworkKey::OWN).unwrap_or_default();
    !rest.is_empty() && key.len() <= MAX_KEY && rest.bytes().all(plain)
}

/// A requirement of the tenant's own, as stored.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = custom_requirements, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(as = RequirementFacts)]
pub struct OwnRequirement {
    #[serde(skip)]
    #[diesel(column_name = id)]
    pub(super) row: CustomRequirementId,
    #[serde(skip)]
    pub(super) tenant_id: TenantId,
    #[serde(skip)]
    pub(super) framework_id: CustomFrameworkId,
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
    /// Notes what is wrong with the id and the place.
    pub(super) fn validate(&self, at: &str, faults: &mut Faults) {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'(' | b')');
        let fits = self.id.as_str().bytes().all(plain);
        faults.when(!fits, format!("{at}/id"), "must be letters, digits and . - _ : ( ) alone");
        validate_tags(&self.topics, &self.aspects, at, faults);
        let in_order = (0..=MAX_POSITION).contains(&self.position);
        faults.when(!in_order, format!("{at}/position"), format!("must be from 0 to {MAX_POSITION}"));
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
            version: self.version,
        }
    }
}

/// A framework of the tenant's own to create.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct NewFramework {
    /// Its key, unique in the tenant: `x-` and then lower-case letters, digits, points or hyphens, 31 characters at the
    /// most. It stays as it is.
    #[schema(example = "x-customer-schedule")]
    pub key: FrameworkKey,
    /// Its name.
    #[schema(example = "Security schedule of our largest customer")]
    pub name: Title,
    /// What it is for.
    #[serde(default)]
    #[graphql(default)]
    pub description: Prose,
    /// What meeting it leads to; nothing that others issue, unless said.
    #[serde(default)]
    #[graphql(default)]
    pub outcome: Outcome,
    /// Its requirements, in order; more can be added later.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 1000)]
    pub requirements: Vec<NewRequirement>,
}

/// A change of a framework of the tenant's own.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct FrameworkPatch {
    /// Its name.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub name: Option<Title>,
    /// What it is for.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub description: Option<Prose>,
    /// What meeting it leads to.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub outcome: Option<Outcome>,
}

impl FrameworkPatch {
    /// Applies the patch.
    pub fn apply(self, framework: &mut OwnFramework) {
        patch::set(&mut framework.name, self.name);
        patch::set(&mut framework.description, self.description);
        patch::set(&mut framework.outcome, self.outcome);
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
    }
}

/// A mapping of the tenant's own, as stored: the side that comes first by framework and id is `from`.
#[derive(Clone, Debug, Serialize, ToSchema, Queryable, Selectable, Insertable)]
#[diesel(table_name = requirement_mappings, treat_none_as_default_value = false)]
#[schema(as = RequirementMappingFacts)]
pub struct OwnMapping {
    /// Its id.
    pub id: RequirementMappingId,
    #[serde(skip)]
    pub(super) tenant_id: TenantId,
    /// The framework of the one side.
    pub from_framework: FrameworkKey,
    /// The requirement of the one side.
    pub from_requirement: RequirementId,
    #[serde(skip)]
    pub(super) from_id: Option<CustomRequirementId>,
    /// The framework of the other side.
    pub to_framework: FrameworkKey,
    /// The requirement of the other side.
    pub to_requirement: RequirementId,
    #[serde(skip)]
    pub(super) to_id: Option<CustomRequirementId>,
    /// How the one relates to the other.
    pub relationship: Relationship,
    /// Why.
    pub rationale: Title,
    /// Always 1: a mapping is removed and made anew.
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::catalog;

    #[test]
    fn no_key_of_ours_is_or_becomes_a_built_in_one() {
        for (key, fits) in [
            ("x-pci.4-0", true),
            ("x-", false),
            ("pci", false),
            ("iso27001-2022", false),
            ("X-pci", false),
            ("x-PCI", false),
            ("x-a/b", false),
            (&format!("x-{}", "a".repeat(29)), true),
            (&format!("x-{}", "a".repeat(30)), false),
        ] {
            assert_eq!(is_key(key), fits, "{key}");
        }
        assert!(catalog().frameworks.iter().all(|one| !one.key.is_own() && !one.custom));
    }
}
