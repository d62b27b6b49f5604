//! Advice on frameworks: the catalog weighs, this room fills in what the question leaves out, from the organisation's
//! profile and its open customer requirements.

mod service;

pub mod graphql;
pub mod rest;
