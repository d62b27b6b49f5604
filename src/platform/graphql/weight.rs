//! What a document weighs: about as many fields as its answer may have. A list counts its fields for each row that is
//! asked for. The schema's own text says what is a list, so no field can be forgotten.

use std::collections::HashMap;

use async_graphql::{
    Value,
    parser::{
        parse_schema,
        types::{
            BaseType, ExecutableDocument, Field, FieldDefinition, OperationDefinition, Selection,
            SelectionSet, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
        },
    },
};
use serde_json::Map;

use super::limits::COMPLEXITY;
use crate::kernel::{
    error::{Error, Result},
    page::{DEFAULT_LIMIT, MAX_LIMIT},
};

/// Rows of a list that takes no `first`: it is short by its nature, as the events of a certificate are.
const SHORT: u64 = 10;
/// Levels that are walked, those of fragments in fragments too; the parser allows as many without these.
const WALKED: usize = 64;

/// The variables of a request, as they came.
pub type Given = Map<String, serde_json::Value>;

/// How many rows a field answers.
#[derive(Clone, Copy)]
enum Rows {
    One,
    Short,
    /// As many as its `first` says.
    Page,
}

/// What a field leads to.
struct Shape {
    of: String,
    rows: Rows,
}

/// The fields of each type of the schema.
pub struct Weights(HashMap<String, HashMap<String, Shape>>);

impl Weights {
    /// Reads the schema's text.
    ///
    /// # Errors
    /// When it does not parse.
    pub fn of(schema: &str) -> Result<Self> {
        let document = parse_schema(schema).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Self(document.definitions.into_iter().filter_map(shapes).collect()))
    }

    /// What an operation of a document weighs.
    pub(super) fn weigh<'a>(
        &'a self,
        document: &'a ExecutableDocument,
        operation: &'a OperationDefinition,
        root: &str,
        given: Option<&'a Given>,
    ) -> u64 {
        let mut scales = Scales { weights: self, document, operation, given, fragments: HashMap::new() };
        scales.set(&operation.selection_set.node, root, WALKED)
    }
}

fn shapes(one: TypeSystemDefinition) -> Option<(String, HashMap<String, Shape>)> {
    let TypeSystemDefinition::Type(found) = one else { return None };
    let TypeDefinition { name, kind: TypeKind::Object(object), .. } = found.node else { return None };
    // The rows of a connection are counted where it is asked for.
    let counted = name.node.ends_with("Connection");
    let shape = |field: FieldDefinition| {
        let (of, list) = base(&field.ty.node);
        let rows = if field.arguments.iter().any(|one| one.node.name.node == "first") {
            Rows::Page
        } else if list && !counted {
            Rows::Short
        } else {
            Rows::One
        };
        (field.name.node.to_string(), Shape { of: of.to_owned(), rows })
    };
    Some((name.node.to_string(), object.fields.into_iter().map(|field| shape(field.node)).collect()))
}

/// The name of a type, and whether it is a list of these.
fn base(kind: &Type) -> (&str, bool) {
    match &kind.base {
        BaseType::Named(name) => (name.as_str(), false),
        BaseType::List(inner) => (base(inner).0, true),
    }
}

/// One operation on its way over the scales.
struct Scales<'a> {
    weights: &'a Weights,
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    given: Option<&'a Given>,
    /// Each fragment is weighed once; what contains itself weighs nothing there, and is refused later.
    fragments: HashMap<&'a str, u64>,
}

impl<'a> Scales<'a> {
    fn set(&mut self, set: &'a SelectionSet, on: &str, levels: usize) -> u64 {
        let Some(levels) = levels.checked_sub(1) else { return COMPLEXITY + 1 };
        let mut sum: u64 = 0;
        for item in &set.items {
            sum = sum.saturating_add(match &item.node {
                Selection::Field(field) => self.field(&field.node, on, levels),
                Selection::InlineFragment(part) => {
                    let on = part.node.type_condition.as_ref().map_or(on, |to| to.node.on.node.as_str());
                    self.set(&part.node.selection_set.node, on, levels)
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(spread.node.fragment_name.node.as_str(), levels)
                }
            });
        }
        sum
    }

    fn field(&mut self, field: &'a Field, on: &str, levels: usize) -> u64 {
        let weights = self.weights;
        // What the schema does not know is refused later; questions about the schema itself are no lists of rows.
        let shape = weights.0.get(on).and_then(|fields| fields.get(field.name.node.as_str()));
        let (of, rows) = shape.map_or(("", Rows::One), |shape| (shape.of.as_str(), shape.rows));
        let rows = match rows {
            Rows::One => 1,
            Rows::Short => SHORT,
            Rows::Page => self.first(field),
        };
        self.set(&field.selection_set.node, of, levels).saturating_mul(rows).saturating_add(1)
    }

