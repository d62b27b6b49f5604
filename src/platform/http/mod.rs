//! The conventions of the REST surface, once, so that a room gets all of them for a few lines.

mod body;
mod cors;
mod digest;
pub mod document;
mod download;
mod edge;
mod examples;
mod explorer;
mod health;
mod limits;
mod links;
mod metrics;
pub mod openapi;
pub mod picture;
mod problem;
mod query;
mod reply;
mod request;
mod routes;
mod schemas;
mod upload;

pub use body::{BODY_LIMIT, Body, Form};
pub use cors::{cors, refuse_origin};
pub use download::{Download, Part, Stored, Wanted};
pub use edge::{Diagnostics, frame, idempotency};
pub use health::{healthz, readyz};
pub use limits::{Limits, Quotas, limit};
pub use metrics::{Metrics, measure};
pub use problem::{Problem, respond};
pub use query::{ChildId, DryRun, List, NoFilter, PathId, Query};
pub use reply::{Answered, Created, Fresh, Gone, Issued, Listed, Public};
pub use request::Operator;
pub use routes::{Place, Routes, begins, fallback};
pub use upload::Upload;

/// Paths that are no operations of the OpenAPI document, and their methods.
pub const PAGES: [(&str, &[&str]); 6] = [
    ("/docs", &["GET"]),
    ("/docs/{part}", &["GET"]),
    ("/docs/errors/{code}", &["GET"]),
    ("/graphql", &["GET", "POST"]),
    ("/metrics", &["GET"]),
    ("/openapi.json", &["GET"]),
];

/// Mounts the pages that are about the service itself.
pub fn pages(config: &mut actix_web::web::ServiceConfig) {
    config
        .service(problem::error_page)
        .service(explorer::show_page)
        .service(explorer::show_part)
        .service(metrics::scrape);
}
