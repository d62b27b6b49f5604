//! What the dates of findings take from audits and certificates.

mod store;

pub use store::certifications_of;
pub(super) use store::{basis, is_audit, line_of};
