//! Recording what a practitioner tested, and what management says to exceptions.

use super::{
    model::{
        AttestationTest, AttestationTestFilter, AttestationTestPatch, AttestationTestSort, NewAttestationTest,
    },
    store,
};
use crate::{
    assurance::attestations::service::there,
    kernel::{
        error::{Error, Result},
        id::{AttestationId, AttestationTestId},
        page::{Page, PageRequest},
        patch::{self, Expected},
    },
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        journal::EventType,
    },
};

/// A page of an examination's tests.
///
/// # Errors
/// When the caller may not read attestations or there is no such one.
pub async fn list(
    ctx: &Ctx,
    attestation: AttestationId,
    filter: &AttestationTestFilter,
    page: &PageRequest<AttestationTestSort>,
) -> Result<Page<AttestationTest>> {
    let permit = ctx.may(Action::AttestationRead)?;
    ctx.unbound()?;
    let mut tx = permit.read().await?;
    there(&mut tx, attestation).await?;
    store::page(&mut tx, attestation, filter, page).await
}

/// One test of an examination.
///
/// # Errors
/// When the caller may not read attestations or there is no such test.
pub async fn get(ctx: &Ctx, attestation: AttestationId, id: AttestationTestId) -> Result<AttestationTest> {
    let permit = ctx.may(Action::AttestationRead)?;
    ctx.unbound()?;
    find(&mut *permit.read().await?, attestation, id).await
}

/// Records a test.
///
/// # Errors
/// When the caller may not, there is no such attestation or control, or the values do not fit together.
pub async fn record(
    ctx: &Ctx,
    attestation: AttestationId,
    input: NewAttestationTest,
) -> Result<AttestationTest> {
    let permit = ctx.may(Action::AttestationTestWrite)?;
    let test = input.into_test(ctx.caller().tenant, attestation, ctx.id(), ctx.now());
    test.validate()?;
    let mut tx = permit.write().await?;
    there(&mut tx, attestation).await?;
    store::insert(&mut tx, &test).await?;
    tx.record(EventType::AttestationTestRecorded, &test)?;
    tx.commit(test).await
}

/// Changes a test, or adds management's response.
///
/// # Errors
/// When the caller may not, it has changed since, or the values do not fit together.
pub async fn update(
    ctx: &Ctx,
    attestation: AttestationId,
    id: AttestationTestId,
    expected: Expected,
    patch: AttestationTestPatch,
) -> Result<AttestationTest> {
    let permit = ctx.may(Action::AttestationTestWrite)?;
    let mut tx = permit.write().await?;
    let mut test = find(&mut tx, attestation, id).await?;
    patch.apply(&mut test);
    test.validate()?;
    expected.check(test.version)?;
    let seen = test.version;
    test.version += 1;
    let test = store::update(&mut tx, &test, seen).await?.ok_or_else(|| patch::stale(seen + 1))?;
    tx.record(EventType::AttestationTestUpdated, &test)?;
    tx.commit(test).await
}

/// Removes a test that should not have been recorded.
///
/// # Errors
/// When the caller may not, there is no such test, or it has changed since.
pub async fn delete(
    ctx: &Ctx,
    attestation: AttestationId,
    id: AttestationTestId,
    expected: Expected,
) -> Result<()> {
    let permit = ctx.may(Action::AttestationTestDelete)?;
    let mut tx = permit.write().await?;
    let test = find(&mut tx, attestation, id).await?;
    expected.check(test.version)?;
    store::delete(&mut tx, id, test.version).await?;
    tx.record_deleted(EventType::AttestationTestDeleted, &test);
    tx.commit(()).await
}

async fn find(
    tx: &mut TenantTx,
    attestation: AttestationId,
    id: AttestationTestId,
) -> Result<AttestationTest> {
    store::get(tx, attestation, id).await?.ok_or_else(|| Error::not_found(id))
}
