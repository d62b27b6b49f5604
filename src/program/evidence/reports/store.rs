//! Which engagement names a piece of evidence as its report.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::{
    kernel::{
        error::Result,
        id::{AttestationId, EvidenceId},
    },
    on_each,
    platform::db::TenantTx,
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    attestations (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        report_evidence_id -> Nullable<Uid>,
    }
}

/// An engagement whose report this is.
pub async fn reported_by(tx: &mut TenantTx, id: EvidenceId) -> Result<Option<AttestationId>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        attestations::table
            .filter(attestations::tenant_id.eq(tenant))
            .filter(attestations::report_evidence_id.eq(id))
            .order(attestations::id)
            .select(attestations::id)
            .first(conn)
            .await
            .optional()
    })?)
}
