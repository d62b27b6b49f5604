//! Readiness: what is missing before a stage 2, surveillance or recertification audit, or a SOC 2 report, and where to
//! see to it.

mod engine;
mod model;
mod rules;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::Readiness;
