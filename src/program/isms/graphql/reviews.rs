//! Management reviews over GraphQL.

use super::{owned, resolvers};
use crate::{
    kernel::id::ManagementReviewId,
    program::isms::reviews::{
        ManagementReview, ManagementReviewBatch, ManagementReviewFilter, ManagementReviewPatch,
        ManagementReviewView, NewManagementReview,
    },
};

owned!(ManagementReviewView, |one| one.facts.owner);

resolvers! {
    ManagementReview as ManagementReviewView, ManagementReviewId, NewManagementReview, ManagementReviewPatch,
    ManagementReviewFilter, ManagementReviewBatch;
    query ManagementReviewQuery {
        /// Management reviews, planned and held.
        management_reviews
        /// One management review.
        management_review
    }
    mutation ManagementReviewMutation {
        /// Plans a management review, or enters one that was held.
        create_management_review
        /// Changes a management review.
        update_management_review
        /// Removes a management review that should not have been entered.
        delete_management_review
        /// Changes many at once, in one transaction.
        batch_management_reviews
    }
}
