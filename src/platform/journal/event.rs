//! Every event type, once.

use crate::text_enum;

text_enum! {
    /// What happened to a resource: `<resource>.<verb in the past tense>`.
    EventType {
        /// A tenant was created by the operator.
        TenantCreated = "tenant.created",
        /// A tenant's settings changed.
        TenantUpdated = "tenant.updated",
        /// A member joined.
        MemberCreated = "member.created",
        /// A member's facts or role changed.
        MemberUpdated = "member.updated",
        /// A member was removed.
        MemberDeleted = "member.deleted",
        /// An API key was issued.
        ApiKeyCreated = "api_key.created",
        /// An API key was replaced by a new one; the old one ends at a set time.
        ApiKeyRotated = "api_key.rotated",
        /// An API key was revoked.
        ApiKeyRevoked = "api_key.revoked",
        /// A person gave a milestone an owner or a planned day.
        MilestoneUpdated = "milestone.updated",
        /// A control was created.
        ControlCreated = "control.created",
        /// A control changed.
        ControlUpdated = "control.updated",
        /// A control was removed.
        ControlDeleted = "control.deleted",
        /// A test of a control was recorded.
        ControlTestRecorded = "control_test.recorded",
        /// A test of a control was corrected.
        ControlTestUpdated = "control_test.updated",
        /// A test of a control was removed.
        ControlTestDeleted = "control_test.deleted",
    }
}
