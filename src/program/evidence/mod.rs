//! Evidence: what shows that a control works. A file, a link, a statement or a machine's record, about a period of
//! days, reviewed by another member than the one who submits it. What was once sent stays: new content is a new
//! version. How fresh it is follows from its own dates and from the controls that it is linked to.

mod content;
mod engine;
mod model;
mod operation;
mod period;
mod reports;
mod review;
mod store;
mod sweep;
mod transfer;
mod versions;

pub mod graphql;
pub mod rest;
pub mod service;

pub use content::{EvidenceContent, EvidenceFile, EvidenceKind, NewContent};
pub use engine::{
    CoveringEvidence, DaySpan, EvidenceCoverage, Freshness, FreshnessState, coverage, gaps, union,
};
pub use model::{Evidence, EvidenceFilter, EvidencePatch, EvidenceSort, EvidenceView, NewEvidence};
pub use period::Period;
pub use review::{EvidenceVersion, Review, ReviewState, Verification, VerificationOutcome};
pub use service::{follow, restrict};
pub use store::{Accepted, accepted};
pub use sweep::sweep;
pub use transfer::put_file;
