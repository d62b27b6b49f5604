//! Proposals: for each requirement that nothing covers, the controls that satisfy its counterparts in other frameworks.
//! A crosswalk suggests what can be used again; it never proves that a requirement is met.

use std::collections::HashMap;

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{engine::CoverageState, model::ControlStatus};
use crate::{
    catalog::{Framework, FrameworkKey, Mapping, Relationship, RequirementId, RequirementRef},
    kernel::{
        id::ControlId,
        text::{ShortCode, Title},
    },
};

/// A control that satisfies a counterpart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ProposedControl {
    /// The control.
    pub control: ControlId,
    /// Its code.
    pub code: ShortCode,
    /// What it is called.
    pub title: Title,
    /// How far it has come.
    pub status: ControlStatus,
    /// The counterpart that it satisfies.
    pub through: RequirementRef,
    /// How the requirement relates to that counterpart.
    pub relationship: Relationship,
    /// Whether the counterpart asks for less than the requirement, or for something else as well: the control then
    /// answers a part of it at best.
    pub partial: bool,
    /// Why the two correspond.
    pub rationale: Title,
}

/// A requirement that nothing covers, and what could.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Proposal {
    /// The requirement.
    pub requirement: RequirementId,
    /// Its title.
    pub title: Title,
    /// Controls that satisfy counterparts of it, those that answer all of it and are implemented first; none where the
    /// mappings lead to no control.
    #[schema(max_items = 50)]
    pub controls: Vec<ProposedControl>,
}

/// What could cover the uncovered requirements of a framework.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct Proposals {
    /// The framework.
    pub framework: FrameworkKey,
    /// Requirements that nothing covers.
    #[schema(minimum = 0)]
    pub uncovered: i64,
    /// Those for which a control is proposed.
    #[schema(minimum = 0)]
    pub proposed: i64,
    /// Every uncovered requirement, in the framework's order.
    #[schema(max_items = 1000)]
    pub proposals: Vec<Proposal>,
}

/// A control that is in use or under way, and a requirement that it satisfies.
#[derive(Clone, Debug)]
pub struct Satisfies {
    /// The requirement.
    pub requirement: RequirementRef,
    /// The control.
    pub control: ControlId,
    /// Its code.
    pub code: ShortCode,
    /// What it is called.
    pub title: Title,
    /// How far it has come.
    pub status: ControlStatus,
}

/// Controls proposed for one requirement at the most.
pub const MAX_PROPOSED: usize = 50;

/// Proposes controls for every requirement that has none; `covered` tells how far each requirement is.
pub fn propose(
    framework: &Framework,
    covered: impl Fn(&RequirementId) -> CoverageState,
    mappings: &[Mapping],
    satisfied: &[Satisfies],
) -> Proposals {
    let mut by_requirement: HashMap<&RequirementRef, Vec<&Satisfies>> = HashMap::new();
    for one in satisfied {
        by_requirement.entry(&one.requirement).or_default().push(one);
    }
    let mut mapped: HashMap<&RequirementId, Vec<&Mapping>> = HashMap::new();
    for one in mappings {
        mapped.entry(&one.requirement).or_default().push(one);
    }
    let uncovered = framework.requirements.iter().filter(|one| covered(&one.id) == CoverageState::Uncovered);
    let proposals: Vec<_> = uncovered
        .map(|one| {
            let through = mapped.get(&one.id).into_iter().flatten();
            let controls = through.flat_map(|mapping| proposed(mapping, &by_requirement)).collect();
            Proposal { requirement: one.id.clone(), title: one.title.clone(), controls: ranked(controls) }
        })
        .collect();
    Proposals {
        framework: framework.key.clone(),
        uncovered: proposals.len() as i64,
        proposed: proposals.iter().filter(|one| !one.controls.is_empty()).count() as i64,
        proposals,
    }
}

fn proposed(
    mapping: &Mapping,
    by_requirement: &HashMap<&RequirementRef, Vec<&Satisfies>>,
) -> Vec<ProposedControl> {
    let partial = !matches!(mapping.relationship, Relationship::Equal | Relationship::Subset);
    let controls = by_requirement.get(&mapping.counterpart).into_iter().flatten();
    controls
        .map(|one| ProposedControl {
            control: one.control,
            code: one.code.clone(),
            title: one.title.clone(),
            status: one.status,
            through: mapping.counterpart.clone(),
            relationship: mapping.relationship,
            partial,
            rationale: mapping.rationale.clone(),
        })
        .collect()
}

/// The best first: all of it before a part, implemented before the rest, then by code; one control once, by the best way
/// to it.
fn ranked(mut controls: Vec<ProposedControl>) -> Vec<ProposedControl> {
    controls.sort_by(|one, other| place(one).cmp(&place(other)));
    let mut seen = std::collections::HashSet::new();
    controls.retain(|one| seen.insert(one.control));
    controls.truncate(MAX_PROPOSED);
    controls
}

fn place(one: &ProposedControl) -> (bool, bool, &ShortCode, &RequirementRef) {
    (one.partial, one.status != ControlStatus::Implemented, &one.code, &one.through)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::catalog::catalog;

    fn reference(framework: &str, id: &str) -> RequirementRef {
        RequirementRef { framework: framework.parse().unwrap(), id: id.parse().unwrap() }
    }

    fn control(n: u128, requirement: &str, status: ControlStatus) -> Satisfies {
        Satisfies {
            requirement: reference("soc2-2017", requirement),
            control: ControlId::from_uuid(Uuid::from_u128(n)),
            code: format!("C-{n}").parse().unwrap(),
            title: "A control".parse().unwrap(),
            status,
        }
    }

    fn mapping(from: &str, relationship: Relationship, to: &str) -> Mapping {
        Mapping {
            id: None,
            requirement: from.parse().unwrap(),
            relationship,
            counterpart: reference("soc2-2017", to),
            rationale: "Both ask for it".parse().unwrap(),
            external_refs: Vec::new(),
            version: 0,
        }
    }

    #[test]
    fn the_best_way_to_a_control_comes_first_and_each_once() {
        let iso = catalog().framework("iso27001-2022").unwrap();
        let mappings = [
            mapping("A.5.15", Relationship::Intersects, "CC6.1"),
            mapping("A.5.15", Relationship::Subset, "CC6.2"),
            mapping("A.5.16", Relationship::Superset, "CC6.2"),
        ];
        let satisfied = [
            control(1, "CC6.1", ControlStatus::Implemented),
            control(2, "CC6.2", ControlStatus::Planned),
            control(1, "CC6.2", ControlStatus::Implemented),
        ];
        let uncovered = |id: &RequirementId| match id.as_str() {
            "A.5.15" | "A.5.16" | "A.5.17" => CoverageState::Uncovered,
            _ => CoverageState::Covered,
        };
        let told = propose(iso, uncovered, &mappings, &satisfied);
        assert_eq!((told.uncovered, told.proposed), (3, 2));
        let codes = |n: usize| -> Vec<_> {
            told.proposals[n].controls.iter().map(|one| (one.code.as_str(), one.partial)).collect()
        };
        assert_eq!(codes(0), [("C-1", false), ("C-2", false)], "through CC6.2, which asks for all of A.5.15");
        assert_eq!(codes(1), [("C-1", true), ("C-2", true)]);
        assert!(codes(2).is_empty(), "nothing leads there, and it says so");
    }
}
