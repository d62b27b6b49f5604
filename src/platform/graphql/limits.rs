//! Limits on a GraphQL document that the library does not have: aliases and root fields. The walk also tells which
//! kind of operation it is.

use async_graphql::parser::{
    parse_query,
    types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet},
};

use crate::kernel::error::{Code, Error, Result};

/// Levels of fields at the most.
pub const DEPTH: usize = 12;
/// Weighed fields at the most.
pub const COMPLEXITY: usize = 2_000;
/// Aliases in a document at the most.
pub const ALIASES: usize = 30;
/// Fields of the root at the most.
pub const ROOTS: usize = 30;

/// Refuses a document that does not parse or is over a limit; tells what the chosen operation is.
///
/// # Errors
/// [`Code::InvalidQuery`] or [`Code::QueryTooComplex`].
pub fn check(query: &str, name: Option<&str>) -> Result<OperationType> {
    let document = parse_query(query).map_err(|error| Error::new(Code::InvalidQuery, error.to_string()))?;
    let fragments = document.fragments.values().map(|one| aliases(&one.node.selection_set.node));
    let operations = document.operations.iter().map(|(_, one)| aliases(&one.node.selection_set.node));
    let found: usize = fragments.chain(operations).sum();
    if found > ALIASES {
        return Err(over("aliases", found, ALIASES));
    }
    let operation = chosen(&document, name)?;
    let roots = operation.selection_set.node.items.len();
    if roots > ROOTS { Err(over("root fields", roots, ROOTS)) } else { Ok(operation.ty) }
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

fn aliases(set: &SelectionSet) -> usize {
    set.items
        .iter()
        .map(|item| match &item.node {
            Selection::Field(field) => {
                usize::from(field.node.alias.is_some()) + aliases(&field.node.selection_set.node)
            }
            Selection::InlineFragment(fragment) => aliases(&fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_counted_wherever_they_hide() {
        let hidden = "{ ...F } fragment F on Q { ".to_owned()
            + &(0..31).map(|n| format!("a{n}: x ")).collect::<String>()
            + "}";
        assert_eq!(check(&hidden, None).unwrap_err().code(), Code::QueryTooComplex);
        assert_eq!(check("{ a: x b: x }", None).unwrap(), OperationType::Query);
    }

    #[test]
    fn the_operation_must_be_told_apart() {
        let two = "query A { x } mutation B { y }";
        assert_eq!(check(two, None).unwrap_err().code(), Code::InvalidQuery);
        assert_eq!(check(two, Some("B")).unwrap(), OperationType::Mutation);
    }
}
