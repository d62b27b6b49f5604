//! attestd: a multi-tenant compliance API.
//!
//! Floors stand on each other; a room uses only rooms on lower floors.
//!
//! - [`kernel`]: ids, instants and dates, pages, patches, error codes, bounded text. Pure.
//! - [`platform`]: database, journal, access, identity, HTTP, GraphQL.
//! - [`app`]: assembles the rooms into a service.

pub mod app;
pub mod kernel;
pub mod platform;
