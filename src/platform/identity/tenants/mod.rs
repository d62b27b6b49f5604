//! Tenants: one organisation each. The operator creates them; their owner names them.

mod model;
mod store;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::{Founded, NewTenant, Tenant, TenantPatch, ZoneName, check_zone};
pub(in crate::platform) use store::{add_locator, here, locate, locate_any, remove_locator, tenants};
