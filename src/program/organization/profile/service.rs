//! The profile: who may read and change it.

use super::{
    model::{Organization, OrganizationPatch},
    store,
};
use crate::{
    kernel::{
        error::Result,
        patch::{self, Expected},
    },
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        journal::EventType,
    },
};

/// The profile of the caller's organisation, as far as it is known.
///
/// # Errors
/// When the caller may not read it.
pub async fn get(ctx: &Ctx) -> Result<Organization> {
    let permit = ctx.may(Action::OrganizationRead)?;
    known(&mut *permit.read().await?).await
}

/// The profile as far as it is known; for a use case that has been authorised.
///
/// # Errors
/// When the database fails.
pub async fn known(tx: &mut TenantTx) -> Result<Organization> {
    Ok(store::get(tx).await?.unwrap_or_else(|| Organization::unknown(tx.tenant())))
}

/// Changes the profile. What changes nothing writes nothing.
///
/// # Errors
/// When the caller may not, it has changed since, or values do not fit.
pub async fn update(ctx: &Ctx, expected: Expected, patch: OrganizationPatch) -> Result<Organization> {
    let permit = ctx.may(Action::OrganizationUpdate)?;
    let mut tx = permit.write().await?;
    let known = store::get(&mut tx).await?;
    let seen = known.as_ref().map(|one| one.version);
    let before = known.unwrap_or_else(|| Organization::unknown(ctx.caller().tenant));
    let mut after = before.clone();
    patch.apply(&mut after);
    after.validate()?;
    expected.check(before.version)?;
    if after == before {
        return Ok(before);
    }
    after.version += 1;
    if !store::put(&mut tx, &after, seen).await? {
        return Err(patch::stale(after.version));
    }
    tx.record(EventType::OrganizationUpdated, &after)?;
    tx.commit(after).await
}
