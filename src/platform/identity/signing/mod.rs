//! Access tokens and the keys that sign them: Ed25519, for the whole service, rotated with overlap. Every process
//! reads the same table; a key is published before it signs, and until the last token that it signed is over.

mod model;
mod service;
mod store;
mod token;

pub(in crate::platform) use model::JWKS_MAX_AGE;
pub use model::{Jwk, Jwks, MAX_LIFETIME, SigningKey};
pub use service::{Options, Tokens, rotate};
pub(in crate::platform) use token::{Claims, issuer};
