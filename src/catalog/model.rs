//! What the catalog holds.

use async_graphql::{Enum, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::topics::{Aspect, Topic};
use crate::{
    bounded_text,
    kernel::{
        id::RequirementMappingId,
        page::SortOrder,
        text::{Prose, Title},
    },
    platform::db::refs::ExternalRef,
    text_enum,
};

bounded_text! {
    /// The key of a framework, such as `iso27001-2022` or `soc2-2017`.
    FrameworkKey: 1..=64, like "iso27001-2022";
    /// The id of a requirement in its framework: clauses `4.1`, Annex A controls `A.5.1`, criteria `CC6.1`.
    RequirementId: 1..=32, like "A.5.1";
}

impl FrameworkKey {
    /// How the keys of a tenant's own frameworks begin. No built-in framework's does, now or later.
    pub const OWN: &str = "x-";

    /// Whether it is the key of a framework of a tenant's own.
    pub fn is_own(&self) -> bool {
        self.as_str().starts_with(Self::OWN)
    }
}

/// One requirement of one framework.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
    SimpleObject,
    InputObject,
)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "RequirementRefInput", complex)]
pub struct RequirementRef {
    /// The framework.
    #[schema(example = "soc2-2017")]
    pub framework: FrameworkKey,
    /// The requirement's id there.
    #[schema(example = "CC6.1")]
    pub id: RequirementId,
}

impl RequirementRef {
    /// What is told of one that is not there.
    pub const UNKNOWN: &str = "is in no framework; GET /v1/frameworks/{key}/requirements lists what is";
}

text_enum! {
    /// What meeting a framework leads to.
    Outcome default Internal {
        /// A certificate, issued by a certification body.
        Certification = "certification",
        /// A report with a practitioner's opinion. Never a certificate.
        Attestation = "attestation",
        /// Nothing that others issue: the organisation's own word.
        Internal = "internal",
    }
}

/// A framework.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct Framework {
    /// Its key.
    #[schema(example = "iso27001-2022")]
    pub key: FrameworkKey,
    /// Its name.
    #[schema(example = "ISO/IEC 27001:2022")]
    pub name: Title,
    /// What it is for; empty of a built-in one.
    pub description: Prose,
    /// What meeting it leads to.
    pub outcome: Outcome,
    /// Whether it is the tenant's own. Built-in ones are read-only.
    pub custom: bool,
    /// Its names in other systems; none of a built-in one.
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
    /// Counts its changes; 0 of a built-in one.
    #[schema(minimum = 0)]
    pub version: i32,
    /// How many requirements it has, by kind and group.
    #[schema(max_items = 50)]
    pub groups: Vec<Group>,
    #[serde(skip)]
    #[graphql(skip)]
    pub(crate) requirements: Vec<Requirement>,
}

/// Requirements that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Group {
    /// What they are.
    pub kind: RequirementKind,
    /// The theme (Annex A), category (criteria) or group of one's own; null for clauses.
    pub group: Option<Title>,
    /// How many there are.
    #[schema(minimum = 1)]
    pub count: i64,
}

text_enum! {
    /// What a requirement is.
    RequirementKind {
        /// A clause of a management system standard.
        Clause = "clause",
        /// A reference control of ISO/IEC 27001's Annex A.
        AnnexA = "annex_a",
        /// A Trust Services criterion.
        Criterion = "criterion",
        /// A requirement of a framework of the tenant's own.
        Custom = "custom",
    }
}

/// A requirement of a framework.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct Requirement {
    /// Its framework.
    #[schema(example = "iso27001-2022")]
    pub framework: FrameworkKey,
    /// Its id there.
    #[schema(example = "A.5.1")]
    pub id: RequirementId,
    /// What it is.
    pub kind: RequirementKind,
    /// A short title of our own; not the framework's text.
    #[schema(example = "Policies for information security")]
    pub title: Title,
    /// What it asks for, in the tenant's words; empty of a built-in one, whose text belongs to its publisher.
    pub description: Prose,
    /// The theme (Annex A), category (criteria) or group of one's own; null for clauses.
    #[schema(example = "Organizational")]
    pub group: Option<Title>,
    /// The series of a criterion; null elsewhere.
    pub series: Option<Title>,
    /// Whether a clause asks for documented information; null elsewhere.
    pub documented_information_required: Option<bool>,
    /// Whether an Annex A control is new in the 2022 edition; null elsewhere.
    pub new_in_2022: Option<bool>,
    /// What it is about; of a built-in one in our own reading.
    #[schema(max_items = 10)]
    pub topics: Vec<Topic>,
    /// Whom or what it rests on; of a built-in one in our own reading.
    #[schema(max_items = 3)]
    pub aspects: Vec<Aspect>,
    /// Its names in other systems; none of a built-in one.
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
    /// Counts its changes; 0 of a built-in one.
    #[schema(minimum = 0)]
    pub version: i32,
}

