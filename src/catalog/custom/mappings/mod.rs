//! Mappings of a tenant's own, to and between frameworks. Each is stored once and reads from both sides.

mod model;

pub mod service;

pub use model::{MappingBatch, MappingPatch, NewMapping, OwnMapping};
