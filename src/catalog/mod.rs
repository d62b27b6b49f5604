//! Frameworks: their requirements, how they map onto each other and how they compare.
//!
//! The built-in ones are held in memory and the same for every tenant; a tenant adds its own. Ids and titles of our own only: the text of a standard or of the
//! criteria belongs to its publisher and is never shipped.

mod data;
mod engine;
mod library;
mod model;
mod topics;

pub mod advice;
pub mod custom;
pub mod graphql;
pub mod rest;
pub mod service;

pub use custom::uses;
pub use data::{Catalog, catalog};
pub use library::framework;
pub use model::{
    Framework, FrameworkKey, Mapping, Relationship, Requirement, RequirementId, RequirementKind,
    RequirementRef,
};
pub use service::outward;
pub use topics::{Aspect, MAX_TOPICS, Topic, validate as validate_tags};
