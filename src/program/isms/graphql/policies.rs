//! Policies over GraphQL.

use super::{editions, owned, resolvers};
use crate::{
    kernel::id::PolicyId,
    program::isms::policies::{NewPolicy, Policy, PolicyBatch, PolicyFilter, PolicyPatch},
};

owned!(Policy, |one| one.owner);

resolvers! {
    Policy as Policy, PolicyId, NewPolicy, PolicyPatch, PolicyFilter, PolicyBatch;
    query PolicyQuery {
        /// Policies, each with the edition that is worked on or holds.
        policies
        /// One policy.
        policy
    }
    mutation PolicyMutation {
        /// Enters a policy, as a draft of its first edition.
        create_policy
        /// Changes a policy. An approved edition stays as it is.
        update_policy
        /// Removes a policy that was never approved.
        delete_policy
        /// Changes many at once, in one transaction.
        batch_policies
    }
}

editions! {
    Policy, PolicyId;
    query PolicyEditionQuery {
        /// The approved editions of a policy.
        policy_editions
        /// A policy as it was approved.
        policy_edition
    }
    mutation PolicyEditionMutation {
        /// Approves the draft of a policy.
        approve_policy
        /// Opens the next edition of a policy, as a draft.
        revise_policy
        /// Throws away the draft of a later edition of a policy.
        discard_policy_draft
        /// Retires a policy.
        retire_policy
    }
}
