//! A change of a finding.

use async_graphql::{InputObject, MaybeUndefined};
use serde::Deserialize;
use utoipa::ToSchema;

use super::model::{Finding, FindingGrade, FindingStatement, FindingWhy};
use crate::{
    catalog::RequirementRef,
    kernel::{
        id::{AuditId, ControlId, EvidenceId, MemberId},
        patch,
        text::{Prose, ShortCode, Title},
        time::Date,
    },
    platform::db::{Doc, refs::ExternalRef},
};

/// A change of a finding. What was verified or closed keeps its grade, audit, day and statement until it is reopened.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct FindingPatch {
    /// What it is called.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub title: Option<Title>,
    /// What the auditor calls it; null for nothing.
    #[schema(value_type = Option<ShortCode>)]
    pub reference: MaybeUndefined<ShortCode>,
    /// How much it weighs.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub grade: Option<FindingGrade>,
    /// The audit that raised it; null for none.
    #[schema(value_type = Option<AuditId>)]
    pub audit: MaybeUndefined<AuditId>,
    /// The day on which it was raised.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub raised_on: Option<Date>,
    /// What was found.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub statement: Option<FindingStatement>,
    /// The clause that it is against; null for none.
    #[schema(value_type = Option<Title>)]
    pub clause: MaybeUndefined<Title>,
    /// The controls that it is about, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub controls: Option<Vec<ControlId>>,
    /// The requirements that it is against, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub requirements: Option<Vec<RequirementRef>>,
    /// The member who sees to it; null for nobody.
    #[schema(value_type = Option<MemberId>)]
    pub owner: MaybeUndefined<MemberId>,
    /// The evidence that it rests on, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub evidence: Option<Vec<EvidenceId>>,
    /// What was done at once.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub correction: Option<Prose>,
    /// Whether there are similar cases.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub extent: Option<Prose>,
    /// Why it came about.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub root_cause: Option<Prose>,
    /// Why, and why that, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 10)]
    pub whys: Option<Vec<FindingWhy>>,
    /// What management answers to it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub response: Option<Prose>,
    /// The last day that the certification body stated; null where it stated none.
    #[schema(value_type = Option<Date>)]
    pub stated_due: MaybeUndefined<Date>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl FindingPatch {
    /// Applies the patch.
    pub fn apply(self, finding: &mut Finding) {
        patch::set(&mut finding.title, self.title);
        patch::set_or_clear(&mut finding.reference, self.reference);
        patch::set(&mut finding.grade, self.grade);
        patch::set_or_clear(&mut finding.audit, self.audit);
        patch::set(&mut finding.raised_on, self.raised_on);
        patch::set(&mut finding.statement, self.statement);
        patch::set_or_clear(&mut finding.clause, self.clause);
        patch::set(&mut finding.controls, self.controls.map(Doc));
        patch::set(&mut finding.requirements, self.requirements.map(Doc));
        patch::set_or_clear(&mut finding.owner, self.owner);
        patch::set(&mut finding.evidence, self.evidence.map(Doc));
        patch::set(&mut finding.correction, self.correction);
        patch::set(&mut finding.extent, self.extent);
        patch::set(&mut finding.root_cause, self.root_cause);
        patch::set(&mut finding.whys, self.whys.map(Doc));
        patch::set(&mut finding.response, self.response);
        patch::set_or_clear(&mut finding.stated_due, self.stated_due);
        patch::set(&mut finding.external_refs, self.external_refs.map(Doc));
    }
}
