//! Audit programmes over REST.

use super::operations;
use crate::{
    kernel::id::AuditProgrammeId,
    program::isms::programmes::{
        AuditProgramme, AuditProgrammeBatch, AuditProgrammeFilter, AuditProgrammePatch, NewAuditProgramme,
    },
};

operations! {
    AuditProgramme as AuditProgramme, AuditProgrammeId, NewAuditProgramme, AuditProgrammePatch, AuditProgrammeFilter, AuditProgrammeBatch;
    "/v1/isms/audit-programmes" {
        /// List audit programmes
        ///
        /// Each with the internal audits that it plans.
        list_audit_programmes
        /// Enter an audit programme
        ///
        /// A draft may leave open what an active one has to say: frequency, methods, responsibilities,
        /// planning, reporting, and what was considered (ISO/IEC 27001:2022 9.2.2).
        create_audit_programme
    }
    "/v1/isms/audit-programmes/{id}" {
        /// Get an audit programme
        ///
        /// With the internal audits that it plans, and which were held.
        get_audit_programme
        /// Change an audit programme
        ///
        /// A merge patch: what is absent stays, null clears; a list replaces the whole list.
        update_audit_programme
        /// Remove an audit programme
        ///
        /// For one that should not have been entered; one whose period is over is better closed.
        delete_audit_programme
    }
    "/v1/isms/audit-programmes:batch" {
        /// Change many audit programmes at once
        ///
        /// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another
        /// system. What is refused is told for each item and leaves nothing; `atomic` makes it all or nothing;
        /// `dry_run` only tells.
        batch_audit_programmes
    }
}
