//! The year view: the timelines of all certificates and attestations, for the days of one year.

mod drawing;
mod model;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::YearView;
