//! What the product promises: its descriptions equal the code, every operation keeps the conventions, tenants are
//! apart, and both surfaces mean the same.

#[path = "../support/mod.rs"]
mod support;

mod operations;
mod parity;
mod walls;

#[test]
fn the_committed_files_equal_the_generated_ones() {
    let files = [
        ("openapi", include_str!("../../openapi/openapi.json"), attestd::app::openapi().unwrap()),
        ("graphql", include_str!("../../schema/schema.graphql"), attestd::app::graphql_schema()),
        ("access", include_str!("../../schema/access-matrix.txt"), attestd::platform::access::matrix()),
    ];
    for (command, committed, generated) in files {
        assert!(committed == generated, "stale: run `attestd {command}` and commit what it prints");
    }
}

#[test]
fn every_operation_is_described() {
    let document: serde_json::Value = serde_json::from_str(&attestd::app::openapi().unwrap()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for field in ["summary", "description", "operationId", "tags", "security", "responses"] {
                assert!(!operation[field].is_null(), "{method} {path} has no {field}");
            }
            assert!(operation["responses"]["500"]["content"]["application/problem+json"].is_object());
        }
    }
}
