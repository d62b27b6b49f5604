//! Tests of controls: what was tried, on which sample, by whom, with which result; and when a control is to be performed
//! and tested again.

mod model;
mod schedule;
mod store;

pub mod graphql;
pub mod rest;
pub mod service;

pub use graphql::TestsOf;
pub use model::{ControlTest, ControlTestPatch, ControlTestSort, NewControlTest};
pub use schedule::{Operated, reschedule};
