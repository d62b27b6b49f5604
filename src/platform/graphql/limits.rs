//! Limits on a GraphQL document that the library does not have: aliases, root fields and weight. The walk also tells
//! which kind of operation it is.

use async_graphql::parser::{
    parse_query,
    types::{ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet},
};

use super::weight::{Given, Weights};
use crate::kernel::error::{Code, Error, Result};

/// Levels of fields at the most. Clients ask about the schema with a query of 15.
pub const DEPTH: usize = 16;
/// What an operation weighs at the most ([`Weights`]): less than a list of 200 in each row of a list of 200.
pub const COMPLEXITY: u64 = 40_000;
/// Aliases in a document at the most.
pub const ALIASES: usize = 30;
/// Fields of the root at the most.
pub const ROOTS: usize = 30;

/// Refuses a document that does not parse, is over a limit, or asks about the schema where that is not `open`;
/// tells what the chosen operation is.
///
/// # Errors
/// [`Code::InvalidQuery`], [`Code::QueryTooComplex`] or [`Code::IntrospectionOff`].
pub fn check(
    query: &str,
    name: Option<&str>,
    given: Option<&Given>,
    weights: &Weights,
    open: bool,
) -> Result<OperationType> {
    let document = parse_query(query).map_err(|error| Error::new(Code::InvalidQuery, error.to_string()))?;
    let mut fields = Vec::new();
    document.fragments.values().for_each(|one| collect(&one.node.selection_set.node, &mut fields));
    document.operations.iter().for_each(|(_, one)| collect(&one.node.selection_set.node, &mut fields));
    let aliases = fields.iter().filter(|field| field.alias.is_some()).count();
    if aliases > ALIASES {
        return Err(over("aliases", aliases, ALIASES));
    }
    let introspects = |field: &&Field| matches!(field.name.node.as_str(), "__schema" | "__type");
    if !open && fields.iter().any(introspects) {
        return Err(Error::new(Code::IntrospectionOff, "this service does not answer __schema and __type"));
    }
    let operation = chosen(&document, name)?;
    let roots = operation.selection_set.node.items.len();
    if roots > ROOTS {
        return Err(over("root fields", roots, ROOTS));
    }
    let root = if operation.ty == OperationType::Query { "Query" } else { "Mutation" };
    let weight = weights.weigh(&document, operation, root, given);
    if weight > COMPLEXITY { Err(heavy(weight)) } else { Ok(operation.ty) }
}

fn heavy(weight: u64) -> Error {
    let remedy = "ask for fewer rows with `first`, for fewer fields, or in several requests";
    let told = format!("the document weighs {weight}, fields times rows; {COMPLEXITY} are allowed: {remedy}");
    Error::new(Code::QueryTooComplex, told)
}

fn over(what: &str, found: usize, limit: usize) -> Error {
    Error::new(Code::QueryTooComplex, format!("the document has {found} {what}; {limit} are allowed"))
}

fn chosen<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Result<&'a OperationDefinition> {
    let mut all = document.operations.iter();
    let found = match name {
        Some(name) => all.find(|(own, _)| own.is_some_and(|own| own.as_str() == name)),
        None => all.next().filter(|_| document.operations.iter().count() == 1),
    };
    found.map(|(_, operation)| &operation.node).ok_or_else(|| {
        Error::new(Code::InvalidQuery, "operationName must name one of the document's operations")
    })
}

/// Every field below this selection, fragments' own excepted.
fn collect<'a>(set: &'a SelectionSet, fields: &mut Vec<&'a Field>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => {
                fields.push(&field.node);
                collect(&field.node.selection_set.node, fields);
            }
            Selection::InlineFragment(fragment) => collect(&fragment.node.selection_set.node, fields),
            Selection::FragmentSpread(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, name: Option<&str>, open: bool) -> Result<OperationType> {
        let weights = Weights::of("type Query { rows(first: Int): [Row!]! } type Row { id: ID! }")?;
        super::check(query, name, None, &weights, open)
    }

    #[test]
    fn aliases_are_counted_wherever_they_hide() {
        let hidden = "{ ...F } fragment F on Q { ".to_owned()
            + &(0..31).map(|n| format!("a{n}: x ")).collect::<String>()
            + "}";
        assert_eq!(check(&hidden, None, true).unwrap_err().code(), Code::QueryTooComplex);
        assert_eq!(check("{ a: x b: x }", None, true).unwrap(), OperationType::Query);
    }

    #[test]
    fn the_operation_must_be_told_apart() {
        let two = "query A { x } mutation B { y }";
        assert_eq!(check(two, None, true).unwrap_err().code(), Code::InvalidQuery);
        assert_eq!(check(two, Some("B"), true).unwrap(), OperationType::Mutation);
    }

    #[test]
    fn the_schema_is_told_only_where_that_is_open() {
        let hidden = "{ ...F } fragment F on Query { a: __type(name: \"Query\") { name } }";
        for query in ["{ __schema { types { name } } }", hidden] {
            assert_eq!(check(query, None, false).unwrap_err().code(), Code::IntrospectionOff);
            assert_eq!(check(query, None, true).unwrap(), OperationType::Query);
        }
        assert!(check("{ __typename }", None, false).is_ok());
    }

    #[test]
    fn the_weight_is_told_with_what_to_do() {
        let rows = |n| format!("{{ rows(first: 200) {{ {} }} }}", "id ".repeat(n));
        assert!(check(&rows(199), None, true).is_ok());
        let refused = check(&rows(200), None, true).unwrap_err();
        assert_eq!(refused.code(), Code::QueryTooComplex);
        assert!(refused.detail().contains("weighs 40001"), "{refused}");
        assert!(refused.detail().contains("`first`"), "{refused}");
    }
}
