//! SOC 2 attestations: engagements of type I and type II, from planning to the issued report and the letters after it.
//!
//! Facts are dated events; how far an engagement has come, what its report covers and what is due are computed from them
//! for a moment and never stored. The service records what management and the practitioner decided; it forms no
//! opinion. A report is no certificate, and nothing here calls it one (D-19).

mod coverage;
mod description;
mod engine;
mod facts;
mod fieldwork;
mod input;
mod log;
mod many;
mod model;
mod planning;
mod recorded;
mod rules;
mod scope;
mod store;
#[cfg(test)]
mod vectors;

pub mod graphql;
pub mod releases;
pub mod rest;
pub mod service;
pub mod testing;

pub use coverage::{ReportCoverage, ReportCoverageState, Reported, continuity};
pub use description::{Subservice, SubserviceMethod, SubserviceReport};
pub use engine::{Asked, AttestationState, ReportCurrency, SeenTo};
pub use fieldwork::{follow, redate};
pub use log::{AttestationEvent, AttestationEventType, NewAttestationEvent};
pub use model::{Attestation, Dossier, ScopeName};
pub use planning::{EngagementPlanner, EngagementWish, FollowingReport, PlannedEngagement};
pub use rules::ENGAGEMENT;
pub use scope::{TrustCategory, Why, all as all_criteria};
