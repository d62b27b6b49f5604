//! What a crash leaves in the evidence store: cut uploads, and files that got their address but no row.

use std::time::SystemTime;

use futures_util::TryStreamExt;

use super::versions;
use crate::{
    kernel::{error::Result, id::TenantId},
    platform::{access::Services, files::Sum},
};

/// Files that are looked up in one statement.
const AT_ONCE: usize = 200;

/// Removes what was last written before `before` and belongs to nothing: cut uploads of other runs, and files that no
/// content names. Files of tenants that this database does not have are left alone: the store may be shared.
///
/// # Errors
/// When the store or the database does not answer.
pub async fn sweep(services: &Services, before: SystemTime) -> Result<()> {
    let uploads = services.files.sweep_uploads(before).await?;
    let mut files = 0;
    for tenant in services.files.tenants().await? {
        files += sweep_tenant(services, tenant, before).await?;
    }
    tracing::info!(uploads, files, "the evidence store is swept");
    Ok(())
}

async fn sweep_tenant(services: &Services, tenant: TenantId, before: SystemTime) -> Result<usize> {
    let mut removed = 0;
    let mut found = services.files.older(tenant, before);
    let mut batch = Vec::with_capacity(AT_ONCE);
    while let Some(sum) = found.try_next().await? {
        batch.push(sum);
        if batch.len() == AT_ONCE {
            removed += remove_unnamed(services, tenant, &std::mem::take(&mut batch), before).await?;
        }
    }
    Ok(removed + remove_unnamed(services, tenant, &batch, before).await?)
}

async fn remove_unnamed(
    services: &Services,
    tenant: TenantId,
    sums: &[Sum],
    before: SystemTime,
) -> Result<usize> {
    if sums.is_empty() {
        return Ok(0);
    }
    // No file gets its address between the question and its consequence.
    let _alone = services.files.sweeping().await;
    let Some(mut tx) = services.upkeep(tenant).await? else { return Ok(0) };
    let named = versions::named(&mut tx, sums).await?;
    drop(tx);
    let mut removed = 0;
    for sum in sums.iter().filter(|sum| !named.contains(&sum.to_string())) {
        removed += usize::from(services.files.forget(tenant, *sum, before).await?);
    }
    Ok(removed)
}
