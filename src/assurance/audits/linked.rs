//! What belongs to an audit in other rooms: the certificate or the engagement that it serves, and the controls and the
//! evidence that it, its findings, their corrective actions and its evidence requests name.

use futures_util::future::BoxFuture;

use super::{model::Audit, requests};
use crate::{
    assurance::findings,
    kernel::{error::Result, id::AuditId},
    platform::{
        db::{Linked, TenantTx},
        room::Stored,
    },
};

/// What these audits serve, and the controls and the evidence that they and what hangs on them name. Four statements.
pub fn linked<'a>(tx: &'a mut TenantTx, audits: &'a [AuditId]) -> BoxFuture<'a, Result<Linked>> {
    Box::pin(async move {
        let mut linked = findings::linked(tx, audits).await?;
        for audit in Audit::by_ids(tx, audits).await? {
            linked.controls.extend(audit.controls.iter());
            linked.certifications.extend(audit.certification);
            linked.attestations.extend(audit.attestation);
        }
        for request in requests::of_audits(tx, audits).await? {
            linked.controls.extend(request.controls.iter());
            linked.evidence.extend(request.evidence.iter());
        }
        Ok(linked)
    })
}
