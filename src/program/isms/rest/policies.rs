//! Policies over REST.

use super::{editions, operations};
use crate::{
    kernel::id::PolicyId,
    program::isms::policies::{NewPolicy, Policy, PolicyBatch, PolicyFilter, PolicyPatch},
};

operations! {
    Policy as Policy, PolicyId, NewPolicy, PolicyPatch, PolicyFilter, PolicyBatch;
    "/v1/isms/policies" {
        /// List policies
        ///
        /// The information security policy and those of single topics, each with the edition that is worked on or holds.
        list_policies
        /// Enter a policy
        ///
        /// As a draft of its first edition. Its text is here, behind a link, or both.
        create_policy
    }
    "/v1/isms/policies/{id}" {
        /// Get a policy
        ///
        /// The edition that is worked on, or the one that holds while none is; `in_force` tells which one holds.
        get_policy
        /// Change a policy
        ///
        /// A merge patch: what is absent stays, null clears. An approved edition stays as it is, but for who answers for it,
        /// when it is reviewed, how it was communicated and its references: open the next edition to change the rest.
        update_policy
        /// Remove a policy
        ///
        /// For one that was never approved; what was approved is retired.
        delete_policy
    }
    "/v1/isms/policies:batch" {
        /// Change many policies at once
        ///
        /// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
        /// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
        batch_policies
    }
}

editions! {
    Policy, PolicyId;
    "/v1/isms/policies/{id}/approve" {
        /// Approve a policy
        ///
        /// Freezes the draft as an edition, which supersedes the one before. The approver is a person who is an owner or a
        /// manager. The information security policy needs what ISO/IEC 27001:2022 5.2 asks for: objectives or a framework
        /// for them, both commitments, and an approver of top management, whose position is said; 409 names what is missing.
        approve_policy
    }
    "/v1/isms/policies/{id}/revise" {
        /// Revise a policy
        ///
        /// Opens the next edition, as a draft that says what the approved one says. That one holds until the draft is
        /// approved.
        revise_policy
    }
    "/v1/isms/policies/{id}/discard-draft" {
        /// Throw away the draft of a policy
        ///
        /// For the draft of a later edition: the record says again, word for word, what was approved last, and is
        /// approved, or retired where it was. Its owner, its references and its review stay as they are
        /// now. The draft of a first edition is removed with the record.
        discard_policy_draft
    }
    "/v1/isms/policies/{id}/retire" {
        /// Retire a policy
        ///
        /// Its last edition holds no more, and none takes its place; a draft of the next one is dropped. Its
        /// editions stay readable.
        retire_policy
    }
    "/v1/isms/policies/{id}/editions" {
        /// List the editions of a policy
        ///
        /// Those that were approved: the one that holds, and those that it superseded.
        list_policy_editions
    }
    "/v1/isms/policies/{id}/editions/{number}" {
        /// Get an edition of a policy
        ///
        /// The policy as it was approved. Nothing in it changes any more.
        get_policy_edition
    }
}
