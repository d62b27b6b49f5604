//! The embedded reference data, read once.

use std::sync::LazyLock;

use serde::{Deserialize, de::DeserializeOwned};

use super::model::{
    Framework, Group, Outcome, Relationship, Requirement, RequirementId, RequirementKind, RequirementRef,
};
use super::topics::Tagged;
use crate::kernel::text::{Prose, Title};

/// The key of ISO/IEC 27001:2022.
pub const ISO: &str = "iso27001-2022";
/// The key of the Trust Services Criteria of 2017 (points of focus of 2022).
pub const SOC2: &str = "soc2-2017";

/// A pair of the crosswalk, read from the ISO side.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Pair {
    pub iso27001: RequirementId,
    pub soc2: RequirementId,
    pub relationship: Relationship,
    pub rationale: Title,
}

/// A row of the comparison, as the source has it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Compared {
    pub dimension: Title,
    pub iso27001: Title,
    pub soc2: Title,
}

/// Everything that is the same for every tenant.
pub struct Catalog {
    pub(super) frameworks: Vec<Framework>,
    pub(super) crosswalk: Vec<Pair>,
    pub(super) comparison: Vec<Compared>,
}

impl Catalog {
    /// A framework by its key.
    pub fn framework(&self, key: &str) -> Option<&Framework> {
        self.frameworks.iter().find(|one| one.key.as_str() == key)
    }

    /// A requirement of a framework.
    pub fn requirement(&self, at: &RequirementRef) -> Option<&Requirement> {
        self.framework(at.framework.as_str())?.requirements.iter().find(|one| one.id == at.id)
    }
}

/// The catalog.
pub fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| read().expect("a test reads the embedded data"));
    &CATALOG
}

#[derive(Deserialize)]
struct Clause {
    id: RequirementId,
    title: Title,
    documented_information_required: YesNo,
}

#[derive(Deserialize)]
struct AnnexControl {
    id: RequirementId,
    theme: Title,
    title: Title,
    new_in_2022: YesNo,
}

