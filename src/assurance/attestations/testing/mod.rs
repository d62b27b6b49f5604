//! The practitioner's tests of controls, as the report lists them: what was tried for which criterion, what was found,
//! and, apart from it, what management says to that. An exception is the result of a test and no opinion (D-08).

mod model;
mod store;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::{AttestationTest, AttestationTestResult};
pub use store::of_attestation;
