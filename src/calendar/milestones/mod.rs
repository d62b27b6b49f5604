//! Milestones: everything that is due in the tenant, on one list. The rows come from the diary, which the rooms with
//! dates write; people add an owner and a planned day here.

mod model;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::MilestonePatch;
