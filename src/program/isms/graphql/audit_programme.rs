//! Audit programmes over GraphQL.

use super::{owned, resolvers};
use crate::{
    kernel::id::AuditProgrammeId,
    program::isms::programmes::{
        AuditProgramme, AuditProgrammeBatch, AuditProgrammeFilter, AuditProgrammePatch, NewAuditProgramme,
    },
};

owned!(AuditProgramme, |one| one.owner);

resolvers! {
    AuditProgramme as AuditProgramme, AuditProgrammeId, NewAuditProgramme, AuditProgrammePatch, AuditProgrammeFilter, AuditProgrammeBatch;
    query AuditProgrammeQuery {
        /// Each with the internal audits that it plans.
        audit_programmes
        /// One audit programme.
        audit_programme
    }
    mutation AuditProgrammeMutation {
        /// Enters an audit programme.
        create_audit_programme
        /// Changes an audit programme.
        update_audit_programme
        /// Removes an audit programme.
        delete_audit_programme
        /// Changes many at once, in one transaction.
        batch_audit_programmes
    }
}
