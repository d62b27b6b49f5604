//! Statements of applicability (ISO/IEC 27001:2022 6.1.3 d): for each Annex A control and each further necessary control
//! of the tenant, whether it is needed and why, and whether it is implemented. What is worked on is the draft; approving
//! it freezes a version with a digest, which nothing changes any more.

mod check;
mod entries;
mod entry;
mod model;
mod rules;
mod sheet;
mod store;
mod versions;

pub mod graphql;
pub mod rest;
pub mod service;

pub use check::{Check, Severity};
pub use entries::{add as add_entry, batch as batch_entries, get as entry, update as update_entry};
pub use entry::{Entry, EntryBatch, EntryKey, EntryPatch, EntryView, NewEntry};
pub use model::{NewStatementOfApplicability, StatementOfApplicability};
pub use store::approved_statement;
pub use versions::{
    NO_VERSION, NewVersion, VersionHead, VersionView, applicability_versions, approve, approved_version,
    approved_versions, versions_of,
};
