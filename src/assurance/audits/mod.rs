//! Audits: the organisation's own and those of others, from the plan to the conclusion. A completed audit is the fact
//! that the engine of a certificate or of an engagement reads, and that a programme of audits tells; it is never deleted,
//! and corrected by voiding it. What it found lies in findings.

mod change;
mod engine;
mod fact;
mod filter;
mod life;
mod linked;
mod model;
mod store;

pub mod graphql;
pub mod requests;
pub mod rest;
pub mod service;

pub use crate::assurance::findings::AuditKind;
pub use engine::AuditTopic;
pub use fact::{AuditFact, Fieldwork, completed_of, fieldwork_for, fieldwork_of};
pub use life::{Acknowledgement, AuditCompletion, AuditConclusion, AuditStatus};
pub use linked::linked;
pub use model::{Audit, AuditView, NewAudit, TeamMember, TeamRole};
pub use store::{completed_internal, internal_days, of_the_system};
