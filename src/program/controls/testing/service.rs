//! Recording and correcting tests of controls.

use super::{
    model::{ControlTest, ControlTestFilter, ControlTestPatch, ControlTestSort, NewControlTest},
    store,
};
use crate::{
    kernel::{
        error::{Error, Result},
        id::{ControlId, ControlTestId},
        page::{Page, PageRequest},
        patch::{self, Expected},
    },
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        journal::{EventType, Ripple},
        room::Stored,
    },
    program::controls::Control,
};

/// A page of a control's tests.
///
/// # Errors
/// When the caller may not read controls or there is no such one.
pub async fn list(
    ctx: &Ctx,
    control: ControlId,
    filter: &ControlTestFilter,
    page: &PageRequest<ControlTestSort>,
) -> Result<Page<ControlTest>> {
    let permit = ctx.may(Action::ControlRead)?;
    let mut tx = permit.read().await?;
    exists(&mut tx, control).await?;
    store::page(&mut tx, control, filter, page).await
}

/// All tests of these controls, newest first.
///
/// # Errors
/// When the caller may not read controls.
pub async fn of_controls(ctx: &Ctx, all: &[ControlId]) -> Result<Vec<ControlTest>> {
    let permit = ctx.may(Action::ControlRead)?;
    let mut tx = permit.read().await?;
    let own = tx.own_controls();
    let seen = all.iter().copied().filter(|id| own.as_ref().is_none_or(|own| own.contains(id)));
    let seen: Vec<_> = seen.collect();
    store::of_controls(&mut tx, &seen).await
}

/// One test of a control.
///
/// # Errors
/// When the caller may not read controls or there is no such test.
pub async fn get(ctx: &Ctx, control: ControlId, id: ControlTestId) -> Result<ControlTest> {
    let permit = ctx.may(Action::ControlRead)?;
    let mut tx = permit.read().await?;
    exists(&mut tx, control).await?;
    find(&mut tx, control, id).await
}

/// Records a test.
///
/// # Errors
/// When the caller may not, there is no such control or member, or the values do not fit together.
pub async fn record(ctx: &Ctx, control: ControlId, input: NewControlTest) -> Result<ControlTest> {
    let permit = ctx.may(Action::ControlTestWrite)?;
    let test = input.into_test(ctx.caller().tenant, control, ctx.id(), ctx.now());
    test.validate(ctx.today())?;
    let mut tx = permit.write().await?;
    exists(&mut tx, control).await?;
    store::insert(&mut tx, &test).await?;
    tx.record(EventType::ControlTestRecorded, &test)?;
    tx.stir(Ripple::ControlSchedule(control));
    tx.commit(test).await
}

/// Corrects a test.
///
/// # Errors
/// When the caller may not, it has changed since, or the values do not fit together.
pub async fn update(
    ctx: &Ctx,
    control: ControlId,
    id: ControlTestId,
    expected: Expected,
    patch: ControlTestPatch,
) -> Result<ControlTest> {
    let permit = ctx.may(Action::ControlTestWrite)?;
    let mut tx = permit.write().await?;
    let mut test = find(&mut tx, control, id).await?;
    patch.apply(&mut test);
    test.validate(ctx.today())?;
    expected.check(test.version)?;
    let seen = test.version;
    test.version += 1;
    let test = store::update(&mut tx, &test, seen).await?.ok_or_else(|| patch::stale(seen + 1))?;
    tx.record(EventType::ControlTestUpdated, &test)?;
    tx.stir(Ripple::ControlSchedule(control));
    tx.commit(test).await
}

/// Removes a test that should not have been recorded.
///
/// # Errors
/// When the caller may not, there is no such test, or it has changed since.
pub async fn delete(ctx: &Ctx, control: ControlId, id: ControlTestId, expected: Expected) -> Result<()> {
    let permit = ctx.may(Action::ControlTestDelete)?;
    let mut tx = permit.write().await?;
    let test = find(&mut tx, control, id).await?;
    expected.check(test.version)?;
    store::delete(&mut tx, id, test.version).await?;
    tx.record_deleted(EventType::ControlTestDeleted, &test);
    tx.stir(Ripple::ControlSchedule(control));
    tx.commit(()).await
}

async fn find(tx: &mut TenantTx, control: ControlId, id: ControlTestId) -> Result<ControlTest> {
    store::get(tx, control, id).await?.ok_or_else(|| Error::not_found(id))
}

async fn exists(tx: &mut TenantTx, control: ControlId) -> Result<()> {
    Control::find(tx, control).await?.map(drop).ok_or_else(|| Error::not_found(control))
}
