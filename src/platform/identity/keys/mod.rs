//! API keys: issued once, stored as hashes, narrowed by scopes, rotated with overlap, revoked at once.

mod model;
mod store;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::{ApiKey, IssuedKey, NewApiKey};
pub(in crate::platform) use store::{credential, touch};
