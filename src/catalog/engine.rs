//! Mappings, gaps and comparisons, from either side. Pure.

use super::{
    data::{Catalog, Compared, ISO, Pair},
    model::{Comparison, Dimension, Framework, Gaps, Mapping, Relationship, RequirementRef, Statement},
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

/// The mappings between two frameworks, read from the first, in its order.
pub(super) fn mappings(catalog: &Catalog, from: &Framework, to: &Framework) -> Vec<Mapping> {
    if from.key == to.key {
        return Vec::new();
    }
    let iso_first = from.key.as_str() == ISO;
    let read = |pair: &Pair| if iso_first { forwards(pair, to) } else { backwards(pair, to) };
    let all: Vec<Mapping> = catalog.crosswalk.iter().map(read).collect();
    let of = |id| all.iter().filter(move |one| one.requirement == id).cloned();
    from.requirements.iter().flat_map(|one| of(one.id.clone())).collect()
}

fn forwards(pair: &Pair, to: &Framework) -> Mapping {
    Mapping {
        requirement: pair.iso27001.clone(),
        relationship: pair.relationship,
        counterpart: RequirementRef { framework: to.key.clone(), id: pair.soc2.clone() },
        rationale: pair.rationale.clone(),
    }
}

fn backwards(pair: &Pair, to: &Framework) -> Mapping {
    Mapping {
        requirement: pair.soc2.clone(),
        relationship: pair.relationship.inverted(),
        counterpart: RequirementRef { framework: to.key.clone(), id: pair.iso27001.clone() },
        rationale: pair.rationale.clone(),
    }
}

/// What nothing in the other framework answers.
pub(super) fn gaps(catalog: &Catalog, from: &Framework, to: &Framework) -> Gaps {
    let mapped = mappings(catalog, from, to);
    let answered = |id| mapped.iter().any(|one| one.requirement == id);
    let requirements = from.requirements.iter().filter(|one| !answered(one.id.clone())).cloned().collect();
    Gaps { framework: from.key.clone(), to: to.key.clone(), requirements }
}

/// Every point on which two frameworks are compared.
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
        let (there, back) = (mappings(catalog(), iso, soc2), mappings(catalog(), soc2, iso));
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
            let (mapped, gaps) = (mappings(catalog(), from, to), gaps(catalog(), from, to));
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
