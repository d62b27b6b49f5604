//! What a system is made of.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{patch, text::Prose};

/// What a system is made of: the five components of a SOC 2 system description (DC section 200, DC 3).
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject,
)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SystemComponents)]
#[graphql(name = "SystemComponents", input_name = "SystemComponentsInput")]
pub struct Components {
    /// Facilities, machines and networks.
    #[graphql(default)]
    #[schema(example = "Two regions of a cloud provider")]
    pub infrastructure: Prose,
    /// Programs and the platforms they run on.
    #[graphql(default)]
    #[schema(example = "The web application, its API and the job runner")]
    pub software: Prose,
    /// Who runs, uses and governs it.
    #[graphql(default)]
    #[schema(example = "Engineering on call, support, customers' administrators")]
    pub people: Prose,
    /// What is done by hand or by machine to run it.
    #[graphql(default)]
    #[schema(example = "Change management, incident response, backup")]
    pub procedures: Prose,
    /// What it takes in, keeps and gives out.
    #[graphql(default)]
    #[schema(example = "Customers' records, logs, metrics")]
    pub data: Prose,
}

/// A change of what a system is made of: what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SystemComponentsPatch)]
#[graphql(name = "SystemComponentsPatch")]
pub struct ComponentsPatch {
    /// Facilities, machines and networks.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub infrastructure: Option<Prose>,
    /// Programs and the platforms they run on.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub software: Option<Prose>,
    /// Who runs, uses and governs it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub people: Option<Prose>,
    /// What is done by hand or by machine to run it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub procedures: Option<Prose>,
    /// What it takes in, keeps and gives out.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub data: Option<Prose>,
}

impl ComponentsPatch {
    /// Applies the patch.
    pub(super) fn apply(self, components: &mut Components) {
        patch::set(&mut components.infrastructure, self.infrastructure);
        patch::set(&mut components.software, self.software);
        patch::set(&mut components.people, self.people);
        patch::set(&mut components.procedures, self.procedures);
        patch::set(&mut components.data, self.data);
    }
}
