//! A statement of applicability.

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    store::statements_of_applicability,
    versions::{Digest, VersionLabel},
};
use crate::{
    batch, bounded_text,
    catalog::{Framework, FrameworkKey, RequirementKind, catalog},
    kernel::{
        error::{Faults, Result},
        id::{ApplicabilityVersionId, MemberId, StatementOfApplicabilityId, TenantId},
        page::SortOrder,
        patch,
        text::Title,
        time::{Date, Instant},
    },
    platform::{
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        journal::Recorded,
    },
};

bounded_text! {
    /// What a statement of applicability is about: the scope of the management system (ISO/IEC 27001:2022 4.3).
    StatementScope: 1..=8000, like "Development, operation and support of the platform";
}

/// The framework of a statement where none is said.
pub fn iso() -> FrameworkKey {
    "iso27001-2022".parse().unwrap_or_else(|fault| unreachable!("{fault}"))
}

/// The framework behind a key, where it has controls whose applicability can be stated.
pub fn with_annex(key: &FrameworkKey) -> Option<&'static Framework> {
    let has_some = |one: &&Framework| one.requirements.iter().any(|it| it.kind == RequirementKind::AnnexA);
    catalog().framework(key.as_str()).filter(has_some)
}

/// The version of a statement that holds now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[schema(as = ApplicabilityApproval)]
#[graphql(name = "ApplicabilityApproval")]
pub struct Approval {
    /// The version's id, by which others refer to it.
    pub version_id: ApplicabilityVersionId,
    /// Its number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// What people call it.
    pub label: VersionLabel,
    /// The member who approved it.
    pub approved_by: MemberId,
    /// The day of the approval.
    pub approved_on: Date,
    /// SHA-256 of its content.
    pub digest: Digest,
    /// The number of the version that it supersedes; null for the first one.
    #[schema(minimum = 1)]
    pub supersedes: Option<i32>,
}

/// A statement of applicability: what is said of the necessary controls in one scope.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(
    table_name = statements_of_applicability, treat_none_as_null = true, treat_none_as_default_value = false
)]
#[schema(example = json!({ "name": "Platform" }))]
#[graphql(complex)]
pub struct StatementOfApplicability {
    /// Its id.
    pub id: StatementOfApplicabilityId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// What it is called, unique in the tenant.
    pub name: Title,
    /// Whose Annex A it goes through.
    pub framework: FrameworkKey,
    /// What it is about.
    pub scope: StatementScope,
    /// The member who answers for it.
    #[diesel(column_name = owner_id)]
    #[graphql(name = "ownerId")]
    pub owner: Option<MemberId>,
    /// The number that the draft has, and keeps once it is approved.
    #[schema(minimum = 1)]
    pub draft_number: i32,
    /// The version that holds now; null where none was approved yet.
    #[schema(value_type = Option<Approval>)]
    pub approved: Option<Doc<Approval>>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its changes; its entries have versions of their own.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: Instant,
}

impl Recorded for StatementOfApplicability {
    const RESOURCE: &'static str = "statement_of_applicability";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl StatementOfApplicability {
    /// Checks the framework and the references.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let told = "has no controls whose applicability could be stated; iso27001-2022 has";
        faults.when(with_annex(&self.framework).is_none(), "/framework", told);
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }

    /// The number of the version that holds now.
    pub fn approved_number(&self) -> Option<i32> {
        self.approved.as_ref().map(|one| one.number)
    }
}

/// A statement of applicability to create. Its entries are there at once, and nothing is decided yet.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Platform" }))]
pub struct NewStatementOfApplicability {
    /// What it is called, unique in the tenant.
    pub name: Title,
    /// Whose Annex A it goes through; `iso27001-2022` unless said. It stays as it is.
    #[serde(default = "iso")]
    #[graphql(default_with = "iso()")]
    pub framework: FrameworkKey,
    /// What it is about.
    pub scope: StatementScope,
    /// The member who answers for it.
    #[serde(default)]
    pub owner: Option<MemberId>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewStatementOfApplicability {
    /// The statement to store.
    pub fn into_statement(
        self,
        tenant_id: TenantId,
        id: StatementOfApplicabilityId,
        now: Instant,
    ) -> StatementOfApplicability {
        StatementOfApplicability {
            id,
            tenant_id,
            name: self.name,
            framework: self.framework,
            scope: self.scope,
            owner: self.owner,
            draft_number: 1,
            approved: None,
            external_refs: Doc(self.external_refs),
            version: 1,
            created_at: now,
        }
    }
}

/// A change of a statement of applicability.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "name": "Platform" }))]
pub struct StatementOfApplicabilityPatch {
    /// What it is called.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub name: Option<Title>,
    /// What it is about.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub scope: Option<StatementScope>,
    /// The member who answers for it; null for nobody.
    #[schema(value_type = Option<MemberId>)]
    pub owner: MaybeUndefined<MemberId>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl StatementOfApplicabilityPatch {
    /// Applies the patch.
    pub fn apply(self, statement: &mut StatementOfApplicability) {
        patch::set(&mut statement.name, self.name);
        patch::set(&mut statement.scope, self.scope);
        patch::set_or_clear(&mut statement.owner, self.owner);
        patch::set(&mut statement.external_refs, self.external_refs.map(Doc));
    }
}

/// Which statements of applicability to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct StatementOfApplicabilityFilter {
    /// Statements of this framework's Annex A.
    #[param(inline)]
    pub framework: Option<FrameworkKey>,
    /// Statements of this member.
    #[param(inline)]
    pub owner: Option<MemberId>,
    /// The statement with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// The order of statements of applicability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum StatementOfApplicabilitySort {
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

impl SortOrder for StatementOfApplicabilitySort {
    const DEFAULT: Self = Self::Name;
}

batch! {
    StatementOfApplicability, StatementOfApplicabilityBatch, StatementOfApplicabilityOperation { NewStatementOfApplicability, StatementOfApplicabilityChange(StatementOfApplicabilityPatch), StatementOfApplicabilityPut, StatementOfApplicabilityRemoval(StatementOfApplicabilityId) }
}
