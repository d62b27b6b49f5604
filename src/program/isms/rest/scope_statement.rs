//! Scopes over REST.

use super::{editions, operations};
use crate::{
    kernel::id::ScopeStatementId,
    program::isms::scopes::{
        NewScopeStatement, ScopeStatement, ScopeStatementBatch, ScopeStatementFilter, ScopeStatementPatch,
    },
};

operations! {
    ScopeStatement as ScopeStatement, ScopeStatementId, NewScopeStatement, ScopeStatementPatch, ScopeStatementFilter, ScopeStatementBatch;
    "/v1/isms/scope-statements" {
        /// List scopes
        ///
        /// Each with the edition that is worked on or holds.
        list_scope_statements
        /// Enter a scope
        ///
        /// As a draft of its first edition, with the issues and parties that it considers.
        create_scope_statement
    }
    "/v1/isms/scope-statements/{id}" {
        /// Get a scope
        ///
        /// The edition that is worked on, or the one that holds while none is; `in_force` tells which one
        /// holds.
        get_scope_statement
        /// Change a scope
        ///
        /// A merge patch: what is absent stays, null clears; a list replaces the whole list. An approved
        /// edition stays as it is, but for who answers for it, when it is reviewed and its references: open the
        /// next edition to change the rest.
        update_scope_statement
        /// Remove a scope
        ///
        /// For one that was never approved; what was approved is retired.
        delete_scope_statement
    }
    "/v1/isms/scope-statements:batch" {
        /// Change many scopes at once
        ///
        /// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another
        /// system. What is refused is told for each item and leaves nothing; `atomic` makes it all or nothing;
        /// `dry_run` only tells.
        batch_scope_statements
    }
}

editions! {
    ScopeStatement, ScopeStatementId;
    "/v1/isms/scope-statements/{id}/approve" {
        /// Approve a scope
        ///
        /// Freezes the draft as an edition, which supersedes the one before. The approver is a person who is an
        /// owner or a manager. It needs to what the system applies, and the issues and parties that were
        /// considered; 409 names what is missing.
        approve_scope_statement
    }
    "/v1/isms/scope-statements/{id}/revise" {
        /// Revise a scope
        ///
        /// Opens the next edition, as a draft that says what the approved one says. That one holds until the
        /// draft is approved.
        revise_scope_statement
    }
    "/v1/isms/scope-statements/{id}/discard-draft" {
        /// Throw away the draft of a scope
        ///
        /// For the draft of a later edition: the record says again, word for word, what was approved last, and is
        /// approved, or retired where it was. Its owner, its references and its review stay as they are
        /// now. The draft of a first edition is removed with the record.
        discard_scope_statement_draft
    }
    "/v1/isms/scope-statements/{id}/retire" {
        /// Retire a scope
        ///
        /// Its last edition holds no more, and none takes its place; a draft of the next one is dropped. Its
        /// editions stay readable.
        retire_scope_statement
    }
    "/v1/isms/scope-statements/{id}/editions" {
        /// List the editions of a scope
        ///
        /// Those that were approved: the one that holds, and those that it superseded.
        list_scope_statement_editions
    }
    "/v1/isms/scope-statements/{id}/editions/{number}" {
        /// Get an edition of a scope
        ///
        /// The scope as it was approved. Nothing in it changes any more.
        get_scope_statement_edition
    }
}
