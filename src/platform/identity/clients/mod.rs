//! OAuth clients: machine accounts that exchange an id and a secret for short-lived access tokens.

mod model;
mod store;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::{IssuedClient, NewOauthClient, OauthClient};
pub(in crate::platform) use store::{credential, touch};
