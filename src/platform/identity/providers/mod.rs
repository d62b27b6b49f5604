//! Identity providers: the tenant's own OpenID providers. A token names its issuer and audience, and these lead to the
//! tenant that has proved them to be its own; the provider's published keys prove the token, and its claims say who calls
//! and with which role.

mod admit;
mod claims;
mod discovery;
mod keys;
mod model;
mod store;
mod token;
mod trial;
mod trust;
mod visitor;

pub mod graphql;
pub mod rest;
pub mod service;

pub use admit::{Visitor, external_token, visitor};
pub use model::IdentityProvider;
pub(in crate::platform) use store::{forget_member, link};
pub use trust::Trust;
pub use visitor::VisitorCtx;
