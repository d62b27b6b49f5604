//! Controls: what the organisation does, which requirements each satisfies, and which requirements nothing
//! satisfies yet.

mod engine;
mod model;
mod proposals;
mod store;

pub mod graphql;
pub mod rest;
pub mod service;
pub mod testing;

pub use engine::{Coverage, CoverageState, RequirementCoverage};
pub use model::{Control, ControlFilter, ControlLine, ControlPatch, ControlSort, ControlStatus, NewControl};
pub use store::{Answer, answering, controls, freshness, naming};
