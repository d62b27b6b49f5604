//! A version of a statement: the draft, or one that was approved and is frozen.

use async_graphql::{Enum, InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    content::{Content, Digest},
    store::applicability_versions,
};
use crate::{
    bounded_text,
    kernel::{
        error::{Faults, Result},
        id::{ApplicabilityVersionId, MemberId, StatementOfApplicabilityId, TenantId},
        page::SortOrder,
        text::Prose,
        time::{Date, Instant},
    },
    program::applicability::StatementOfApplicability,
    text_enum,
};

bounded_text! {
    /// What people call a version, as a certificate cites it.
    VersionLabel: 1..=32, like "3.1";
}

text_enum! {
    /// How a version stands.
    VersionState {
        /// It is being worked on.
        Draft = "draft",
        /// It was approved and holds now.
        Approved = "approved",
        /// It was approved, and a later one holds.
        Superseded = "superseded",
    }
}

/// An approved version as stored, without its content.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = applicability_versions)]
pub struct VersionHead {
    /// Its id.
    pub id: ApplicabilityVersionId,
    /// The statement.
    pub statement_id: StatementOfApplicabilityId,
    /// Its number, counted from 1 without gaps.
    pub number: i32,
    /// What people call it.
    pub label: VersionLabel,
    /// The member who approved it.
    pub approved_by: MemberId,
    /// The day of the approval.
    pub approved_on: Date,
    /// SHA-256 of its content.
    pub digest: Digest,
    /// When it was frozen.
    pub created_at: Instant,
}

/// A version to store.
#[derive(Insertable)]
#[diesel(table_name = applicability_versions)]
pub(super) struct VersionRow {
    pub tenant_id: TenantId,
    pub id: ApplicabilityVersionId,
    pub statement_id: StatementOfApplicabilityId,
    pub number: i32,
    pub label: VersionLabel,
    pub approved_by: MemberId,
    pub approved_on: Date,
    pub digest: Digest,
    pub content: String,
    pub created_at: Instant,
}

impl VersionRow {
    /// Without its content.
    pub fn head(&self) -> VersionHead {
        VersionHead {
            id: self.id,
            statement_id: self.statement_id,
            number: self.number,
            label: self.label.clone(),
            approved_by: self.approved_by,
            approved_on: self.approved_on,
            digest: self.digest.clone(),
            created_at: self.created_at,
        }
    }
}

/// A version of a statement, without its content.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(as = ApplicabilityVersion)]
#[graphql(name = "ApplicabilityVersion")]
pub struct VersionView {
    /// Its id; null for the draft.
    pub id: Option<ApplicabilityVersionId>,
    /// The statement.
    pub statement_id: StatementOfApplicabilityId,
    /// Its number, counted from 1 without gaps.
    #[schema(minimum = 1)]
    pub number: i32,
    /// How it stands.
    pub state: VersionState,
    /// What people call it; null for the draft.
    pub label: Option<VersionLabel>,
    /// The member who approved it; null for the draft.
    #[graphql(name = "approvedById")]
    pub approved_by: Option<MemberId>,
    /// The day of the approval; null for the draft.
    pub approved_on: Option<Date>,
    /// The number of the version that superseded it; null for the others.
    #[schema(minimum = 2)]
    pub superseded_by: Option<i32>,
    /// SHA-256 of its content.
    pub digest: Digest,
    /// When it was frozen; null for the draft.
    pub created_at: Option<Instant>,
}

impl VersionHead {
    /// The version, where this is the statement's latest approved one.
    pub fn among(self, latest: Option<i32>) -> VersionView {
        let holds = latest == Some(self.number);
        VersionView {
            id: Some(self.id),
            statement_id: self.statement_id,
            number: self.number,
            state: if holds { VersionState::Approved } else { VersionState::Superseded },
            label: Some(self.label),
            approved_by: Some(self.approved_by),
            approved_on: Some(self.approved_on),
            // Each approval supersedes the one before.
            superseded_by: (!holds).then_some(self.number + 1),
            digest: self.digest,
            created_at: Some(self.created_at),
        }
    }
}

impl VersionView {
    /// The draft of a statement.
    pub fn draft(statement: &StatementOfApplicability, digest: Digest) -> Self {
        Self {
            id: None,
            statement_id: statement.id,
            number: statement.draft_number,
            state: VersionState::Draft,
            label: None,
            approved_by: None,
            approved_on: None,
            superseded_by: None,
            digest,
            created_at: None,
        }
    }

    /// Where it stands in a list.
    pub fn place(&self) -> (i32, String) {
        (self.number, self.id.map(|id| id.to_string()).unwrap_or_default())
    }
}

/// A version of a statement with all that it says.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(as = ApplicabilityDocument)]
#[graphql(name = "ApplicabilityDocument", complex)]
pub struct VersionDocument {
    /// The version.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub version: VersionView,
    /// What it says; the digest covers this and nothing else.
    pub content: Content,
}

/// To approve the draft of a statement.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(as = NewApplicabilityVersion, example = json!({ "label": "3.1" }))]
#[graphql(name = "NewApplicabilityVersion")]
pub struct NewVersion {
    /// What people call the version; unique in the statement.
    pub label: VersionLabel,
    /// The member who approved it: a person who is an owner or a manager; the caller unless said.
    #[serde(default)]
    pub approver: Option<MemberId>,
    /// The day of the approval, where it was given before it is recorded here; today unless said.
    #[serde(default)]
    pub approved_on: Option<Date>,
    /// What else there is to say of the approval.
    #[serde(default)]
    #[graphql(default)]
    pub note: Prose,
    /// The digest of the draft that was looked at; refused with 409 where the draft says something else by now.
    #[serde(default)]
    pub expected_digest: Option<Digest>,
}

impl NewVersion {
    /// Checks that it has been approved.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable).
    pub fn validate(&self, today: Date) -> Result<()> {
        let mut faults = Faults::default();
        let ahead = self.approved_on.is_some_and(|day| day > today);
        faults.when(ahead, "/approved_on", "must not be in the future");
        faults.into_result()
    }
}

/// Which versions to compare.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Between {
    /// The number of the earlier version.
    #[param(minimum = 1)]
    pub from: i32,
    /// The number of the later version; the draft has the number after the last one.
    #[param(minimum = 1)]
    pub to: i32,
}

/// Which versions to list.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
#[graphql(name = "ApplicabilityVersionFilter")]
pub struct VersionFilter {
    /// Versions approved on this day or before it.
    pub approved_before: Option<Date>,
    /// Versions approved on this day or after it.
    pub approved_after: Option<Date>,
}

/// The order of versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[schema(as = ApplicabilityVersionSort)]
#[graphql(name = "ApplicabilityVersionSort")]
pub enum VersionSort {
    /// Latest first.
    #[serde(rename = "-number")]
    Latest,
    /// Earliest first.
    #[serde(rename = "number")]
    Earliest,
}

impl SortOrder for VersionSort {
    const DEFAULT: Self = Self::Latest;
}
