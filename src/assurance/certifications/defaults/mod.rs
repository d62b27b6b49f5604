//! The tenant's default settings for certificates: how dates are counted, and when they are reminded of, where a certificate
//! has no settings of its own. One per tenant; every tenant starts with the usual way.

mod model;
mod service;
mod store;

pub mod graphql;
pub mod rest;

pub use model::{CertificationSettings, CertificationSettingsPatch, Defaults};
