//! The records of an information security management system (ISO/IEC 27001:2022 clauses 4 to 10) that are not rooms of
//! their own: context, interested parties and scope; policies and documents; risk assessments and treatment plans;
//! objectives with their measurements; competence; audit programmes, management reviews and improvements. What is approved
//! has editions. One mechanism for all: a kind says its fields and its rules, and has its life, its dates and its place in the tables
//! from here.

mod assessments;
mod competence;
mod context;
mod documents;
mod editions;
mod improvements;
mod numbered;
mod objectives;
mod parties;
mod parts;
mod plans;
mod policies;
mod programmes;
mod record;
mod reviews;
mod rules;
mod scopes;
mod shape;
mod store;
mod successive;
mod tally;
mod texts;

pub mod graphql;
pub mod rest;

pub use assessments::{RiskAssessment, service::complete as complete_assessment};
pub use competence::CompetenceRecord;
pub use context::{ClimateDecision, ContextIssue};
pub use documents::Document;
pub use editions::{NewEditionApproval, approve, discard, revise};
pub use improvements::Improvement;
pub use objectives::{Objective, ObjectiveMeasurement, service::record as record_measurement};
pub use parties::InterestedParty;
pub use plans::{Taken, Treatment, TreatmentPlan, service::approve as approve_as_risk_owner, treatment};
pub use policies::Policy;
pub use programmes::{AuditProgramme, held};
pub use reviews::ManagementReview;
pub use scopes::ScopeStatement;
pub use tally::{ObjectiveTally, Tally, review_days, tally};
