//! Invitations: a person is invited by name and role, signs in at one of the tenant's identity providers, and becomes a
//! member by a token that is shown once and works once.

mod model;
mod store;
mod token;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::Invitation;
pub(in crate::platform) use store::forget_member;
