//! Certification bodies: who may create, change and remove them.

use super::{
    model::{BodySort, BodyView, CertificationBodyFilter, CertificationBodyPatch, NewCertificationBody},
    store,
};
use crate::{
    kernel::{
        error::{Error, Result},
        id::CertificationBodyId,
        page::{Page, PageRequest},
        patch::{self, Expected},
        time::Date,
    },
    platform::{
        access::{Action, Ctx},
        journal::EventType,
    },
};

/// A page of certification bodies, as they stand on the filter's day.
///
/// # Errors
/// When the caller may not read certification bodies.
pub async fn list(
    ctx: &Ctx,
    filter: &CertificationBodyFilter,
    page: &PageRequest<BodySort>,
) -> Result<Page<BodyView>> {
    let permit = ctx.may(Action::CertificationBodyRead)?;
    let (rows, total) = store::page(&mut *permit.read().await?, filter, page).await?;
    let day = filter.as_of.unwrap_or(ctx.today());
    let rows = rows.into_iter().map(|body| body.on(day)).collect();
    Ok(page.page(rows, total, BodyView::place(page.sort)))
}

/// One certification body, as it stands on a day; today unless given.
///
/// # Errors
/// When the caller may not read certification bodies or there is no such one.
pub async fn get(ctx: &Ctx, id: CertificationBodyId, as_of: Option<Date>) -> Result<BodyView> {
    let permit = ctx.may(Action::CertificationBodyRead)?;
    let found = store::get(&mut *permit.read().await?, id).await?;
    Ok(found.ok_or_else(|| Error::not_found(id))?.on(as_of.unwrap_or(ctx.today())))
}

/// The certification bodies with these ids, in no order, as they stand today.
///
/// # Errors
/// When the caller may not read certification bodies.
pub async fn by_ids(ctx: &Ctx, ids: &[CertificationBodyId]) -> Result<Vec<BodyView>> {
    let permit = ctx.may(Action::CertificationBodyRead)?;
    let found = store::by_ids(&mut *permit.read().await?, ids).await?;
    Ok(found.into_iter().map(|body| body.on(ctx.today())).collect())
}

/// Creates a certification body.
///
/// # Errors
/// When the caller may not, a value is taken, or dates do not fit together.
pub async fn create(ctx: &Ctx, input: NewCertificationBody) -> Result<BodyView> {
    let permit = ctx.may(Action::CertificationBodyCreate)?;
    let body = input.into_body(ctx.caller().tenant, ctx.id(), ctx.now());
    body.validate()?;
    let mut tx = permit.write().await?;
    store::insert(&mut tx, &body).await?;
    tx.record(EventType::CertificationBodyCreated, &body)?;
    tx.commit(body.on(ctx.today())).await
}

/// Changes a certification body.
///
/// # Errors
/// When the caller may not, it has changed since, a value is taken, or dates do not fit together.
pub async fn update(
    ctx: &Ctx,
    id: CertificationBodyId,
    expected: Expected,
    patch: CertificationBodyPatch,
) -> Result<BodyView> {
    let permit = ctx.may(Action::CertificationBodyUpdate)?;
    let mut tx = permit.write().await?;
    let mut body = store::get(&mut tx, id).await?.ok_or_else(|| Error::not_found(id))?;
    patch.apply(&mut body);
    body.validate()?;
    expected.check(body.version)?;
    let seen = body.version;
    body.version += 1;
    let body = store::update(&mut tx, &body, seen).await?.ok_or_else(|| patch::stale(seen + 1))?;
    tx.record(EventType::CertificationBodyUpdated, &body)?;
    tx.commit(body.on(ctx.today())).await
}

/// Removes a certification body that no certificate names.
///
/// # Errors
/// When the caller may not, a certificate names it, or it has changed since.
pub async fn delete(ctx: &Ctx, id: CertificationBodyId, expected: Expected) -> Result<()> {
    let permit = ctx.may(Action::CertificationBodyDelete)?;
    let mut tx = permit.write().await?;
    let body = store::get(&mut tx, id).await?.ok_or_else(|| Error::not_found(id))?;
    expected.check(body.version)?;
    store::delete(&mut tx, id, body.version).await?;
    tx.record_deleted(EventType::CertificationBodyDeleted, &body);
    tx.commit(()).await
}
