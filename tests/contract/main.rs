//! What the product promises: its descriptions equal the code, every operation keeps the conventions, tenants are
//! apart, and both surfaces mean the same.

#[path = "../support/mod.rs"]
mod support;

mod openapi;
mod operations;
mod parity;
mod walls;
mod weights;
mod wording;

#[test]
fn the_committed_files_equal_the_generated_ones() {
    let files = [
        ("openapi", include_str!("../../openapi/openapi.json"), attestd::app::openapi().unwrap()),
        ("graphql", include_str!("../../schema/schema.graphql"), attestd::app::graphql_schema()),
        ("access", include_str!("../../schema/access-matrix.txt"), attestd::platform::access::matrix()),
        ("events", include_str!("../../schema/events.json"), attestd::app::events().unwrap()),
    ];
    for (command, committed, generated) in files {
        assert!(committed == generated, "stale: run `attestd {command}` and commit what it prints");
    }
}
