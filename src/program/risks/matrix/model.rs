//! A risk matrix.

use async_graphql::{InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::store::risk_matrices;
use crate::{
    bounded_text,
    kernel::{
        error::{Faults, Result},
        id::TenantId,
        patch,
        text::{Prose, Title},
    },
    platform::{db::Doc, journal::Recorded},
};

bounded_text! {
    /// The word for a level: lower-case letters, digits and underscores, a letter first.
    LevelKey: 1..=32, like "high";
    /// A colour, written `#rrggbb`.
    Color: 1..=7, like "#ffb74d";
}

/// Steps of a scale at the least.
pub const MIN_STEPS: usize = 3;
/// Steps of a scale at the most.
pub const MAX_STEPS: usize = 7;
/// Levels at the most.
pub const MAX_LEVELS: usize = 10;

/// One step of a scale; the first counts 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(name = "RiskStep", input_name = "RiskStepInput")]
#[schema(as = RiskStep)]
pub struct Step {
    /// What it is called.
    #[schema(example = "Likely")]
    pub label: Title,
    /// What it means here, such as "about once a year".
    #[serde(default)]
    #[graphql(default)]
    #[schema(example = "About once a year")]
    pub description: Prose,
}

/// A level: every score from this one up to the next level's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "RiskLevelInput")]
pub struct RiskLevel {
    /// The word that filters and answers use.
    pub key: LevelKey,
    /// What people call it.
    #[schema(example = "High")]
    pub label: Title,
    /// Its colour in the heat map.
    pub color: Color,
    /// Its lowest score.
    #[schema(minimum = 1, maximum = 49, example = 10)]
    pub from_score: i32,
}

/// The tenant's risk matrix. Version 0 is the one that every tenant starts with.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    ToSchema,
    SimpleObject,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = risk_matrices, primary_key(tenant_id))]
#[schema(example = example)]
pub struct RiskMatrix {
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The steps of likelihood, the least likely first.
    #[schema(value_type = Vec<Step>, min_items = 3, max_items = 7)]
    pub likelihood: Doc<Vec<Step>>,
    /// The steps of impact, the least harmful first.
    #[schema(value_type = Vec<Step>, min_items = 3, max_items = 7)]
    pub impact: Doc<Vec<Step>>,
    /// The levels, the lowest first; the first begins at score 1.
    #[schema(value_type = Vec<RiskLevel>, min_items = 1, max_items = 10)]
    pub levels: Doc<Vec<RiskLevel>>,
    /// The highest score that is accepted as it is; 0 where none is.
    #[schema(minimum = 0, maximum = 49)]
    pub appetite: i32,
    /// Counts its changes.
    #[schema(minimum = 0)]
    pub version: i32,
}

impl Recorded for RiskMatrix {
    const RESOURCE: &'static str = "risk_matrix";

    /// There is one to a tenant.
    fn resource_id(&self) -> String {
        self.tenant_id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

/// The matrix that every tenant starts with, for the API's description.
fn example() -> Value {
    let first = RiskMatrix::first(TenantId::from_uuid(uuid::Uuid::nil()));
    serde_json::to_value(first).unwrap_or_default()
}

impl RiskMatrix {
    /// Checks what must hold between the scales, the levels and the appetite.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        validate_scale(&self.likelihood, "/likelihood", &mut faults);
        validate_scale(&self.impact, "/impact", &mut faults);
        self.validate_levels(&mut faults);
        let most = self.max_score();
        let fits = (0..=most).contains(&self.appetite);
        faults.when(!fits, "/appetite", format!("must be from 0 to {most}, the highest score"));
        faults.into_result()
    }

    fn validate_levels(&self, faults: &mut Faults) {
        let count = self.levels.len();
        faults.when(
            !(1..=MAX_LEVELS).contains(&count),
            "/levels",
            format!("must have 1 to {MAX_LEVELS} items, not {count}"),
        );
        let (mut before, most) = (0, self.max_score());
        for (n, level) in self.levels.iter().enumerate().take(MAX_LEVELS) {
            let at = format!("/levels/{n}");
            let again = self.levels[..n].iter().any(|other| other.key == level.key);
            faults.when(again, format!("{at}/key"), "is used twice");
            let word = "must be lower-case letters, digits and underscores, a letter first";
            faults.when(!is_word(level.key.as_str()), format!("{at}/key"), word);
            faults.when(!is_color(level.color.as_str()), format!("{at}/color"), "must be written #rrggbb");
            let from = format!("{at}/from_score");
            let score = level.from_score;
            faults.when(n == 0 && score != 1, &from, "must be 1: every score has a level");
            faults.when(n > 0 && score <= before, &from, "must be higher than the level's before");
            faults.when(score > most, &from, format!("must be at most {most}, the highest score"));
            before = score;
        }
    }
}

fn validate_scale(steps: &[Step], at: &str, faults: &mut Faults) {
    let count = steps.len();
    if !(MIN_STEPS..=MAX_STEPS).contains(&count) {
        faults.when(true, at, format!("must have {MIN_STEPS} to {MAX_STEPS} items, not {count}"));
        return;
    }
    for (n, step) in steps.iter().enumerate() {
        let again = steps[..n].iter().any(|other| other.label == step.label);
        faults.when(again, format!("{at}/{n}/label"), "is used twice");
    }
}

fn is_word(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.bytes().all(plain)
}

fn is_color(text: &str) -> bool {
    text.len() == 7 && text.strip_prefix('#').is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A change of the risk matrix.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct RiskMatrixPatch {
    /// The steps of likelihood, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, min_items = 3, max_items = 7)]
    pub likelihood: Option<Vec<Step>>,
    /// The steps of impact, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, min_items = 3, max_items = 7)]
    pub impact: Option<Vec<Step>>,
    /// The levels, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, min_items = 1, max_items = 10)]
    pub levels: Option<Vec<RiskLevel>>,
    /// The highest score that is accepted as it is; 0 where none is.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, minimum = 0, maximum = 49, example = 9)]
    pub appetite: Option<i32>,
}

impl RiskMatrixPatch {
    /// Applies the patch.
    pub fn apply(self, matrix: &mut RiskMatrix) {
        patch::set(&mut matrix.likelihood, self.likelihood.map(Doc));
        patch::set(&mut matrix.impact, self.impact.map(Doc));
        patch::set(&mut matrix.levels, self.levels.map(Doc));
        patch::set(&mut matrix.appetite, self.appetite);
    }
}
