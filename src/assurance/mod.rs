//! What outsiders confirm: certificates of management systems.

pub mod certifications;