text_enum! {
    /// How a requirement relates to another, in the words of NIST IR 8477.
    Relationship {
        /// They ask for the same.
        Equal = "equal",
        /// The other asks for all of this, and more.
        Subset = "subset",
        /// This asks for all of the other, and more.
        Superset = "superset",
        /// They share a part.
        Intersects = "intersects",
    }
}

/// A requirement and its counterpart in another framework. It suggests what evidence can be used again; it never
/// proves that the counterpart is met.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct Mapping {
    /// Its id where it is the tenant's own; null between built-in frameworks.
    pub id: Option<RequirementMappingId>,
    /// The requirement of the framework asked for.
    pub requirement: RequirementId,
    /// How it relates to the counterpart, read from this requirement.
    pub relationship: Relationship,
    /// The counterpart.
    pub counterpart: RequirementRef,
    /// Why.
    #[schema(example = "Both need approved policies put into use")]
    pub rationale: Title,
    /// Its names in other systems; none between built-in frameworks.
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
    /// Counts its changes; 0 between built-in frameworks.
    #[schema(minimum = 0)]
    pub version: i32,
}

/// What has no counterpart in another framework, said honestly.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct Gaps {
    /// The framework asked for.
    pub framework: FrameworkKey,
    /// The other framework.
    pub to: FrameworkKey,
    /// Its requirements that nothing in the other answers.
    #[schema(max_items = 1000)]
    pub requirements: Vec<Requirement>,
}

/// Two frameworks side by side.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct Comparison {
    /// The framework on the left.
    pub left: FrameworkKey,
    /// The framework on the right.
    pub right: FrameworkKey,
    /// Every point on which they are compared.
    #[schema(max_items = 100)]
    pub dimensions: Vec<Dimension>,
}

/// One point of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Dimension {
    /// The point.
    #[schema(example = "Validity")]
    pub dimension: Title,
    /// What is said of the left; null where the source says nothing.
    pub left: Option<Statement>,
    /// What is said of the right; null where the source says nothing.
    pub right: Option<Statement>,
}

/// What a source says on one point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Statement {
    /// What is said.
    #[schema(example = "Three years")]
    pub text: Title,
    /// Whether a part of it is inferred from the source and not said there.
    pub inferred: bool,
}

/// Which frameworks to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct FrameworkFilter {
    /// The framework with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// Which requirements to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct RequirementFilter {
    /// Requirements of this kind.
    #[param(inline)]
    pub kind: Option<RequirementKind>,
    /// Requirements of this theme or category, such as `Organizational` or `privacy`.
    #[param(inline)]
    pub group: Option<Title>,
    /// Requirements about this.
    #[param(inline)]
    pub topic: Option<Topic>,
    /// Requirements that rest on this.
    #[param(inline)]
    pub aspect: Option<Aspect>,
    /// The requirement with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// Which mappings to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct MappingFilter {
    /// Mappings to this framework.
    #[param(inline)]
    pub to: Option<FrameworkKey>,
    /// Mappings of this requirement.
    #[param(inline)]
    pub requirement: Option<RequirementId>,
    /// The mapping with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// A row of a list in memory, told apart by its own text.
pub(super) trait Placed {
    /// Where a cursor finds it: sort key and id, which are the same here.
    fn place(&self) -> (String, String);
}

impl Placed for Framework {
    fn place(&self) -> (String, String) {
        (self.key.to_string(), self.key.to_string())
    }
}

impl Placed for Requirement {
    fn place(&self) -> (String, String) {
        (self.id.to_string(), self.id.to_string())
    }
}

impl Placed for Mapping {
    fn place(&self) -> (String, String) {
        let counterpart = format!("{}:{}", self.counterpart.framework, self.counterpart.id);
        (self.requirement.to_string(), counterpart)
    }
}

/// The order of what a framework lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum FrameworkOrder {
    /// As the framework numbers it.
    #[serde(rename = "position")]
    Position,
}

impl SortOrder for FrameworkOrder {
    const DEFAULT: Self = Self::Position;
}
