//! By which edition of the rooms' rules a tenant's diary was written. A release that computes other dates counts the edition
//! up, and what is behind is rewritten by whoever comes first.

mod store;

pub use store::{begin, is_behind, rewrite};

use crate::{
    kernel::{error::Result, id::TenantId},
    platform::{access::Services, db::Statements},
};

/// The edition of what rooms compute: count it up when a rule changes a date, or there are new dates.
pub const EDITION: i32 = 2;

/// Notes that a tenant's diary is rewritten. Not journalled: what moved is.
///
/// # Errors
/// When the database fails.
pub async fn note(services: &Services, tenant: TenantId) -> Result<()> {
    let mut tx = services.db.write(tenant, &Statements::default()).await?;
    // A newer release may have been faster.
    if store::is_behind(&mut tx).await? {
        store::begin(&mut tx).await?;
    }
    tx.commit().await
}
