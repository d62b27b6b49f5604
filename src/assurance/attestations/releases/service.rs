//! Writing down who got a report.

use super::{
    model::{
        AttestationRelease, AttestationReleaseFilter, AttestationReleasePatch, AttestationReleaseSort,
        NewAttestationRelease,
    },
    store,
};
use crate::{
    assurance::attestations::{
        facts::IssuedReport,
        service::{find, there},
    },
    kernel::{
        error::{Code, Error, Result},
        id::{AttestationId, AttestationReleaseId},
        page::{Page, PageRequest},
        patch::{self, Expected},
    },
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        diary::Moment,
        journal::EventType,
    },
};

/// A page of a report's release log.
///
/// # Errors
/// When the caller may not read it or there is no such attestation.
pub async fn list(
    ctx: &Ctx,
    attestation: AttestationId,
    filter: &AttestationReleaseFilter,
    page: &PageRequest<AttestationReleaseSort>,
) -> Result<Page<AttestationRelease>> {
    let permit = ctx.may(Action::AttestationReleaseRead)?;
    let mut tx = permit.read().await?;
    there(&mut tx, attestation).await?;
    store::page(&mut tx, attestation, filter, page).await
}

/// One line of a release log.
///
/// # Errors
/// When the caller may not read it or there is no such line.
pub async fn get(
    ctx: &Ctx,
    attestation: AttestationId,
    id: AttestationReleaseId,
) -> Result<AttestationRelease> {
    let permit = ctx.may(Action::AttestationReleaseRead)?;
    line(&mut *permit.read().await?, attestation, id).await
}

/// Writes down that a report was given to somebody.
///
/// # Errors
/// When the caller may not, there is no such attestation, or its report is not issued or was recalled by that day.
pub async fn record(
    ctx: &Ctx,
    attestation: AttestationId,
    input: NewAttestationRelease,
) -> Result<AttestationRelease> {
    let permit = ctx.may(Action::AttestationReleaseRecord)?;
    input.validate(ctx.today())?;
    let released_on = input.released_on.unwrap_or(ctx.today());
    let mut tx = permit.write().await?;
    let life = find(&mut tx, attestation).await?.life(Moment::now(ctx.today()));
    let Some(IssuedReport { report_date, .. }) = life.report else {
        return Err(Error::new(Code::Conflict, "there is no report to release: none is issued"));
    };
    if released_on < report_date {
        let detail = format!("must not be before the report, which is of {report_date}");
        return Err(Error::at(Code::Unprocessable, "/released_on", detail));
    }
    // What was given away before is written down, however late.
    if let Some((recalled_on, _)) = life.recall.filter(|(recalled_on, _)| *recalled_on <= released_on) {
        let detail = format!("the report was recalled on {recalled_on}: a release is of an earlier day");
        return Err(Error::new(Code::Conflict, detail));
    }
    let release = AttestationRelease {
        id: ctx.id(),
        tenant_id: ctx.caller().tenant,
        attestation_id: attestation,
        recipient: input.recipient,
        agreement: input.agreement,
        released_on,
        released_by: ctx.caller().member,
        created_at: ctx.now(),
        voided_at: None,
        void_reason: None,
        version: 1,
    };
    store::insert(&mut tx, &release).await?;
    tx.record(EventType::AttestationReleaseRecorded, &release)?;
    tx.commit(release).await
}

/// Voids a line that was entered by mistake.
///
/// # Errors
/// When the caller may not, there is no such line, or it was voided before.
pub async fn void(
    ctx: &Ctx,
    attestation: AttestationId,
    id: AttestationReleaseId,
    expected: Expected,
    patch: AttestationReleasePatch,
) -> Result<AttestationRelease> {
    let permit = ctx.may(Action::AttestationReleaseRecord)?;
    let mut tx = permit.write().await?;
    let mut release = line(&mut tx, attestation, id).await?;
    expected.check(release.version)?;
    if release.voided_at.is_some() {
        return Err(Error::new(Code::Conflict, "the line was voided before"));
    }
    let now = tx.now();
    if !store::void(&mut tx, id, now, &patch.void_reason).await? {
        return Err(patch::stale(2));
    }
    (release.voided_at, release.void_reason, release.version) = (Some(now), Some(patch.void_reason), 2);
    tx.record(EventType::AttestationReleaseVoided, &release)?;
    tx.commit(release).await
}

async fn line(
    tx: &mut TenantTx,
    attestation: AttestationId,
    id: AttestationReleaseId,
) -> Result<AttestationRelease> {
    store::get(tx, attestation, id).await?.ok_or_else(|| Error::not_found(id))
}
