//! What every operation of the OpenAPI document has in common, added once: security, problems, headers, bounds and
//! examples.

use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

use super::{
    Problem, edge,
    examples::{Shown, example},
    limits, links,
};
use crate::{
    kernel::error::{Code, Error},
    platform::access::scope_names,
};

/// The mark of a POST without an effect: it is no write, takes no `Idempotency-Key`, and nothing keeps its answer.
pub const EFFECT_FREE: &str = "x-effect-free";

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
    document["components"]["securitySchemes"] = schemes();
    tidy(&mut document);
    let schemas = document["components"]["schemas"].clone();
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete(path, method, operation);
            illustrate(operation, &schemas);
        }
    }
    links::add(&mut document);
    super::schemas::tidy(&mut document);
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn schemes() -> Value {
    let scopes: serde_json::Map<_, _> =
        scope_names().into_iter().map(|name| (name.to_owned(), json!(meaning(name)))).collect();
    json!({
        "api_key": { "type": "http", "scheme": "bearer", "description": "A tenant's API key: atd_…" },
        "identity_provider": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "A token of one of the tenant's own identity providers, held to RFC8725",
        },
        "oauth2": {
            "type": "oauth2",
            "description": "An access token of an OAuth client: a JWT of fifteen minutes unless set otherwise, checked \
                            as RFC8725 asks.",
            "flows": { "clientCredentials": { "tokenUrl": edge::TOKENS, "scopes": scopes } },
        },
        "operator": { "type": "http", "scheme": "bearer", "description": "The operator's secret" },
    })
}

/// `api-keys:write` is "Write API keys", near enough.
fn meaning(scope: &str) -> String {
    let (what, how) = scope.split_once(':').unwrap_or((scope, "use"));
    let verb = if how == "read" { "Read" } else { "Change" };
    format!("{verb} {}", what.replace('-', " "))
}

