//! Issues over GraphQL.

use super::{owned, resolvers};
use crate::{
    kernel::id::ContextIssueId,
    program::isms::context::{
        ContextIssue, ContextIssueBatch, ContextIssueFilter, ContextIssuePatch, NewContextIssue,
    },
};

owned!(ContextIssue, |one| one.owner);

resolvers! {
    ContextIssue as ContextIssue, ContextIssueId, NewContextIssue, ContextIssuePatch, ContextIssueFilter, ContextIssueBatch;
    query ContextIssueQuery {
        /// External and internal issues that matter to what the management system is to achieve.
        context_issues
        /// One issue.
        context_issue
    }
    mutation ContextIssueMutation {
        /// Enters an issue.
        create_context_issue
        /// Changes an issue.
        update_context_issue
        /// Removes an issue.
        delete_context_issue
        /// Changes many at once, in one transaction.
        batch_context_issues
    }
}
