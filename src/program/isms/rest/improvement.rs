//! Improvements over REST.

use super::operations;
use crate::{
    kernel::id::ImprovementId,
    program::isms::improvements::{
        Improvement, ImprovementBatch, ImprovementFilter, ImprovementPatch, NewImprovement,
    },
};

operations! {
    Improvement as Improvement, ImprovementId, NewImprovement, ImprovementPatch, ImprovementFilter, ImprovementBatch;
    "/v1/isms/improvements" {
        /// List improvements
        ///
        /// What could be better, where that was noticed, and what came of it.
        list_improvements
        /// Enter an improvement
        ///
        /// Proposed, unless it has come further.
        create_improvement
    }
    "/v1/isms/improvements/{id}" {
        /// Get an improvement
        ///
        /// With what came of it.
        get_improvement
        /// Change an improvement
        ///
        /// A merge patch: what is absent stays, null clears.
        update_improvement
        /// Remove an improvement
        ///
        /// For one that should not have been entered; one that is not made is better rejected.
        delete_improvement
    }
    "/v1/isms/improvements:batch" {
        /// Change many improvements at once
        ///
        /// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another
        /// system. What is refused is told for each item and leaves nothing; `atomic` makes it all or nothing;
        /// `dry_run` only tells.
        batch_improvements
    }
}
