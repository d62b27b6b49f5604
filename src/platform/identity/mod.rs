//! Identity: tenants, their members and the credentials that act for them.

pub mod authenticate;
pub mod keys;
pub mod members;
pub mod tenants;
pub mod token;
