//! Recording and voiding measurements; the objective tells the one that counts.

use super::{
    LatestMeasurement, NewObjectiveMeasurement, Objective, ObjectiveMeasurement, ObjectiveMeasurementPatch,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::{ObjectiveId, ObjectiveMeasurementId},
        page::{Page, PageRequest},
        patch::{self, Expected},
    },
    platform::{
        access::{Action, Ctx},
        db::{Doc, TenantTx},
        held,
        journal::{EventType, Write},
        room,
    },
    program::isms::{
        editions::step,
        parts::{self, MEASUREMENT, ObjectiveMeasurementSort, Part, store},
        record::row_of,
    },
};

/// A page of an objective's measurements, voided ones too.
///
/// # Errors
/// When the caller may not read records or there is no such objective.
pub async fn list(
    ctx: &Ctx,
    objective: ObjectiveId,
    page: &PageRequest<ObjectiveMeasurementSort>,
) -> Result<Page<ObjectiveMeasurement>> {
    let permit = ctx.may(Action::IsmsRead)?;
    let mut tx = permit.read().await?;
    room::found::<Objective>(&mut tx, objective).await?;
    let (rows, total) = store::measurements(&mut tx, row_of(objective), page).await?;
    let shown = rows.into_iter().map(Part::read).collect::<Result<_>>()?;
    Ok(page.page(shown, total, ObjectiveMeasurement::place))
}

/// One measurement of an objective.
///
/// # Errors
/// When the caller may not read records or there is no such one.
pub async fn get(
    ctx: &Ctx,
    objective: ObjectiveId,
    id: ObjectiveMeasurementId,
) -> Result<ObjectiveMeasurement> {
    let permit = ctx.may(Action::IsmsRead)?;
    let mut tx = permit.read().await?;
    find(&mut tx, objective, id).await
}

/// Records a measurement.
///
/// # Errors
/// When the caller may not, there is no such objective or member, the objective has no measure (409), or the values do
/// not fit.
pub async fn record(
    ctx: &Ctx,
    objective: ObjectiveId,
    input: NewObjectiveMeasurement,
) -> Result<ObjectiveMeasurement> {
    let permit = ctx.may(Action::IsmsUpdate)?;
    input.validate(ctx.today())?;
    let mut tx = permit.write().await?;
    held::hold(&mut tx, row_of(objective)).await?;
    let mut known = room::found::<Objective>(&mut tx, objective).await?;
    if known.measure.is_none() {
        return Err(Error::new(Code::Conflict, "the objective has no measure; say how it is measured first"));
    }
    let measurement = ObjectiveMeasurement {
        id: ctx.id(),
        objective_id: objective,
        on: input.on.unwrap_or(ctx.today()),
        value: input.value,
        note: input.note,
        by: input.by.unwrap_or(ctx.caller().member),
        voided_at: None,
        void_reason: None,
        version: 1,
        created_at: ctx.now(),
    };
    let part = Part {
        tenant_id: ctx.caller().tenant,
        id: row_of(measurement.id),
        record_id: row_of(objective),
        kind: MEASUREMENT.to_owned(),
        number: known.measurements + 1,
        on_day: measurement.on,
        member_id: measurement.by,
        facts: Doc(serde_json::to_value(&measurement).map_err(Error::internal)?),
        version: 1,
    };
    store::insert(&mut tx, &part, "/by").await?;
    tx.record(EventType::ObjectiveMeasurementRecorded, &measurement)?;
    known.measurements += 1;
    told(&mut tx, known).await?;
    tx.commit(measurement).await
}

/// Voids a measurement that was a mistake; it stays, with the reason.
///
/// # Errors
/// When the caller may not, there is no such one, it is voided already (409), or it has changed since.
pub async fn void(
    ctx: &Ctx,
    objective: ObjectiveId,
    id: ObjectiveMeasurementId,
    expected: Expected,
    input: ObjectiveMeasurementPatch,
) -> Result<ObjectiveMeasurement> {
    let permit = ctx.may(Action::IsmsUpdate)?;
    let mut tx = permit.write().await?;
    held::hold(&mut tx, row_of(objective)).await?;
    let known = room::found::<Objective>(&mut tx, objective).await?;
    let mut measurement = find(&mut tx, objective, id).await?;
    if measurement.voided_at.is_some() {
        return Err(Error::new(Code::Conflict, "the measurement is voided already"));
    }
    expected.check(measurement.version)?;
    measurement.voided_at = Some(ctx.now());
    measurement.void_reason = Some(input.void_reason);
    measurement.version = 2;
    if !store::void(&mut tx, row_of(id), &measurement).await? {
        return Err(patch::stale(2));
    }
    tx.record(EventType::ObjectiveMeasurementVoided, &measurement)?;
    told(&mut tx, known).await?;
    tx.commit(measurement).await
}

/// Lets the objective, whose row is held, tell what was measured last.
async fn told(tx: &mut Write, mut objective: Objective) -> Result<()> {
    let latest = parts::store::latest(tx, row_of(objective.id)).await?;
    let latest = latest.map(Part::read::<ObjectiveMeasurement>).transpose()?;
    objective.latest = latest.map(|one| LatestMeasurement { on: one.on, value: one.value });
    step(tx, objective, Expected::Any, EventType::ObjectiveUpdated).await.map(drop)
}

async fn find(
    tx: &mut TenantTx,
    objective: ObjectiveId,
    id: ObjectiveMeasurementId,
) -> Result<ObjectiveMeasurement> {
    let part = store::measurement(tx, row_of(objective), row_of(id)).await?;
    part.ok_or_else(|| Error::not_found(id))?.read()
}
