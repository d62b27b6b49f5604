//! The OpenAPI document is complete: no operation, answer or bound is left to guess.

use serde_json::{Map, Value};

fn document() -> Value {
    serde_json::from_str(&attestd::app::openapi().unwrap()).unwrap()
}

/// Every operation with its name, such as `get /v1/controls`.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, one)| (format!("{method} {path}"), one))
    });
    each.collect()
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Fails with every fault, so that one run tells all of them.
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn is_said(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

#[test]
fn every_operation_is_described() {
    let document = document();
    let mut faults = Vec::new();
    for (name, operation) in operations(&document) {
        let missing = ["summary", "description", "operationId", "tags", "security"]
            .into_iter()
            .filter(|field| !is_said(&operation[*field]));
        faults.extend(missing.map(|field| format!("{name} has no {field}")));
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if !is_said(&parameter["description"]) {
                faults.push(format!("{name}: {} is not described", parameter["name"]));
            }
        }
        for (status, response) in fields(&operation["responses"]) {
            if !is_said(&response["description"]) {
                faults.push(format!("{name}: {status} is not described"));
            }
        }
    }
    none(&faults);
}

#[test]
fn every_body_and_answer_has_an_example() {
    let document = document();
    let mut faults = Vec::new();
    for (name, operation) in operations(&document) {
        let bodies = fields(&operation["requestBody"]["content"]);
        let shown = |(media, body): (&String, &Value)| {
            media == "application/octet-stream" || body["example"].is_object()
        };
        if !bodies.into_iter().all(shown) {
            faults.push(format!("{name}: the body has no example"));
        }
        let mut answers = 0;
        for (status, response) in fields(&operation["responses"]) {
            let (good, content) = (status.starts_with('2'), &response["content"]);
            answers += usize::from(good);
            let bytes = !content["text/plain"].is_null() || !content["application/octet-stream"].is_null();
            if good && status != "204" && !bytes {
                let example = &content["application/json"]["example"];
                let drawn = is_said(&content["image/svg+xml"]["example"]);
                if example.as_object().is_none_or(Map::is_empty) && !drawn {
                    faults.push(format!("{name}: {status} has no example"));
                }
            }
            if status.starts_with(['4', '5']) {
                let example = &content["application/problem+json"]["example"];
                if Some(&example["status"]) != serde_json::from_str(status).ok().as_ref()
                    || !is_said(&example["code"])
                {
                    faults.push(format!("{name}: {status} has no problem as its example"));
                }
            }
        }
        // What can be tried dry answers that with a 200, and what it did with a 201.
        let dry =
            operation["parameters"].as_array().into_iter().flatten().any(|one| one["name"] == "dry_run");
        if answers != if dry { 2 } else { 1 } {
            faults.push(format!("{name} has {answers} good answers"));
        }
    }
    none(&faults);
}

#[test]
fn every_refusal_is_told() {
    let document = document();
    let mut faults = Vec::new();
    for (name, operation) in operations(&document) {
        let (method, path) = name.split_once(' ').unwrap();
        let mut statuses = vec!["400", "500", "503"];
        // Where a client's own secret is exchanged for a credential.
        let needs_credential = path.starts_with("/v1/") && path != "/v1/oauth/token";
        if needs_credential {
            statuses.extend(["401", "403"]);
        }
        if path.contains('{') {
            statuses.push("404");
        }
        if method != "get" {
            statuses.extend(["409", "413", "415", "422"]);
        }
        let parameters = operation["parameters"].as_array();
        if parameters.into_iter().flatten().any(|one| one["name"] == "If-Match") {
            statuses.extend(["412", "428"]);
        }
        let missing = statuses.into_iter().filter(|status| operation["responses"][*status].is_null());
        faults.extend(missing.map(|status| format!("{name} does not tell {status}")));
        if (operation["security"] == serde_json::json!([{}])) == needs_credential {
            faults.push(format!("{name} needs a credential below /v1/ and nowhere else"));
        }
    }
    none(&faults);
}

#[test]
fn every_value_has_its_bounds() {
    let document = document();
    let mut faults = Vec::new();
    for (name, schema) in fields(&document["components"]["schemas"]) {
        check_bounds(name, schema, &mut faults);
    }
    for (name, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            check_bounds(&format!("{name}: {}", parameter["name"]), &parameter["schema"], &mut faults);
        }
    }
    none(&faults);
}

fn check_bounds(at: &str, schema: &Value, faults: &mut Vec<String>) {
    let is = |kind: &str| match &schema["type"] {
        Value::String(one) => one == kind,
        Value::Array(some) => some.iter().any(|one| one == kind),
        _ => false,
    };
    let needed = [
        ("string", ["maxLength"].as_slice()),
        ("array", &["maxItems"]),
        ("integer", &["minimum", "maximum"]),
    ];
    let of_kind = needed.into_iter().filter(|(kind, _)| is(kind) && schema["enum"].is_null());
    let missing = of_kind.flat_map(|(_, bounds)| bounds).filter(|bound| schema[**bound].is_null());
    faults.extend(missing.map(|bound| format!("{at} has no {bound}")));
    if schema.get("default").is_some_and(Value::is_null) {
        faults.push(format!("{at} has a default of null"));
    }
    fields(&schema["properties"])
        .for_each(|(name, field)| check_bounds(&format!("{at}.{name}"), field, faults));
    for list in ["oneOf", "anyOf", "allOf"] {
        schema[list].as_array().into_iter().flatten().for_each(|one| check_bounds(at, one, faults));
    }
    if schema["items"].is_object() {
        check_bounds(&format!("{at}[]"), &schema["items"], faults);
    }
}
