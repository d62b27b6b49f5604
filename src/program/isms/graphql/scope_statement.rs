//! Scopes over GraphQL.

use super::{editions, owned, resolvers};
use crate::{
    kernel::id::ScopeStatementId,
    program::isms::scopes::{
        NewScopeStatement, ScopeStatement, ScopeStatementBatch, ScopeStatementFilter, ScopeStatementPatch,
    },
};

owned!(ScopeStatement, |one| one.owner);

resolvers! {
    ScopeStatement as ScopeStatement, ScopeStatementId, NewScopeStatement, ScopeStatementPatch, ScopeStatementFilter, ScopeStatementBatch;
    query ScopeStatementQuery {
        /// Each with the edition that is worked on or holds.
        scope_statements
        /// One scope.
        scope_statement
    }
    mutation ScopeStatementMutation {
        /// Enters a scope.
        create_scope_statement
        /// Changes a scope.
        update_scope_statement
        /// Removes a scope.
        delete_scope_statement
        /// Changes many at once, in one transaction.
        batch_scope_statements
    }
}

editions! {
    ScopeStatement, ScopeStatementId;
    query ScopeStatementEditionQuery {
        /// The approved editions of a scope.
        scope_statement_editions
        /// A scope as it was approved.
        scope_statement_edition
    }
    mutation ScopeStatementEditionMutation {
        /// Approves the draft of a scope.
        approve_scope_statement
        /// Opens the next edition of a scope, as a draft.
        revise_scope_statement
        /// Throws away the draft of a later edition of a scope.
        discard_scope_statement_draft
        /// Retires a scope.
        retire_scope_statement
    }
}
