//! What customers ask for: which framework, by when, and what a contract promises beside it.

mod engine;
mod model;
mod store;
mod terms;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::{CustomerRequirement, NewCustomerRequirement};
pub use store::customer_requirements;
pub use terms::FrameworkAsk;