    fn fragment(&mut self, name: &'a str, levels: usize) -> u64 {
        if let Some(known) = self.fragments.get(name) {
            return *known;
        }
        let document = self.document;
        let Some(fragment) = document.fragments.get(name) else { return 0 };
        self.fragments.insert(name, 0);
        let on = fragment.node.type_condition.node.on.node.as_str();
        let weight = self.set(&fragment.node.selection_set.node, on, levels);
        self.fragments.insert(name, weight);
        weight
    }

    /// The rows that a field asks for; a number out of bounds is refused by the list itself.
    fn first(&self, field: &Field) -> u64 {
        let asked = field.get_argument("first").cloned();
        let asked =
            asked.and_then(|one| one.node.into_const_with(|name| self.variable(&name).ok_or(())).ok());
        let rows = match asked {
            Some(Value::Number(rows)) => rows.as_u64(),
            _ => None,
        };
        rows.unwrap_or(DEFAULT_LIMIT.into()).clamp(1, MAX_LIMIT.into())
    }

    fn variable(&self, name: &str) -> Option<Value> {
        let given = self.given.and_then(|all| all.get(name)).cloned();
        let mut declared = self.operation.variable_definitions.iter();
        let declared = declared.find(|one| one.node.name.node == name);
        given
            .and_then(|value| Value::from_json(value).ok())
            .or_else(|| declared.and_then(|one| one.node.default_value().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::{Value, json};

    use super::*;

    const SCHEMA: &str = "type Query { rows(first: Int): RowConnection! one: Row! }
        type RowConnection { nodes: [Row!]! totalCount: Int }
        type Row { id: ID! words: [String!]! parts: [Part!]! below(first: Int): [Row!]! }
        type Part { id: ID! }";

    fn weigh(query: &str, given: &Value) -> u64 {
        let (weights, document) = (Weights::of(SCHEMA).unwrap(), parse_query(query).unwrap());
        let (_, operation) = document.operations.iter().next().unwrap();
        weights.weigh(&document, &operation.node, "Query", given.as_object())
    }

    #[test]
    fn a_list_weighs_the_rows_that_are_asked_for() {
        for (query, weight) in [
            ("{ one { id words } }", 3),
            ("{ one { parts { id } } }", 12),
            ("{ rows { nodes { id } } }", 101),
            ("{ rows(first: 3) { totalCount nodes { id } } }", 10),
            ("{ rows(first: 3) { nodes { below(first: 2) { id words } } } }", 19),
            ("{ one { below { id } } }", 52),
            ("{ a: rows(first: 1) { totalCount } b: rows(first: 2) { totalCount } }", 5),
            ("{ rows(first: null) { totalCount } }", 51),
            // Out of bounds: the list refuses it.
            ("{ rows(first: 0) { totalCount } }", 2),
            ("{ rows(first: 9999999999) { totalCount } }", 201),
            ("{ rows(first: -1) { totalCount } }", 51),
            ("{ unknown { id } __typename }", 3),
        ] {
            assert_eq!(weigh(query, &json!({})), weight, "{query}");
        }
    }

    #[test]
    fn variables_say_how_many() {
        let query = "query($n: Int) { rows(first: $n) { totalCount } }";
        assert_eq!(weigh(query, &json!({ "n": 7 })), 8);
        assert_eq!(weigh(query, &json!({ "n": null })), 51);
        assert_eq!(weigh(query, &json!({})), 51);
        let query = "query($n: Int = 4) { rows(first: $n) { totalCount } }";
        assert_eq!(weigh(query, &json!({})), 5);
        assert_eq!(weigh(query, &json!({ "n": 7 })), 8);
    }

    #[test]
    fn fragments_weigh_as_often_as_they_are_spread() {
        let query = "{ a: rows(first: 2) { ...F } b: rows(first: 3) { ...F ... { totalCount } } }
            fragment F on RowConnection { nodes { ... on Row { id } } }";
        assert_eq!(weigh(query, &json!({})), 1 + 2 * 2 + 1 + 3 * 3);
        let doubled: String = (0..60)
            .map(|n| format!("fragment F{n} on Row {{ ...F{next} ...F{next} }} ", next = n + 1))
            .collect();
        let query = format!("{{ one {{ ...F0 }} }} {doubled} fragment F60 on Row {{ id }}");
        assert!(weigh(&query, &json!({})) > COMPLEXITY);
    }

    #[test]
    fn what_has_no_end_comes_to_one() {
        assert_eq!(weigh("{ one { ...F } } fragment F on Row { id ...F }", &json!({})), 2);
        let long: String = (0..5000).map(|n| format!("fragment F{n} on Row {{ ...F{} }} ", n + 1)).collect();
        assert!(weigh(&format!("{{ one {{ ...F0 }} }} {long}"), &json!({})) > COMPLEXITY);
    }
}
