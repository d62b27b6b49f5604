//! Findings: what an audit, or the organisation itself, found not to be as it should, and what is done about it:
//! correction, cause, corrective action, verification and the check of its effect. When it is due follows by rule from
//! its grade and its audit; a date that the certification body stated wins.

mod basis;
mod change;
mod engine;
mod facts;
mod judged;
mod model;
mod rules;
mod store;

pub mod actions;
pub mod graphql;
pub mod rest;
pub mod service;

pub use basis::certifications_of;
pub use change::FindingPatch;
pub use engine::{AuditKind, Deadline, MAJOR_DAYS, PLAN_DAYS};
pub use facts::{FindingFact, Raised};
pub use judged::{FindingCheck, FindingReopening, FindingVerification, NewCheck, NewVerification};
pub use model::{Finding, FindingGrade, FindingState, FindingView, NewFinding};
pub use service::{exceptions_of, follow, linked, of_audits, tally};
