//! Examples for the OpenAPI document, made from the examples and bounds of its schemas, so that a room's inputs and
//! answers have theirs for free.

use serde_json::{Map, Value, json};

/// How much of an object an example shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// Everything: an answer.
    All,
    /// What is required and what has an example, ids excepted, which would lead nowhere: an input.
    Needed,
}

/// Schemas nest no deeper than this.
const DEPTH: usize = 12;

/// An example of what fits this schema; `schemas` are the document's components.
pub(super) fn example(schema: &Value, schemas: &Value, shown: Shown) -> Value {
    Maker { schemas, shown }.make(schema, DEPTH)
}

struct Maker<'a> {
    schemas: &'a Value,
    shown: Shown,
}

impl Maker<'_> {
    fn make(&self, schema: &Value, depth: usize) -> Value {
        let schema = self.resolved(schema);
        let Some(depth) = depth.checked_sub(1) else { return Value::Null };
        let derived = self.derived(schema, depth);
        match (own(schema), derived) {
            // An object's own example may leave out what is derived anyway.
            (Some(Value::Object(own)), Value::Object(mut derived)) => {
                derived.extend(own.clone());
                Value::Object(derived)
            }
            (Some(own), _) => own.clone(),
            (None, derived) => derived,
        }
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            Some(name) => &self.schemas[name],
            None => schema,
        }
    }

    fn derived(&self, schema: &Value, depth: usize) -> Value {
        if let Some(words) = schema["enum"].as_array() {
            return words.iter().find(|word| !word.is_null()).cloned().unwrap_or_default();
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().map(|part| self.make(part, depth));
            let fields = parts.filter_map(|part| part.as_object().cloned()).flatten();
            return Value::Object(fields.collect());
        }
        if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
            let some = choices.iter().find(|one| one["type"] != "null");
            return some.map_or(Value::Null, |one| self.make(one, depth));
        }
        match kind(schema) {
            Some("object") => self.object(schema, depth),
            Some("array") => json!([self.make(&schema["items"], depth)]),
            Some("string") => text(schema),
            Some("integer") => schema.get("minimum").cloned().unwrap_or(json!(0)),
            Some("boolean") => json!(false),
            _ => Value::Null,
        }
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let required =
            |name: &str| schema["required"].as_array().is_some_and(|all| all.contains(&json!(name)));
        let needed = |(name, field): &(&String, &Value)| required(name) || self.tells(field);
        let fields = schema["properties"].as_object().into_iter().flatten();
        let some = self.shown == Shown::Needed && fields.clone().any(|field| needed(&field));
        let fields = fields.filter(|field| !some || needed(field));
        Value::Object(
            fields.map(|(name, field)| (name.clone(), self.make(field, depth))).collect::<Map<_, _>>(),
        )
    }

    /// Whether a field has an example that can be sent as it is.
    fn tells(&self, field: &Value) -> bool {
        let field = field["oneOf"].as_array().and_then(|all| all.first()).unwrap_or(field);
        let is_id = field["$ref"].as_str().is_some_and(|path| path.contains("/Id_"));
        let field = self.resolved(field);
        own(field).is_some() && !is_id && field["format"] != "date-time"
    }
}

fn own(schema: &Value) -> Option<&Value> {
    schema.get("example").or_else(|| schema.get("examples").and_then(|all| all.get(0)))
}

/// The schema's type, apart from null.
fn kind(schema: &Value) -> Option<&str> {
    match &schema["type"] {
        Value::String(one) => Some(one),
        Value::Array(some) => some.iter().filter_map(Value::as_str).find(|one| *one != "null"),
        _ => None,
    }
}

/// Text without an example is optional detail: null where it may be, a word where it must not.
fn text(schema: &Value) -> Value {
    match (schema["type"].is_array(), schema["format"].as_str()) {
        (_, Some("date")) => json!("2026-03-31"),
        (_, Some("date-time")) => json!("2026-03-31T09:00:00Z"),
        (true, _) => Value::Null,
        (false, _) => json!("text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_shows_what_it_needs_and_an_answer_everything() {
        let schemas = json!({
            "Code": { "type": "string", "examples": ["AC-01"] },
            "Control": {
                "type": "object", "required": ["code", "days"],
                "properties": {
                    "code": { "$ref": "#/components/schemas/Code" },
                    "days": { "type": ["integer", "null"], "minimum": 1 },
                    "status": { "enum": ["planned", "done"] },
                    "owner": { "oneOf": [{ "$ref": "#/components/schemas/Code" }, { "type": "null" }] },
                    "title": { "type": "string", "example": "Access" },
                },
            },
        });
        let control = json!({ "$ref": "#/components/schemas/Control" });
        let needed = example(&control, &schemas, Shown::Needed);
        assert_eq!(needed, json!({ "code": "AC-01", "days": 1, "owner": "AC-01", "title": "Access" }));
        let all = example(&control, &schemas, Shown::All);
        assert_eq!(all["status"], "planned");
        assert_eq!(all["owner"], "AC-01");
    }
}
