//! What every schema of the OpenAPI document has in common: bounds that the types imply, and nothing that is unused.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::kernel::text;

/// The largest integer that every reader of JSON holds exactly (RFC 8259, section 6).
const SAFE: i64 = 9_007_199_254_740_991;

/// Completes the schemas and lists the tags.
pub(super) fn tidy(document: &mut Value) {
    drop_unused(document);
    drop_parts(&mut document["components"]);
    bound(document);
    let tags: BTreeSet<&str> = operations(document).filter_map(|one| one["tags"][0].as_str()).collect();
    document["tags"] = tags.into_iter().map(|name| json!({ "name": name })).collect();
}

/// An object's example may show a part of it; the whole stands where it is used.
fn drop_parts(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(drop_parts),
        Value::Object(schema) => {
            if is_a(schema, "object") {
                schema.remove("example");
            }
            schema.values_mut().for_each(drop_parts);
        }
        _ => {}
    }
}

fn operations(document: &Value) -> impl Iterator<Item = &Value> {
    let items = document["paths"].as_object().into_iter().flat_map(Map::values);
    items.filter_map(Value::as_object).flat_map(Map::values)
}

fn bound(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(bound),
        Value::Object(schema) => {
            if is_a(schema, "integer") {
                let (least, most) = match schema.get("format").and_then(Value::as_str) {
                    Some("int32") => (i32::MIN.into(), i32::MAX.into()),
                    _ => (-SAFE, SAFE),
                };
                schema.entry("minimum").or_insert_with(|| least.into());
                schema.entry("maximum").or_insert_with(|| most.into());
            }
            if is_a(schema, "string") {
                bound_text(schema);
            }
            close_choices(schema);
            bytes(schema);
            schema
                .iter_mut()
                .filter(|(key, _)| !key.starts_with("example"))
                .for_each(|(_, inner)| bound(inner));
        }
        _ => {}
    }
}

fn bound_text(schema: &mut Map<String, Value>) {
    let told = ["format", "pattern", "enum", "const"].iter().any(|key| schema.contains_key(*key));
    if !told {
        schema.insert("pattern".to_owned(), text::pattern(0).into());
    }
}

/// A choice of one field among several takes no other beside it.
fn close_choices(schema: &mut Map<String, Value>) {
    let choices = schema.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten();
    let fields = choices.filter_map(Value::as_object_mut);
    for choice in fields
        .filter(|one| one.get("properties").and_then(Value::as_object).is_some_and(|all| all.len() == 1))
    {
        choice.insert("additionalProperties".to_owned(), false.into());
    }
}

/// A file is bytes, not a list of numbers.
fn bytes(content: &mut Map<String, Value>) {
    if let Some(media) = content.get_mut("application/octet-stream") {
        media["schema"] = json!({ "type": "string", "format": "binary", "maxLength": SAFE });
    }
}

/// A type may be a word or a list of words, such as `["integer", "null"]`.
fn is_a(schema: &Map<String, Value>, name: &str) -> bool {
    match schema.get("type") {
        Some(Value::Array(names)) => names.iter().any(|one| one == name),
        Some(one) => one == name,
        None => false,
    }
}

fn drop_unused(document: &mut Value) {
    let mut used = BTreeSet::new();
    references(document, &mut used);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.retain(|name, _| used.contains(name));
    }
}

fn references(value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, used)),
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
            used.extend(name.map(str::to_owned));
            fields.values().for_each(|field| references(field, used));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_gets_the_bounds_that_its_type_implies_and_keeps_its_own() {
        let mut schema = json!({ "type": ["integer", "null"], "format": "int32", "minimum": 0 });
        bound(&mut schema);
        assert_eq!((&schema["minimum"], &schema["maximum"]), (&json!(0), &json!(i32::MAX)));
        let mut schema = json!({ "type": "string", "maxLength": 9, "example": { "type": "string" } });
        bound(&mut schema);
        let example = json!({ "type": "string" });
        assert_eq!(
            schema,
            json!({ "type": "string", "maxLength": 9, "pattern": text::pattern(0), "example": example })
        );
    }

    #[test]
    fn what_nothing_refers_to_is_left_out() {
        let mut document = json!({
            "paths": { "/a": { "get": { "tags": ["A"], "schema": { "$ref": "#/components/schemas/A" } } } },
            "components": { "schemas": { "A": {}, "B": {} } },
        });
        tidy(&mut document);
        assert_eq!(document["components"]["schemas"], json!({ "A": {} }));
        assert_eq!(document["tags"], json!([{ "name": "A" }]));
    }
}