/// Bounds dates, before examples are made of them. A patch's field has no default:
/// absent, it leaves what is there.
fn tidy(value: &mut Value) {
    if let Value::Object(schema) = value {
        let known = |schema: &serde_json::Map<String, Value>| {
            schema.get("format").and_then(Value::as_str).map(str::to_owned)
        };
        let bound = match known(schema).as_deref() {
            Some("date") => Some(10),
            Some("date-time") => Some(40),
            _ => None,
        };
        if let Some(most) = bound {
            schema.entry("maxLength").or_insert(json!(most));
        }
        if schema.get("default").is_some_and(Value::is_null) {
            schema.remove("default");
        }
    }
    match value {
        Value::Object(fields) => fields.values_mut().for_each(tidy),
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn complete(path: &str, method: &str, operation: &mut Value) {
    if operation.get("security").is_none() {
        operation["security"] = json!([{ "api_key": [] }, { "oauth2": [] }]);
    }
    let mut codes = vec![Code::InvalidParameter, Code::Internal, Code::Unavailable];
    if operation["security"] != json!([{}]) {
        codes.extend([Code::Unauthenticated, Code::Forbidden]);
    }
    if !limits::unlimited(path) {
        codes.push(Code::RateLimited);
    }
    if path.contains('{') {
        codes.push(Code::NotFound);
    }
    if method == "put" {
        codes.push(Code::TooSlow);
        for name in ["Content-Digest", "Repr-Digest"] {
            let description = "The SHA-256 that the body must have: sha-256=:BASE64: (RFC 9530).";
            header(operation, name, false, DIGEST, description);
        }
        let description = "Tells the file's name: attachment; filename=\"report.pdf\" (RFC 6266).";
        header(operation, "Content-Disposition", false, "^[!-~][ -~]*$", description);
    }
    if method == "get" && path.ends_with("/content") {
        codes.extend([Code::Conflict, Code::RangeNotSatisfiable]);
        header(operation, "Range", false, "^[!-~]+$", "Asks for one part: bytes=0-1023.");
        header(
            operation,
            "If-Range",
            false,
            "^[!-~][ -~]*$",
            "Asks for the part only while the ETag is this one.",
        );
    }
    if has_version(method, path) {
        header(
            operation,
            "If-Match",
            true,
            "^[!-~][ -~]*$",
            "The ETag that was read, or * to overwrite whatever is there.",
        );
        codes.extend([Code::StaleVersion, Code::PreconditionRequired]);
    }
    let effect_free = is_effect_free(operation);
    if method == "post" && !effect_free && path != edge::TOKENS {
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
        let told = &mut operation["responses"][code.status().to_string()];
        if told.is_null() {
            *told = json!({ "description": code.title() });
        }
    }
    answers(path, operation, !effect_free);
    if !limits::unlimited(path) {
        limited(operation);
    }
}

/// Tells in every answer what is left of the caller's quota.
fn limited(operation: &mut Value) {
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        response["headers"]["RateLimit-Policy"] =
            told("How many requests are allowed: \"credential\";q=600;w=60");
        response["headers"]["RateLimit"] =
            told("How many are left, and seconds to the next: \"credential\";r=599;t=1");
        if *status == Code::RateLimited.status().to_string() {
            response["headers"]["Retry-After"] = told("Seconds to wait");
        }
    }
}

/// A POST that only asks a question says so.
fn is_effect_free(operation: &Value) -> bool {
    operation[EFFECT_FREE] == true
}

/// What has a version changes under it.
fn has_version(method: &str, path: &str) -> bool {
    const STEPS: [&str; 20] = [
        "/submit",
        "/withdraw",
        "/accept",
        "/reject",
        "/evidence/{id}/versions",
        "/audits/{id}/start",
        "/audits/{id}/complete",
        "/audits/{id}/cancel",
        "/audits/{id}/void",
        "/evidence-requests/{id}/provide",
        "/evidence-requests/{id}/return",
        "/findings/{id}/verify",
        "/findings/{id}/check",
        "/findings/{id}/reopen",
        "/approve",
        "/revise",
        "/discard-draft",
        "/retire",
        "/owner-approvals",
        "/risk-assessments/{id}/complete",
    ];
    match method {
        // Taking a credential away should not wait for a version.
        "patch" | "delete" => {
            !["api-keys", "oauth-clients", "invitations"].iter().any(|one| path.contains(one))
        }
        "post" => STEPS.iter().any(|step| path.ends_with(step)),
        _ => method == "put",
    }
}

/// A dictionary with one byte sequence, of 32 bytes.
const DIGEST: &str = "^sha-256=:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=:$";

fn takes_query(operation: &Value) -> bool {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    parameters.into_iter().flatten().any(|one| one["in"] == "query")
}

/// Gives every refusal its problem, and every answer its headers.
fn answers(path: &str, operation: &mut Value, kept: bool) {
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        let code = Code::ALL.iter().find(|code| code.status().to_string() == *status);
        match code {
            // The token endpoint tells some refusals as OAuth does, too.
            Some(code) => response["content"]["application/problem+json"] = problem(*code),
            None if path == edge::TOKENS => {}
            None if kept
                && ["application/json", "image/svg+xml"]
                    .iter()
                    .any(|media| response["content"][media].is_object()) =>
            {
                response["headers"]["ETag"] =
                    told("The version and a hash of the body, for If-Match and If-None-Match");
                if status == "201" {
                    response["headers"]["Location"] = told("Where it is now");
                }
            }
            None => {}
        }
    }
}

fn told(description: &str) -> Value {
    json!({ "description": description, "schema": { "type": "string", "maxLength": 2000 } })
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

/// The first code of a status stands for all of them.
fn problem(code: Code) -> Value {
    let fault = match code {
        Code::InvalidRequest | Code::InvalidParameter => Error::at(code, "limit", "must be from 1 to 200"),
        Code::Unprocessable => Error::at(code, "/owner", "there is no such member"),
        _ => Error::new(code, code.title()),
    };
    json!({ "schema": { "$ref": "#/components/schemas/Problem" }, "example": Problem::from(&fault) })
}

/// Gives the body and every answer in JSON an example.
fn illustrate(operation: &mut Value, schemas: &Value) {
    show(&mut operation["requestBody"], schemas, Shown::Needed);
    for response in operation["responses"].as_object_mut().into_iter().flatten().map(|(_, response)| response)
    {
        show(response, schemas, Shown::All);
    }
    if operation["requestBody"].is_null() {
        operation.as_object_mut().map(|fields| fields.remove("requestBody"));
    }
}

fn show(holder: &mut Value, schemas: &Value, shown: Shown) {
    for name in ["application/json", "application/x-www-form-urlencoded"] {
        let media = holder.get_mut("content").and_then(|content| content.get_mut(name));
        if let Some(media) = media.filter(|media| media.get("example").is_none()) {
            media["example"] = example(&media["schema"], schemas, shown);
        }
    }
}
