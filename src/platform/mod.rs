//! The only floor that knows drivers and frameworks deeply: database, journal, access, identity, HTTP, GraphQL.

pub mod access;
pub mod db;
pub mod graphql;
pub mod http;
pub mod identity;
pub mod ids;
pub mod journal;
