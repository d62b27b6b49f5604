//! Improvements over GraphQL.

use super::{owned, resolvers};
use crate::{
    kernel::id::ImprovementId,
    program::isms::improvements::{
        Improvement, ImprovementBatch, ImprovementFilter, ImprovementPatch, NewImprovement,
    },
};

owned!(Improvement, |one| one.owner);

resolvers! {
    Improvement as Improvement, ImprovementId, NewImprovement, ImprovementPatch, ImprovementFilter, ImprovementBatch;
    query ImprovementQuery {
        /// What could be better, where that was noticed, and what came of it.
        improvements
        /// One improvement.
        improvement
    }
    mutation ImprovementMutation {
        /// Enters an improvement.
        create_improvement
        /// Changes an improvement.
        update_improvement
        /// Removes an improvement.
        delete_improvement
        /// Changes many at once, in one transaction.
        batch_improvements
    }
}
