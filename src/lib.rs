//! attestd: a multi-tenant compliance API.
//!
//! Floors stand on each other; a room uses only rooms on lower floors.
//!
//! - [`kernel`]: ids, instants and dates, pages, patches, error codes, bounded text. Pure.
//! - [`platform`]: database, journal, diary, access, identity, files, HTTP, GraphQL.
//! - [`catalog`]: frameworks, their requirements, and how they compare.
//! - [`program`]: the organisation, what lies in scope and what customers ask for; controls, their tests and their
//!   evidence; risks; statements of applicability; the management system's other records; advice.
//! - [`assurance`]: certification bodies, certificates and their three years; audits, findings and what is done about
//!   them; SOC 2 attestations.
//! - [`calendar`]: what is due, as milestones and timelines; plans of dates.
//! - [`app`]: assembles the rooms into a service.
//! - [`demo`]: two believable organisations to look around in.
//! - [`config`]: every setting of a service.

pub mod app;
pub mod assurance;
pub mod calendar;
pub mod catalog;
pub mod config;
pub mod demo;
pub mod kernel;
pub mod platform;
pub mod program;
