//! Engagements: the audits that an auditor's credential is bound to, and until when. Whoever is bound to one sees that
//! audit and what belongs to it, and nothing else; after the last day of the last engagement the credential does not
//! work any more. An engagement is never forgotten: it ends, so that nobody sees more afterwards than before.

mod store;

use std::sync::Arc;

use super::{authenticate::refused, members::Member, tenants::Tenant};
use crate::{
    kernel::{error::Result, id::AuditId, time::Instant},
    platform::{access::Role, db::TenantTx},
};
pub use store::bind;

/// The audits that a member is bound to now; none where it is bound to none, and so sees what its role may.
///
/// # Errors
/// [`Code::Unauthenticated`](crate::kernel::error::Code::Unauthenticated) when all its engagements have ended.
pub(super) async fn now(
    tx: &mut TenantTx,
    tenant: &Tenant,
    member: &Member,
    now: Instant,
) -> Result<Option<Arc<[AuditId]>>> {
    if member.role != Role::Auditor {
        return Ok(None);
    }
    let all = store::of_member(tx, member.id).await?;
    if all.is_empty() {
        return Ok(None);
    }
    let today = now.date_in(tenant.zone());
    let open: Arc<[AuditId]> =
        all.iter().filter(|(_, until)| today <= *until).map(|(audit, _)| *audit).collect();
    if open.is_empty() { Err(refused()) } else { Ok(Some(open)) }
}
