//! Reading and changing the default settings.

use super::{
    model::{CertificationSettings, CertificationSettingsPatch, Defaults},
    store,
};
use crate::{
    kernel::{error::Result, patch::Expected},
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        journal::{EventType, Ripple},
    },
};

/// The tenant's default settings.
///
/// # Errors
/// When the caller may not read certificates.
pub async fn get(ctx: &Ctx) -> Result<CertificationSettings> {
    let permit = ctx.may(Action::CertificationRead)?;
    ctx.unbound()?;
    Ok(store::get(&mut *permit.read().await?).await?.into())
}

/// The tenant's default settings as stored; for a use case that has been authorised.
///
/// # Errors
/// When the database fails.
pub async fn known(tx: &mut TenantTx) -> Result<Defaults> {
    store::get(tx).await
}

/// Changes the default settings, and with them the dates of every certificate that has none of its own. What changes
/// nothing writes nothing.
///
/// # Errors
/// When the caller may not, they have changed since, or values do not fit.
pub async fn update(
    ctx: &Ctx,
    expected: Expected,
    patch: CertificationSettingsPatch,
) -> Result<CertificationSettings> {
    let permit = ctx.may(Action::CertificationSettingsUpdate)?;
    let mut tx = permit.write().await?;
    let before = store::hold(&mut tx).await?;
    let mut after = before.clone();
    patch.apply(&mut after.settings.0);
    after.validate()?;
    expected.check(before.version)?;
    if after == before {
        return Ok(before.into());
    }
    after.version += 1;
    store::update(&mut tx, &after).await?;
    tx.stir(Ripple::CertificationSettings(ctx.today()));
    let told = CertificationSettings::from(after);
    tx.record(EventType::CertificationSettingsUpdated, &told)?;
    tx.commit(told).await
}
