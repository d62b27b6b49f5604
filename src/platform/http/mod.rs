//! The conventions of the REST surface, once, so that a room gets all of them for a few lines.

mod body;
mod cors;
mod edge;
mod health;
mod links;
pub mod openapi;
mod problem;
mod query;
mod reply;
mod request;
mod routes;

pub use body::{BODY_LIMIT, Body};
pub use cors::{cors, refuse_origin};
pub use edge::{Diagnostics, frame, idempotency};
pub use health::{healthz, readyz};
pub use problem::{Problem, respond};
pub use query::{ChildId, List, NoFilter, PathId, Query};
pub use reply::{Created, Fresh, Gone, Listed};
pub use request::Operator;
pub use routes::{Routes, fallback, only_get_and_post};

/// Mounts the pages that are not operations: one per error code.
pub fn pages(config: &mut actix_web::web::ServiceConfig) {
    config.service(problem::error_page);
}
