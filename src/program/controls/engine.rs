//! Coverage: which requirements of a framework the controls satisfy. Pure.

use std::collections::HashMap;

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::ControlStatus;
use crate::{
    catalog::{Framework, FrameworkKey, Requirement, RequirementId},
    kernel::text::Title,
    text_enum,
};

text_enum! {
    /// How far a requirement is covered.
    CoverageState {
        /// At least one control is implemented.
        Covered = "covered",
        /// Controls are planned or partly there, and none is implemented.
        InProgress = "in_progress",
        /// No control that is in use or under way names it.
        Uncovered = "uncovered",
    }
}

/// One requirement and the controls that name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct RequirementCoverage {
    /// The requirement.
    pub requirement: RequirementId,
    /// Its title.
    pub title: Title,
    /// How far it is covered.
    pub state: CoverageState,
    /// Controls that are implemented.
    #[schema(minimum = 0)]
    pub implemented: i64,
    /// Controls that are not there yet: not started, planned or partial. Retired controls count nowhere.
    #[schema(minimum = 0)]
    pub under_way: i64,
}

/// How far a framework is covered by the tenant's controls.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct Coverage {
    /// The framework.
    pub framework: FrameworkKey,
    /// Requirements in all.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Requirements with an implemented control.
    #[schema(minimum = 0)]
    pub covered: i64,
    /// Requirements whose controls are all still under way.
    #[schema(minimum = 0)]
    pub in_progress: i64,
    /// Requirements that nothing covers.
    #[schema(minimum = 0)]
    pub uncovered: i64,
    /// Every requirement, in the framework's order; or those in the state asked for.
    #[schema(max_items = 1000)]
    pub requirements: Vec<RequirementCoverage>,
}

/// So many controls in one status name this requirement.
pub type Count = (RequirementId, ControlStatus, i64);

/// The coverage of a framework; `only` keeps the requirements in one state, while the sums stay whole.
pub fn coverage(framework: &Framework, counts: Vec<Count>, only: Option<CoverageState>) -> Coverage {
    let mut sums: HashMap<RequirementId, (i64, i64)> = HashMap::new();
    for (requirement, status, count) in counts {
        let (implemented, under_way) = sums.entry(requirement).or_default();
        match status {
            ControlStatus::Implemented => *implemented += count,
            ControlStatus::NotStarted | ControlStatus::Planned | ControlStatus::Partial => {
                *under_way += count
            }
            ControlStatus::Retired => {}
        }
    }
    let sum = |one: &Requirement| sums.get(&one.id).copied().unwrap_or_default();
    let all: Vec<_> = framework.requirements.iter().map(|one| covered(one, sum(one))).collect();
    let having = |state| all.iter().filter(|one| one.state == state).count() as i64;
    Coverage {
        framework: framework.key.clone(),
        total: all.len() as i64,
        covered: having(CoverageState::Covered),
        in_progress: having(CoverageState::InProgress),
        uncovered: having(CoverageState::Uncovered),
        requirements: all.into_iter().filter(|one| only.is_none_or(|state| one.state == state)).collect(),
    }
}

fn covered(requirement: &Requirement, (implemented, under_way): (i64, i64)) -> RequirementCoverage {
    let state = match (implemented, under_way) {
        (0, 0) => CoverageState::Uncovered,
        (0, _) => CoverageState::InProgress,
        _ => CoverageState::Covered,
    };
    let (id, title) = (requirement.id.clone(), requirement.title.clone());
    RequirementCoverage { requirement: id, title, state, implemented, under_way }
}
