//! Issues over REST.

use super::operations;
use crate::{
    kernel::id::ContextIssueId,
    program::isms::context::{
        ContextIssue, ContextIssueBatch, ContextIssueFilter, ContextIssuePatch, NewContextIssue,
    },
};

operations! {
    ContextIssue as ContextIssue, ContextIssueId, NewContextIssue, ContextIssuePatch, ContextIssueFilter, ContextIssueBatch;
    "/v1/isms/context-issues" {
        /// List issues
        ///
        /// External and internal issues that matter to what the management system is to achieve.
        list_context_issues
        /// Enter an issue
        ///
        /// What it is, and what it means for the management system.
        create_context_issue
    }
    "/v1/isms/context-issues/{id}" {
        /// Get an issue
        ///
        /// With when it was looked at last, and when it is looked at again.
        get_context_issue
        /// Change an issue
        ///
        /// A merge patch: what is absent stays, null clears.
        update_context_issue
        /// Remove an issue
        ///
        /// For one that should not have been entered, and that no scope names; one that counts no more is
        /// better retired.
        delete_context_issue
    }
    "/v1/isms/context-issues:batch" {
        /// Change many issues at once
        ///
        /// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another
        /// system. What is refused is told for each item and leaves nothing; `atomic` makes it all or nothing;
        /// `dry_run` only tells.
        batch_context_issues
    }
}
