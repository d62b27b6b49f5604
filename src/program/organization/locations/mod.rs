//! Locations: the places from which an organisation works, and where its systems stand.

mod model;
mod service;
mod store;

pub mod graphql;
pub mod rest;

pub use model::{Location, NewLocation};
pub use store::locations;
