//! The organisation's profile: what it is, where, and with which data. One per tenant, there from the first read on.

mod model;
mod service;
mod store;

pub mod graphql;
pub mod rest;

pub use model::{Organization, OrganizationPatch};
pub use store::organizations;
