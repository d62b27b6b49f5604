//! What outsiders confirm: audits and their findings, certificates of management systems, and reports on controls.

pub mod attestations;
pub mod audits;
pub mod certifications;
pub mod findings;
pub mod readiness;
