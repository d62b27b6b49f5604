//! Interested parties over GraphQL.

use super::{owned, resolvers};
use crate::{
    kernel::id::InterestedPartyId,
    program::isms::parties::{
        InterestedParty, InterestedPartyBatch, InterestedPartyFilter, InterestedPartyPatch,
        NewInterestedParty,
    },
};

owned!(InterestedParty, |one| one.owner);

resolvers! {
    InterestedParty as InterestedParty, InterestedPartyId, NewInterestedParty, InterestedPartyPatch, InterestedPartyFilter, InterestedPartyBatch;
    query InterestedPartyQuery {
        /// Each with what it requires, and whether that is met through the management system.
        interested_parties
        /// One interested party.
        interested_party
    }
    mutation InterestedPartyMutation {
        /// Enters an interested party.
        create_interested_party
        /// Changes an interested party.
        update_interested_party
        /// Removes an interested party.
        delete_interested_party
        /// Changes many at once, in one transaction.
        batch_interested_parties
    }
}
