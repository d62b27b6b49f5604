//! The requirements of a tenant's own frameworks.

mod model;

pub mod service;

pub use model::{NewRequirement, OwnRequirement, RequirementBatch, RequirementPatch};
