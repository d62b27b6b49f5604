//! The events as a document for those who read the journal: every type, with the JSON Schema of its data.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::{ToSchema, openapi::RefOr, openapi::schema::Schema};

use super::{EventType, Recorded};
use crate::kernel::error::{Error, Result};

/// What the journal keeps of one kind of resource.
pub struct Facts {
    resource: &'static str,
    name: String,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Facts {
    /// The facts of this kind.
    pub fn of<R: Recorded + ToSchema>() -> Self {
        let name = R::name().into_owned();
        let mut schemas = vec![(name.clone(), R::schema())];
        R::schemas(&mut schemas);
        Self { resource: R::RESOURCE, name, schemas }
    }
}

/// The document as committed in `schema/events.json`.
///
/// # Errors
/// When an event speaks of a resource whose facts are not among these.
pub fn describe(all: &[Facts]) -> Result<String> {
    let events = EventType::ALL.iter().map(|event| entry(*event, all)).collect::<Result<Vec<_>>>()?;
    let schemas: BTreeMap<_, _> =
        all.iter().flat_map(|one| &one.schemas).map(|(name, s)| (name, s)).collect();
    let document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Events of attestd",
        "description": "Every type of entry in the journal. `data` is the schema of an entry's `after`: the stored \
                        facts of the resource, nothing derived; null where the entry says that it is gone.",
        "events": events,
        "$defs": schemas,
    });
    let text = serde_json::to_string_pretty(&document).map_err(Error::internal)? + "\n";
    Ok(text.replace("#/components/schemas/", "#/$defs/"))
}

fn entry(event: EventType, all: &[Facts]) -> Result<Value> {
    let facts = all.iter().find(|one| one.resource == event.resource());
    let missing = || Error::internal(format!("{event} tells of a resource whose facts nobody describes"));
    let facts = facts.ok_or_else(missing)?;
    let data = match event.is_tombstone() {
        true => Value::Null,
        false => json!({ "$ref": format!("#/$defs/{}", facts.name) }),
    };
    Ok(json!({
        "type": event,
        "description": event.description().trim(),
        "resource": facts.resource,
        "data": data,
    }))
}
