//! A tenant's own frameworks, their requirements, and mappings to and between frameworks. Their keys begin with `x-`,
//! which no built-in framework's ever does.

mod model;
pub(super) mod store;

pub mod graphql;
pub mod mappings;
pub mod requirements;
pub mod rest;
pub mod service;
pub mod uses;

pub use mappings::{MappingBatch, MappingPatch, NewMapping, OwnMapping};
pub use model::{FrameworkBatch, FrameworkPatch, NewFramework, OwnFramework};
pub use requirements::{NewRequirement, OwnRequirement, RequirementBatch, RequirementPatch};
