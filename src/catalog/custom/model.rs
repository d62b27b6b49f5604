//! A framework of a tenant's own.

use async_graphql::InputObject;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{requirements::NewRequirement, store::custom_frameworks};
use crate::{
    batch,
    catalog::model::{Framework, FrameworkKey, Group, Outcome, Requirement},
    kernel::{
        error::{Faults, Result},
        id::{CustomFrameworkId, TenantId},
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
};

/// Frameworks of a tenant's own at the most.
pub const MAX_FRAMEWORKS: i64 = 50;
/// The longest key: with a requirement's id it still fits where the journal names a resource.
const MAX_KEY: usize = 31;

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
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
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
    /// Checks the key and the references.
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
        refs::validate(&self.external_refs, &mut faults);
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
            external_refs: self.external_refs.0,
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
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
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
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl FrameworkPatch {
    /// Applies the patch.
    pub fn apply(self, framework: &mut OwnFramework) {
        patch::set(&mut framework.name, self.name);
        patch::set(&mut framework.description, self.description);
        patch::set(&mut framework.outcome, self.outcome);
        patch::set(&mut framework.external_refs, self.external_refs.map(Doc));
    }
}

batch! {
    FrameworkBatch, FrameworkOperation {
        NewFramework, FrameworkChange(FrameworkKey, FrameworkPatch), put FrameworkPut, delete FrameworkRemoval
    }
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
