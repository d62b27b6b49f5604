//! Controls: who may create, change and remove them; and what they cover.

use super::{
    engine::{self, Coverage, CoverageState},
    model::{Control, ControlFilter, ControlPatch, ControlSort, NewControl},
    store,
};
use crate::{
    catalog::{FrameworkKey, catalog},
    kernel::{
        error::{Error, Result},
        id::ControlId,
        page::{Page, PageRequest},
        patch::{self, Expected},
    },
    platform::{
        access::{Action, Ctx},
        journal::EventType,
    },
};

/// A page of controls.
///
/// # Errors
/// When the caller may not read controls.
pub async fn list(
    ctx: &Ctx,
    filter: &ControlFilter,
    page: &PageRequest<ControlSort>,
) -> Result<Page<Control>> {
    let permit = ctx.may(Action::ControlRead)?;
    store::page(&mut *permit.read().await?, filter, page).await
}

/// One control.
///
/// # Errors
/// When the caller may not read controls or there is no such one.
pub async fn get(ctx: &Ctx, id: ControlId) -> Result<Control> {
    let permit = ctx.may(Action::ControlRead)?;
    let found = store::get(&mut *permit.read().await?, id).await?;
    found.ok_or_else(|| Error::not_found(id))
}

/// Creates a control.
///
/// # Errors
/// When the caller may not, a value is taken, or it refers to what does not exist.
pub async fn create(ctx: &Ctx, input: NewControl) -> Result<Control> {
    let permit = ctx.may(Action::ControlCreate)?;
    let control = input.into_control(ctx.caller().tenant, ctx.id(), ctx.now());
    control.validate()?;
    let mut tx = permit.write().await?;
    store::insert(&mut tx, &control).await?;
    tx.record(EventType::ControlCreated, &control)?;
    tx.commit(control).await
}

/// Changes a control.
///
/// # Errors
/// When the caller may not, it has changed since, a value is taken, or it refers to what does not exist.
pub async fn update(ctx: &Ctx, id: ControlId, expected: Expected, patch: ControlPatch) -> Result<Control> {
    let permit = ctx.may(Action::ControlUpdate)?;
    let mut tx = permit.write().await?;
    let mut control = store::get(&mut tx, id).await?.ok_or_else(|| Error::not_found(id))?;
    patch.apply(&mut control);
    control.validate()?;
    expected.check(control.version)?;
    let seen = control.version;
    control.version += 1;
    let control = store::update(&mut tx, &control, seen).await?.ok_or_else(|| patch::stale(seen + 1))?;
    tx.record(EventType::ControlUpdated, &control)?;
    tx.commit(control).await
}

/// Removes a control that nothing refers to.
///
/// # Errors
/// When the caller may not, something still refers to it, or it has changed since.
pub async fn delete(ctx: &Ctx, id: ControlId, expected: Expected) -> Result<()> {
    let permit = ctx.may(Action::ControlDelete)?;
    let mut tx = permit.write().await?;
    let control = store::get(&mut tx, id).await?.ok_or_else(|| Error::not_found(id))?;
    expected.check(control.version)?;
    store::delete(&mut tx, id, control.version).await?;
    tx.record_deleted(EventType::ControlDeleted, &control);
    tx.commit(()).await
}

/// Which requirements of a framework have an implemented control.
///
/// # Errors
/// When the caller may not read controls or there is no such framework.
pub async fn coverage(ctx: &Ctx, key: &FrameworkKey, only: Option<CoverageState>) -> Result<Coverage> {
    let permit = ctx.may(Action::ControlRead)?;
    let framework =
        catalog().framework(key.as_str()).ok_or_else(|| Error::not_found(format!("framework {key}")))?;
    let counts = store::counts(&mut *permit.read().await?, key).await?;
    Ok(engine::coverage(framework, counts, only))
}
