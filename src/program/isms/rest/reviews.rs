//! Management reviews over REST.

use super::operations;
use crate::{
    kernel::id::ManagementReviewId,
    program::isms::reviews::{
        ManagementReview, ManagementReviewBatch, ManagementReviewFilter, ManagementReviewPatch,
        ManagementReviewView, NewManagementReview,
    },
};

operations! {
    ManagementReview as ManagementReviewView, ManagementReviewId, NewManagementReview, ManagementReviewPatch,
    ManagementReviewFilter, ManagementReviewBatch;
    "/v1/isms/management-reviews" {
        /// List management reviews
        ///
        /// Planned and held, each with whether it is complete.
        list_management_reviews
        /// Plan a management review
        ///
        /// Or enter one that was held. The last one that was held before it waits for no other then.
        create_management_review
    }
    "/v1/isms/management-reviews/{id}" {
        /// Get a management review
        ///
        /// With its inputs (ISO/IEC 27001:2022 9.3.2) and results (9.3.3), whether it is complete, and what is missing.
        get_management_review
        /// Change a management review
        ///
        /// A merge patch: what is absent stays, null clears; a list replaces the whole list. `held_on` says that it was held.
        update_management_review
        /// Remove a management review
        ///
        /// For one that should not have been entered.
        delete_management_review
    }
    "/v1/isms/management-reviews:batch" {
        /// Change many management reviews at once
        ///
        /// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
        /// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
        batch_management_reviews
    }
}
