//! Recording and correcting tests of controls.

use super::{
    model::{
        ControlTest, ControlTestBatch, ControlTestChange, ControlTestFilter, ControlTestOperation,
        ControlTestPatch, ControlTestPut, ControlTestRemoval, ControlTestSort, NewControlTest,
    },
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
        batch::{self, BatchResult, CHANGED, CREATED, Done, ItemOutcome, PUT, REMOVED, Task},
        db::{TenantTx, refs},
        journal::{EventType, Ripple, Write},
        room::{self, Stored},
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

/// The newest tests of these controls, newest first, so many of each.
///
/// # Errors
/// When the caller may not read controls.
pub async fn newest(ctx: &Ctx, all: &[ControlId], each: u32) -> Result<Vec<ControlTest>> {
    let permit = ctx.may(Action::ControlRead)?;
    let mut tx = permit.read().await?;
    let own = tx.own_controls();
    let seen = all.iter().copied().filter(|id| own.as_ref().is_none_or(|own| own.contains(id)));
    let seen: Vec<_> = seen.collect();
    store::newest(&mut tx, &seen, each).await
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
    add(&mut tx, &test).await?;
    tx.commit(test).await
}

/// Corrects a test. What changes nothing writes nothing.
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
    let before = find(&mut tx, control, id).await?;
    let mut after = before.clone();
    patch.apply(&mut after);
    match change(&mut tx, ctx, &before, after, expected).await? {
        Some(after) => tx.commit(after).await,
        None => Ok(before),
    }
}

/// Removes a test that should not have been recorded.
///
/// # Errors
/// When the caller may not, there is no such test, or it has changed since.
pub async fn delete(ctx: &Ctx, control: ControlId, id: ControlTestId, expected: Expected) -> Result<()> {
    let permit = ctx.may(Action::ControlTestDelete)?;
    let mut tx = permit.write().await?;
    let test = find(&mut tx, control, id).await?;
    remove(&mut tx, &test, expected).await?;
    tx.commit(()).await
}

/// Does many things to the tests of a control in one transaction, in their order. What is refused is told and leaves
/// nothing.
///
/// # Errors
/// As [`batch::run`]; when there is no such control.
pub async fn batch(ctx: &Ctx, control: ControlId, input: ControlTestBatch) -> Result<BatchResult> {
    batch::bounded(&input.items)?;
    let permit = ctx.may(Action::ControlTestWrite)?;
    let mut tx = permit.write().await?;
    exists(&mut tx, control).await?;
    let manner = input.manner();
    let tasks = input.items.into_iter().map(|operation| Testing { control, operation }).collect();
    batch::each(ctx, tx, manner, tasks).await
}

/// One thing to do to the tests of a control.
struct Testing {
    control: ControlId,
    operation: ControlTestOperation,
}

impl Task for Testing {
    fn places(&self) -> (&'static str, &'static str) {
        match self.operation {
            ControlTestOperation::Create(_) => CREATED,
            ControlTestOperation::Update(_) => CHANGED,
            ControlTestOperation::Put(_) => PUT,
            ControlTestOperation::Delete(_) => REMOVED,
        }
    }

    async fn perform(self, tx: &mut Write, ctx: &Ctx) -> Result<Done> {
        match self.operation {
            ControlTestOperation::Create(new) => create(tx, ctx, self.control, new).await,
            ControlTestOperation::Update(ControlTestChange { id, version, patch }) => {
                let before = find(tx, self.control, id).await?;
                let mut after = before.clone();
                patch.apply(&mut after);
                told(tx, ctx, &before, after, version.into()).await
            }
            ControlTestOperation::Put(one) => put(tx, ctx, self.control, one).await,
            ControlTestOperation::Delete(ControlTestRemoval { id, version }) => {
                ctx.may(Action::ControlTestDelete)?;
                let test = find(tx, self.control, id).await?;
                remove(tx, &test, version.into()).await?;
                Ok(Done::of(ItemOutcome::Deleted, &test))
            }
        }
    }
}

async fn create(tx: &mut Write, ctx: &Ctx, control: ControlId, new: NewControlTest) -> Result<Done> {
    let test = new.into_test(ctx.caller().tenant, control, ctx.id(), ctx.now());
    test.validate(ctx.today())?;
    add(tx, &test).await?;
    Ok(Done::of(ItemOutcome::Created, &test))
}

/// Where a test of another control carries the reference, that is found taken.
async fn put(tx: &mut Write, ctx: &Ctx, control: ControlId, one: ControlTestPut) -> Result<Done> {
    let ControlTestPut { external_ref: key, mut resource } = one;
    key.note(&mut resource.external_refs);
    let known = match refs::carrier(tx, &key.system, &key.id).await? {
        Some(id) => store::get(tx, control, id).await?,
        None => None,
    };
    let Some(before) = known else { return create(tx, ctx, control, resource).await };
    let mut after = resource.into_test(before.tenant_id, control, before.id, before.created_at);
    after.version = before.version;
    told(tx, ctx, &before, after, Expected::Any).await
}

async fn told(
    tx: &mut Write,
    ctx: &Ctx,
    before: &ControlTest,
    after: ControlTest,
    expected: Expected,
) -> Result<Done> {
    Ok(match change(tx, ctx, before, after, expected).await? {
        Some(after) => Done::of(ItemOutcome::Updated, &after),
        None => Done::of(ItemOutcome::Unchanged, before),
    })
}

async fn add(tx: &mut Write, test: &ControlTest) -> Result<()> {
    store::insert(tx, test).await?;
    tx.record(EventType::ControlTestRecorded, test)?;
    tx.stir(Ripple::ControlSchedule(test.control_id));
    Ok(())
}

/// None where nothing changed.
async fn change(
    tx: &mut Write,
    ctx: &Ctx,
    before: &ControlTest,
    mut after: ControlTest,
    expected: Expected,
) -> Result<Option<ControlTest>> {
    after.validate(ctx.today())?;
    let seen = before.version;
    expected.check(seen)?;
    if room::same(before, &after)? {
        return Ok(None);
    }
    after.version += 1;
    let after = store::update(tx, &after, seen).await?.ok_or_else(|| patch::stale(seen + 1))?;
    tx.record(EventType::ControlTestUpdated, &after)?;
    tx.stir(Ripple::ControlSchedule(after.control_id));
    Ok(Some(after))
}

async fn remove(tx: &mut Write, test: &ControlTest, expected: Expected) -> Result<()> {
    expected.check(test.version)?;
    store::delete(tx, test.id, test.version).await?;
    tx.record_deleted(EventType::ControlTestDeleted, test);
    tx.stir(Ripple::ControlSchedule(test.control_id));
    Ok(())
}

async fn find(tx: &mut TenantTx, control: ControlId, id: ControlTestId) -> Result<ControlTest> {
    store::get(tx, control, id).await?.ok_or_else(|| Error::not_found(id))
}

async fn exists(tx: &mut TenantTx, control: ControlId) -> Result<()> {
    Control::find(tx, control).await?.map(drop).ok_or_else(|| Error::not_found(control))
}
