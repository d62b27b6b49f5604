//! Corrective actions: what is done so that a finding does not come back. The certification body accepts the plan, the
//! organisation implements it; how far the finding is follows from all of them.

mod model;
mod store;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::{CorrectiveAction, NewCorrectiveAction};
pub(super) use store::{dates, dates_of, of_findings as rows_of};
