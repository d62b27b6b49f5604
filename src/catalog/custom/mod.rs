//! A tenant's own frameworks, their requirements, and mappings to and between frameworks. Their keys begin with `x-`,
//! which no built-in framework's ever does.

mod model;
pub(super) mod store;

pub mod graphql;
pub mod rest;
pub mod service;
pub mod uses;

pub use model::{
    FrameworkPatch, NewFramework, NewMapping, NewRequirement, OwnFramework, OwnMapping, OwnRequirement,
    RequirementPatch,
};
