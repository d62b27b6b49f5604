//! Identity: tenants, their members and the credentials that act for them.

pub mod authenticate;
pub mod clients;
pub mod credentials;
pub mod engagements;
mod homes;
pub mod invitations;
pub mod keys;
pub mod members;
pub mod oauth;
pub mod providers;
pub mod signing;
pub mod tenants;
pub mod token;

pub use homes::Homes;