#[derive(Deserialize)]
struct Criterion {
    id: RequirementId,
    category: Title,
    series: Title,
    title: Title,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum YesNo {
    Yes,
    No,
}

type Outcomes<T> = Result<T, String>;

fn read() -> Outcomes<Catalog> {
    let mut catalog = untagged()?;
    for row in rows::<Tagged>(include_str!("reference/topics.csv"))? {
        let framework = catalog.frameworks.iter_mut().find(|one| one.key == row.framework);
        let tagged = framework.and_then(|one| one.requirements.iter_mut().find(|one| one.id == row.id));
        let tagged = tagged.ok_or_else(|| format!("{} has no {}", row.framework, row.id))?;
        (tagged.topics, tagged.aspects) = (row.topics()?, row.aspects()?);
    }
    Ok(catalog)
}

fn untagged() -> Outcomes<Catalog> {
    Ok(Catalog {
        frameworks: vec![
            framework(ISO, "ISO/IEC 27001:2022", Outcome::Certification, iso()?)?,
            framework(SOC2, "SOC 2 (Trust Services Criteria)", Outcome::Attestation, soc2()?)?,
        ],
        crosswalk: rows(include_str!("reference/crosswalk-iso27001-soc2.csv"))?,
        comparison: rows(include_str!("reference/comparison-iso27001-soc2.csv"))?,
    })
}

fn rows<T: DeserializeOwned>(text: &str) -> Outcomes<Vec<T>> {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<_, _>>()
        .map_err(|e| e.to_string())
}

fn framework(key: &str, name: &str, outcome: Outcome, requirements: Vec<Requirement>) -> Outcomes<Framework> {
    let groups = groups(&requirements);
    Ok(Framework {
        key: key.parse()?,
        name: name.parse()?,
        description: Prose::default(),
        outcome,
        custom: false,
        external_refs: Vec::new(),
        version: 0,
        groups,
        requirements,
    })
}

/// How many requirements each group has, in the order of its first one.
pub(super) fn groups(requirements: &[Requirement]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for one in requirements {
        match groups.iter_mut().find(|known| known.kind == one.kind && known.group == one.group) {
            Some(known) => known.count += 1,
            None => groups.push(Group { kind: one.kind, group: one.group.clone(), count: 1 }),
        }
    }
    groups
}

fn iso() -> Outcomes<Vec<Requirement>> {
    let clauses: Vec<Clause> = rows(include_str!("reference/iso27001-2022-clauses.csv"))?;
    let annex: Vec<AnnexControl> = rows(include_str!("reference/iso27001-2022-annex-a.csv"))?;
    let clauses = clauses.into_iter().map(|one| {
        let documented_information_required = Some(one.documented_information_required == YesNo::Yes);
        let plain = plain(ISO, RequirementKind::Clause, one.id, one.title)?;
        Ok(Requirement { documented_information_required, ..plain })
    });
    let annex = annex.into_iter().map(|one| {
        let new_in_2022 = Some(one.new_in_2022 == YesNo::Yes);
        let plain = plain(ISO, RequirementKind::AnnexA, one.id, one.title)?;
        Ok(Requirement { group: Some(one.theme), new_in_2022, ..plain })
    });
    clauses.chain(annex).collect()
}

fn soc2() -> Outcomes<Vec<Requirement>> {
    let criteria: Vec<Criterion> = rows(include_str!("reference/soc2-trust-services-criteria.csv"))?;
    let criteria = criteria.into_iter().map(|one| {
        let plain = plain(SOC2, RequirementKind::Criterion, one.id, one.title)?;
        Ok(Requirement { group: Some(one.category), series: Some(one.series), ..plain })
    });
    criteria.collect()
}

fn plain(framework: &str, kind: RequirementKind, id: RequirementId, title: Title) -> Outcomes<Requirement> {
    Ok(Requirement {
        framework: framework.parse()?,
        id,
        kind,
        title,
        description: Prose::default(),
        group: None,
        series: None,
        documented_information_required: None,
        new_in_2022: None,
        topics: Vec::new(),
        aspects: Vec::new(),
        external_refs: Vec::new(),
        version: 0,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::catalog::Topic;

    fn count(key: &str, kind: RequirementKind, group: Option<&str>) -> i64 {
        let framework = catalog().framework(key).unwrap();
        let found = framework
            .groups
            .iter()
            .find(|one| one.kind == kind && one.group.as_ref().map(Title::as_str) == group);
        found.map_or(0, |one| one.count)
    }

    #[test]
    fn every_requirement_is_there_once() {
        assert_eq!(count(ISO, RequirementKind::Clause, None), 30);
        let themes = [("Organizational", 37), ("People", 8), ("Physical", 14), ("Technological", 34)];
        for (theme, expected) in themes {
            assert_eq!(count(ISO, RequirementKind::AnnexA, Some(theme)), expected, "{theme}");
        }
        let categories = [
            ("security", 33),
            ("availability", 3),
            ("confidentiality", 2),
            ("processing_integrity", 5),
            ("privacy", 18),
        ];
        for (category, expected) in categories {
            assert_eq!(count(SOC2, RequirementKind::Criterion, Some(category)), expected, "{category}");
        }
        for framework in &catalog().frameworks {
            let ids: HashSet<_> = framework.requirements.iter().map(|one| &one.id).collect();
            assert_eq!(ids.len(), framework.requirements.len());
        }
        let iso = &catalog().framework(ISO).unwrap().requirements;
        assert_eq!(iso.iter().filter(|one| one.new_in_2022 == Some(true)).count(), 11);
    }

    #[test]
    fn every_requirement_is_about_something() {
        for one in catalog().frameworks.iter().flat_map(|framework| &framework.requirements) {
            let tagged = (1..=3).contains(&one.topics.len()) && (1..=3).contains(&one.aspects.len());
            assert!(tagged, "{} {}", one.framework, one.id);
        }
        let topics =
            catalog().frameworks.iter().flat_map(|one| &one.requirements).flat_map(|one| &one.topics);
        assert_eq!(topics.collect::<HashSet<_>>().len(), Topic::ALL.len(), "each topic is used");
    }

    #[test]
    fn the_crosswalk_names_what_exists_and_each_pair_once() {
        let crosswalk = &catalog().crosswalk;
        assert_eq!((crosswalk.len(), catalog().comparison.len()), (197, 36));
        assert_eq!(crosswalk.iter().filter(|pair| pair.iso27001.as_str().starts_with("A.")).count(), 172);
        let exists = |key: &str, id: &RequirementId| {
            catalog().framework(key).unwrap().requirements.iter().any(|one| one.id == *id)
        };
        let pairs: HashSet<_> = crosswalk.iter().map(|pair| (&pair.iso27001, &pair.soc2)).collect();
        assert_eq!(pairs.len(), crosswalk.len());
        assert!(crosswalk.iter().all(|pair| exists(ISO, &pair.iso27001) && exists(SOC2, &pair.soc2)));
    }
}
