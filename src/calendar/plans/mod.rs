//! The date planner: what would be if some events and wishes came to be, for certificates and attestations together.
//! Nothing of it is written.

mod model;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::{NewPlan, SimulatedPlan};
