//! Certification bodies: who issues certificates, and which accreditations they held when. One loss of accreditation
//! reaches every certificate that the body issued, so it is kept here, once.

mod model;
mod store;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::{Accreditation, BodyView, CertificationBody};
pub use store::{certification_bodies, turned};
