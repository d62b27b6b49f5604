//! What every operation of the OpenAPI document has in common, added once.

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use crate::kernel::error::Code;

/// The document as served and committed.
///
/// # Errors
/// When the document cannot be written as JSON.
pub fn finish(document: &OpenApi) -> serde_json::Result<String> {
    let mut document = serde_json::to_value(document)?;
    document["info"] = json!({
        "title": "attestd",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "A multi-tenant compliance API: controls, certificates and the dates that follow from them.",
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    });
    document["servers"] = json!([{ "url": "/", "description": "This server" }]);
    document["components"]["securitySchemes"] = json!({
        "api_key": { "type": "http", "scheme": "bearer", "description": "A tenant's API key: atd_…" },
        "operator": { "type": "http", "scheme": "bearer", "description": "The operator's secret" },
    });
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete(path, method, operation);
        }
    }
    super::links::add(&mut document);
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn complete(path: &str, method: &str, operation: &mut Value) {
    if operation.get("security").is_none() {
        operation["security"] = json!([{ "api_key": [] }]);
    }
    let by_id = path.contains('{');
    let mut codes = vec![
        Code::InvalidParameter,
        Code::Unauthenticated,
        Code::Forbidden,
        Code::Internal,
        Code::Unavailable,
    ];
    if by_id {
        codes.push(Code::NotFound);
    }
    if matches!(method, "patch" | "delete") && !path.contains("api-keys") {
        header(
            operation,
            "If-Match",
            true,
            "^[!-~][ -~]*$",
            "The ETag that was read, or * to overwrite whatever is there.",
        );
        codes.extend([Code::StaleVersion, Code::PreconditionRequired]);
    }
    if method == "post" {
        header(
            operation,
            "Idempotency-Key",
            false,
            "^[!-~]+$",
            "Makes a repeated request harmless for 24 hours.",
        );
    }
    if method != "get" {
        codes.extend([Code::Conflict, Code::TooLarge, Code::UnsupportedMediaType]);
    }
    if method != "get" || takes_query(operation) {
        codes.push(Code::Unprocessable);
    }
    for code in codes {
        operation["responses"][code.status().to_string()] = problem(code);
    }
}

fn takes_query(operation: &Value) -> bool {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    parameters.into_iter().flatten().any(|one| one["in"] == "query")
}

fn header(operation: &mut Value, name: &str, required: bool, pattern: &str, description: &str) {
    let parameter = json!({
        "name": name, "in": "header", "required": required, "description": description,
        "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": pattern },
    });
    match operation["parameters"].as_array_mut() {
        Some(all) => all.push(parameter),
        None => operation["parameters"] = json!([parameter]),
    }
}

fn problem(code: Code) -> Value {
    let mut content = Map::new();
    content.insert(
        "application/problem+json".to_owned(),
        json!({ "schema": { "$ref": "#/components/schemas/Problem" } }),
    );
    json!({ "description": code.title(), "content": content })
}
