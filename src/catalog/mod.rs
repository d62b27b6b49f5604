//! Frameworks: their requirements, how they map onto each other and how they compare.
//!
//! Held in memory and the same for every tenant. Ids and titles of our own only: the text of a standard or of the
//! criteria belongs to its publisher and is never shipped.

mod data;
mod engine;
mod model;

pub mod graphql;
pub mod rest;
pub mod service;

pub use data::{Catalog, catalog};
pub use model::{Framework, FrameworkKey, Requirement, RequirementId, RequirementRef};
