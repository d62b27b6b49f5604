//! OAuth 2.0 for machines: the client credentials grant, the published keys, and the metadata that leads to both.

mod grant;
mod metadata;

pub mod rest;
pub mod service;
