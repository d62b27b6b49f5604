//! Interested parties over REST.

use super::operations;
use crate::{
    kernel::id::InterestedPartyId,
    program::isms::parties::{
        InterestedParty, InterestedPartyBatch, InterestedPartyFilter, InterestedPartyPatch,
        NewInterestedParty,
    },
};

operations! {
    InterestedParty as InterestedParty, InterestedPartyId, NewInterestedParty, InterestedPartyPatch, InterestedPartyFilter, InterestedPartyBatch;
    "/v1/isms/interested-parties" {
        /// List interested parties
        ///
        /// Each with what it requires, and whether that is met through the management system.
        list_interested_parties
        /// Enter an interested party
        ///
        /// With what it requires.
        create_interested_party
    }
    "/v1/isms/interested-parties/{id}" {
        /// Get an interested party
        ///
        /// With when its requirements were looked at last, and when they are looked at again.
        get_interested_party
        /// Change an interested party
        ///
        /// A merge patch: what is absent stays, null clears; a list replaces the whole list.
        update_interested_party
        /// Remove an interested party
        ///
        /// For one that should not have been entered, and that no scope names; one that counts no more is
        /// better retired.
        delete_interested_party
    }
    "/v1/isms/interested-parties:batch" {
        /// Change many interested parties at once
        ///
        /// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another
        /// system. What is refused is told for each item and leaves nothing; `atomic` makes it all or nothing;
        /// `dry_run` only tells.
        batch_interested_parties
    }
}
