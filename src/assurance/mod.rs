//! What outsiders confirm: audits and their findings, certificates of management systems.

pub mod audits;
pub mod certifications;
pub mod findings;
