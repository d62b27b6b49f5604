//! The release log of a report: who got it, when, and under which agreement. A SOC 2 report is for parties who know how
//! to read it (D-16), so nothing leaves without a line here. Lines are voided, never removed.

mod model;
mod store;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::AttestationRelease;
pub use store::standing;
