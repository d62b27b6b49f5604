//! What an engagement addresses: categories, and the criteria that follow from them (D-01 to D-03). Pure.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    bounded_text,
    catalog::{Requirement, RequirementId, catalog},
    kernel::error::Faults,
    text_enum,
};

text_enum! {
    /// A category of the Trust Services Criteria. The common criteria go with every one of them.
    TrustCategory {
        /// The common criteria alone.
        Security = "security",
        /// A1.1 to A1.3 beside them.
        Availability = "availability",
        /// C1.1 and C1.2 beside them.
        Confidentiality = "confidentiality",
        /// PI1.1 to PI1.5 beside them.
        ProcessingIntegrity = "processing_integrity",
        /// P1.1 to P8.1 beside them.
        Privacy = "privacy",
    }
}

bounded_text! {
    /// Why something is so.
    Why: 1..=2000, like "The system takes no payments, so nothing is processed on behalf of others.";
}

/// The framework whose criteria these are.
pub const SOC2: &str = "soc2-2017";
/// Criteria that there are.
pub const MAX_CRITERIA: usize = 61;

/// A criterion that was judged not relevant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "NotRelevantInput")]
pub struct NotRelevant {
    /// The criterion.
    #[schema(example = "CC6.4")]
    pub criterion: RequirementId,
    /// Why, as the description says it (DC 8).
    pub reason: Why,
}

/// What an engagement addresses.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject,
)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "AttestationScopeInput")]
#[schema(example = json!({ "categories": ["security", "availability"], "security_off_reason": null, "criteria": null }))]
pub struct AttestationScope {
    /// The categories.
    #[schema(max_items = 5)]
    pub categories: Vec<TrustCategory>,
    /// Why security is none of them (D-02).
    #[serde(default)]
    pub security_off_reason: Option<Why>,
    /// The criteria, where the report names others than the categories make (D-01).
    #[serde(default)]
    #[schema(max_items = 61)]
    pub criteria: Option<Vec<RequirementId>>,
    /// Criteria that were judged not relevant.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 61)]
    pub not_relevant: Vec<NotRelevant>,
}

/// Every criterion, in the framework's order.
pub fn all() -> &'static [Requirement] {
    catalog().framework(SOC2).map_or(&[], |soc2| &soc2.requirements)
}

/// Whether a criterion is a common one, CC1.1 to CC9.2.
pub fn is_common(criterion: &Requirement) -> bool {
    criterion.group.as_ref().is_some_and(|group| group.as_str() == TrustCategory::Security.as_str())
}

impl AttestationScope {
    /// The criteria in scope, in the framework's order: the common ones and all of each category (D-01), or those that
    /// are named.
    pub fn in_scope(&self) -> Vec<&'static Requirement> {
        let chosen = |one: &Requirement| match &self.criteria {
            Some(named) => named.contains(&one.id),
            None => is_common(one) || self.categories.iter().any(|category| of(one, *category)),
        };
        all().iter().filter(|one| chosen(one)).collect()
    }

    /// The criteria in scope that have to be met.
    pub fn relevant(&self) -> impl Iterator<Item = &'static Requirement> + '_ {
        self.in_scope().into_iter().filter(|one| self.waived(&one.id).is_none())
    }

    /// Why a criterion is not relevant; none where it is.
    pub fn waived(&self, criterion: &RequirementId) -> Option<&Why> {
        self.not_relevant.iter().find(|one| one.criterion == *criterion).map(|one| &one.reason)
    }

    /// The criteria that D-01 demands.
    fn demanded(&self) -> Vec<&'static Requirement> {
        Self { criteria: None, ..self.clone() }.in_scope()
    }

    /// The criteria that D-01 demands and these lack.
    pub fn lacking(&self) -> Vec<&'static Requirement> {
        without(self.demanded(), &self.in_scope())
    }

    /// The criteria that are named, and of no category that is addressed.
    pub fn foreign(&self) -> Vec<&'static Requirement> {
        without(self.in_scope(), &self.demanded())
    }

    /// Checks what can be told of it alone.
    pub fn validate(&self, at: &str, faults: &mut Faults) {
        faults.once_each(&format!("{at}/categories"), &self.categories, TrustCategory::ALL.len());
        let known = |id: &RequirementId| all().iter().any(|one| one.id == *id);
        let unknown = "is no criterion; GET /v1/frameworks/soc2-2017/requirements lists them";
        if let Some(named) = &self.criteria {
            faults.once_each(&format!("{at}/criteria"), named, MAX_CRITERIA);
            for (n, id) in named.iter().take(MAX_CRITERIA).enumerate() {
                faults.when(!known(id), format!("{at}/criteria/{n}"), unknown);
            }
        }
        let waived: Vec<_> = self.not_relevant.iter().map(|one| &one.criterion).collect();
        faults.once_each(&format!("{at}/not_relevant"), &waived, MAX_CRITERIA);
        let in_scope = self.in_scope();
        for (n, id) in waived.into_iter().take(MAX_CRITERIA).enumerate() {
            let there = in_scope.iter().any(|one| one.id == *id);
            let detail = if known(id) { "is not in scope" } else { unknown };
            faults.when(!there, format!("{at}/not_relevant/{n}/criterion"), detail);
        }
    }
}

fn without(all: Vec<&'static Requirement>, these: &[&'static Requirement]) -> Vec<&'static Requirement> {
    all.into_iter().filter(|one| !these.iter().any(|other| other.id == one.id)).collect()
}

fn of(criterion: &Requirement, category: TrustCategory) -> bool {
    criterion.group.as_ref().is_some_and(|group| group.as_str() == category.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_add_to_the_common_criteria() {
        let count = |categories: &[TrustCategory]| {
            let scope = AttestationScope { categories: categories.to_vec(), ..AttestationScope::default() };
            scope.in_scope().len()
        };
        use TrustCategory::{Availability, Confidentiality, Privacy, ProcessingIntegrity, Security};
        assert_eq!(count(&[Security]), 33);
        assert_eq!(count(&[Availability]), 36, "the common criteria go with every category");
        assert_eq!(count(&[Security, Confidentiality]), 35);
        assert_eq!(count(&[Security, ProcessingIntegrity]), 38);
        assert_eq!(count(&[Security, Privacy]), 51);
        assert_eq!(count(TrustCategory::ALL), MAX_CRITERIA);
    }

    #[test]
    fn what_is_named_is_compared_with_what_is_demanded() {
        let named = ["A1.1", "A1.2", "A1.3"].map(|id| id.parse().unwrap()).to_vec();
        let scope = AttestationScope {
            categories: vec![TrustCategory::Availability],
            criteria: Some(named),
            ..AttestationScope::default()
        };
        assert_eq!((scope.in_scope().len(), scope.lacking().len()), (3, 33));
        assert!(scope.foreign().is_empty());
        let scope = AttestationScope { categories: vec![TrustCategory::Privacy], ..scope };
        assert_eq!(scope.foreign().len(), 3, "availability is not addressed");
    }
}
