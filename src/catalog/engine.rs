//! Mappings, gaps and comparisons, from either side. Pure.

use std::collections::{HashMap, HashSet};

use super::{
    data::{Catalog, Compared, ISO, Pair},
    model::{
        Comparison, Dimension, Framework, Gaps, Mapping, Relationship, RequirementId, RequirementRef,
        Statement,
    },
};
use crate::kernel::text::Title;

impl Relationship {
    /// The same relationship, read from the other side.
    pub(super) fn inverted(self) -> Self {
        match self {
            Self::Subset => Self::Superset,
            Self::Superset => Self::Subset,
            same => same,
        }
    }
}

/// The mappings between two built-in frameworks, read from the first, in its order; none of others.
pub(super) fn crosswalk(catalog: &Catalog, from: &Framework, to: &Framework) -> Vec<Mapping> {
    if from.key == to.key || from.custom || to.custom {
        return Vec::new();
    }
    let iso_first = from.key.as_str() == ISO;
    let read = |pair: &Pair| if iso_first { forwards(pair, to) } else { backwards(pair, to) };
    let all: Vec<Mapping> = catalog.crosswalk.iter().map(read).collect();
    in_order(from, all)
}

/// A framework's mappings onto every other built-in one.
pub(super) fn crosswalks(catalog: &Catalog, from: &Framework) -> Vec<Mapping> {
    catalog.frameworks.iter().flat_map(|to| crosswalk(catalog, from, to)).collect()
}

/// Mappings in the order of the framework they read from; what it does not have is left out.
pub(super) fn in_order(from: &Framework, all: Vec<Mapping>) -> Vec<Mapping> {
    let mut of: HashMap<RequirementId, Vec<Mapping>> = HashMap::new();
    for one in all {
        of.entry(one.requirement.clone()).or_default().push(one);
    }
    from.requirements.iter().flat_map(|one| of.remove(&one.id).unwrap_or_default()).collect()
}

fn forwards(pair: &Pair, to: &Framework) -> Mapping {
    Mapping {
        id: None,
        version: 0,
        requirement: pair.iso27001.clone(),
        relationship: pair.relationship,
        counterpart: RequirementRef { framework: to.key.clone(), id: pair.soc2.clone() },
        rationale: pair.rationale.clone(),
        external_refs: Vec::new(),
    }
}

fn backwards(pair: &Pair, to: &Framework) -> Mapping {
    Mapping {
        id: None,
        version: 0,
        requirement: pair.soc2.clone(),
        relationship: pair.relationship.inverted(),
        counterpart: RequirementRef { framework: to.key.clone(), id: pair.iso27001.clone() },
        rationale: pair.rationale.clone(),
        external_refs: Vec::new(),
    }
}

/// What none of the mappings onto the other framework answers.
pub(super) fn gaps(mapped: &[Mapping], from: &Framework, to: &Framework) -> Gaps {
    let answered: HashSet<_> = mapped.iter().map(|one| &one.requirement).collect();
    let requirements = from.requirements.iter().filter(|one| !answered.contains(&one.id)).cloned().collect();
    Gaps { framework: from.key.clone(), to: to.key.clone(), requirements }
}

/// What can be said of two frameworks of which one at least is a tenant's own: what each leads to, how many requirements it
/// has, and how many of them the other answers; `there` reads from the left.
pub(super) fn contrast(left: &Framework, right: &Framework, there: &[Mapping]) -> Comparison {
    let answered: HashSet<_> = there.iter().map(|one| &one.requirement).collect();
    let back: HashSet<_> = there.iter().map(|one| &one.counterpart.id).collect();
    let row = |name: &str, left: String, right: String| {
        let said = |text: String| Some(Statement { text: text.parse().ok()?, inferred: false });
        Some(Dimension { dimension: name.parse().ok()?, left: said(left), right: said(right) })
    };
    let count = |of: &Framework| of.requirements.len().to_string();
    let rows = [
        row("Outcome", left.outcome.to_string(), right.outcome.to_string()),
        row("Requirements", count(left), count(right)),
        row("Requirements that the other answers", answered.len().to_string(), back.len().to_string()),
    ];
    Comparison {
        left: left.key.clone(),
        right: right.key.clone(),
        dimensions: rows.into_iter().flatten().collect(),
    }
}

/// Every point on which the two built-in frameworks are compared.
pub(super) fn compare(catalog: &Catalog, left: &Framework, right: &Framework) -> Comparison {
    let iso_first = left.key.as_str() == ISO;
    let row = |one: &Compared| {
        let (left, right) = if iso_first { (&one.iso27001, &one.soc2) } else { (&one.soc2, &one.iso27001) };
        Dimension { dimension: one.dimension.clone(), left: statement(left), right: statement(right) }
    };
    Comparison {
        left: left.key.clone(),
        right: right.key.clone(),
        dimensions: catalog.comparison.iter().map(row).collect(),
    }
}

/// Where the source says nothing, nothing is said.
fn statement(text: &Title) -> Option<Statement> {
    let silent = text.as_str().starts_with("Not stated");
    (!silent).then(|| Statement { text: text.clone(), inferred: text.as_str().contains("inferred:") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{catalog, data::SOC2};

    fn both() -> (&'static Framework, &'static Framework) {
        (catalog().framework(ISO).unwrap(), catalog().framework(SOC2).unwrap())
    }

    #[test]
    fn a_mapping_reads_the_same_from_both_sides() {
        let (iso, soc2) = both();
        let (there, back) = (crosswalk(catalog(), iso, soc2), crosswalk(catalog(), soc2, iso));
        assert_eq!((there.len(), back.len()), (197, 197));
        for one in &there {
            let other = back
                .iter()
                .find(|b| b.requirement == one.counterpart.id && b.counterpart.id == one.requirement)
                .unwrap();
            assert_eq!(other.relationship, one.relationship.inverted());
        }
    }

    #[test]
    fn a_gap_is_what_no_pair_names() {
        let (iso, soc2) = both();
        for (from, to) in [(iso, soc2), (soc2, iso)] {
            let mapped = crosswalk(catalog(), from, to);
            let gaps = gaps(&mapped, from, to);
            for one in &from.requirements {
                let gap = gaps.requirements.iter().any(|gap| gap.id == one.id);
                assert_ne!(gap, mapped.iter().any(|m| m.requirement == one.id), "{}", one.id);
            }
        }
    }

    #[test]
    fn silence_is_null_and_inference_is_told() {
        let (iso, soc2) = both();
        let compared = compare(catalog(), soc2, iso);
        let row = |name: &str| compared.dimensions.iter().find(|d| d.dimension.as_str() == name).unwrap();
        assert_eq!(row("Surveillance").left, None);
        assert_eq!(row("Validity").right.as_ref().unwrap().text.as_str(), "Three years");
        assert!(row("Choice factor: geographic focus").left.as_ref().unwrap().inferred);
        assert!(
            compared
                .dimensions
                .iter()
                .flat_map(|d| [&d.left, &d.right])
                .flatten()
                .all(|s| { !s.text.as_str().to_lowercase().contains("not stated") })
        );
    }
}
