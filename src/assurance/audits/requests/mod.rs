//! Evidence requests: the auditor's list of what is to be shown for an audit. Somebody is asked, provides evidence, and
//! the auditor accepts it or gives it back.

mod life;
mod model;
mod store;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::{EvidenceRequest, NewEvidenceRequest};
pub(super) use store::of_audits;
