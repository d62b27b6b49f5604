//! Tests of controls: what was tried, on which sample, by whom, with which result, and when it is due again.

mod model;
mod schedule;
mod store;

pub mod graphql;
pub mod rest;
pub mod service;

pub use graphql::TestsOf;
pub use model::{ControlTest, ControlTestPatch, ControlTestSort, NewControlTest};
pub use schedule::follow;
