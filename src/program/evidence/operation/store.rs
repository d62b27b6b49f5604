//! What the evidence of a control shows of when it was performed.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::{
    kernel::{
        error::Result,
        id::{ControlId, EvidenceId},
        time::{Date, Instant},
    },
    on_each,
    platform::db::TenantTx,
    program::evidence::{
        review::ReviewState,
        store::{evidence, evidence_controls},
    },
};

/// A piece of evidence of a control, with the last day that it covers, and when it was collected and uploaded.
pub(super) type Dated = (ControlId, EvidenceId, Option<Date>, Option<Instant>, Option<Instant>);

/// The evidence of these controls that is not rejected, in no order.
pub(super) async fn dated(tx: &mut TenantTx, controls: &[ControlId]) -> Result<Vec<Dated>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        evidence_controls::table
            .inner_join(
                evidence::table.on(evidence::tenant_id
                    .eq(evidence_controls::tenant_id)
                    .and(evidence::id.eq(evidence_controls::evidence_id))),
            )
            .filter(evidence_controls::tenant_id.eq(tenant))
            .filter(evidence_controls::control_id.eq_any(controls.iter().copied()))
            .filter(evidence::review.ne(ReviewState::Rejected))
            .select((
                evidence_controls::control_id,
                evidence::id,
                evidence::covers_to,
                evidence::collected_at,
                evidence::uploaded_at,
            ))
            .load(conn)
            .await
    })?)
}
