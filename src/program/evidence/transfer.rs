//! Files of evidence on their way: in, out, and read again.

use std::ops::Range;

use bytes::Bytes;
use futures_util::stream::BoxStream;

use super::{
    content::{EvidenceContent, EvidenceFile, EvidenceKind, FileName},
    model::{Evidence, EvidenceView},
    review::{Verification, VerificationOutcome},
    service, store, versions,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::EvidenceId,
        patch::Expected,
    },
    platform::{
        access::{Action, Ctx, Permit},
        db::TenantTx,
        files::{Announced, Chunks, Received, Sum, too_large},
        journal::{EventType, Write},
        room,
    },
};

/// A file, and which content of its evidence it is.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its facts.
    pub file: EvidenceFile,
    /// Its digest.
    pub sum: Sum,
    /// The content version.
    pub number: i32,
}

/// Takes a file as the next content. What can be refused is refused before a byte is read; the bytes come before the
/// write begins, and get their address only when all of them is there and they have the digest that was promised.
///
/// # Errors
/// When the caller may not, there is no such evidence, it holds no files or has changed since; the body is too large,
/// too slow or cut; it has another digest; or the store does not answer. Nothing is kept then.
pub async fn put_file(
    ctx: &Ctx,
    id: EvidenceId,
    expected: Expected,
    announced: Announced,
    chunks: Chunks,
) -> Result<EvidenceView> {
    let permit = ctx.may(Action::EvidenceUpdate)?;
    let (files, tenant) = (permit.files(), ctx.caller().tenant);
    let name = announced.name.as_deref().map_or_else(|| FileName::tame("evidence"), FileName::tame)?;
    ctx.in_time(async { takes_files(&mut *permit.read().await?, id, expected).await.map(drop) }).await?;
    if announced.length.is_some_and(|length| length > files.limit()) {
        return Err(too_large(files.limit()));
    }
    let received = files.receive(&ctx.ids().request().simple().to_string(), chunks).await?;
    if announced.sum.is_some_and(|sum| sum != received.sum) {
        let detail =
            format!("the body has the SHA-256 {}, and not the one that was sent with it", received.sum);
        files.discard(received).await;
        return Err(Error::new(Code::DigestMismatch, detail));
    }
    let file = facts(name, &announced, &received)?;
    let _settling = files.settling().await;
    files.keep(tenant, received).await?;
    let row = async {
        let mut tx = patiently(&permit).await?;
        let mut row = takes_files(&mut tx, id, expected).await?;
        row.renew(EvidenceContent::from(file), ctx.caller().member, ctx.now(), ctx.today());
        service::renewed(ctx, tx, row).await
    };
    ctx.in_time(row).await
}

/// A write that waits longer than others for its turn: the file has come already, and would have to come again.
async fn patiently(permit: &Permit<'_>) -> Result<Write> {
    let mut turns = 1..8;
    loop {
        match permit.write().await {
            Err(error) if error.code() == Code::Unavailable && turns.next().is_some() => {}
            outcome => return outcome,
        }
    }
}

fn facts(name: FileName, announced: &Announced, received: &Received) -> Result<EvidenceFile> {
    Ok(EvidenceFile {
        name,
        media_type: announced.media_type.parse().map_err(Error::internal)?,
        size: i64::try_from(received.size).map_err(Error::internal)?,
        sha256: received.sum.to_string(),
    })
}

async fn takes_files(tx: &mut TenantTx, id: EvidenceId, expected: Expected) -> Result<Evidence> {
    let row = room::found::<Evidence>(tx, id).await?;
    if row.kind != EvidenceKind::File {
        let detail = format!(
            "it is a {} and holds no file; POST /v1/evidence/{{id}}/versions gives it content",
            row.kind
        );
        return Err(Error::new(Code::Conflict, detail));
    }
    expected.check(row.version)?;
    Ok(row)
}

/// A file of a piece of evidence: its current one, or that of an earlier version.
///
/// # Errors
/// When the caller may not read evidence or this file of it, there is no such one, or it holds no file.
pub async fn find_file(ctx: &Ctx, id: EvidenceId, number: Option<i32>) -> Result<Found> {
    let permit = ctx.may(Action::EvidenceRead)?;
    let mut tx = permit.read().await?;
    let row = room::found::<Evidence>(&mut tx, id).await?;
    row.may_be_read(ctx)?;
    found_file(&mut tx, row, number).await
}

async fn found_file(tx: &mut TenantTx, row: Evidence, number: Option<i32>) -> Result<Found> {
    let id = row.id;
    let number = number.unwrap_or(row.content_version);
    if row.kind != EvidenceKind::File {
        let detail = format!("it is a {} and holds no file; what it holds is in its content", row.kind);
        return Err(Error::new(Code::Conflict, detail));
    }
    let version = versions::get(tx, id, number).await?;
    let file = version.and_then(|version| version.content.file);
    let file = file.ok_or_else(|| Error::not_found(format!("content {number} of {id}")))?;
    let sum = file.sha256.parse().map_err(Error::internal)?;
    Ok(Found { file, sum, number })
}

/// The bytes of a file that was found, or some of them.
///
/// # Errors
/// When the caller may not read evidence, or the store does not answer or does not have it.
pub async fn bytes(
    ctx: &Ctx,
    sum: Sum,
    range: Option<Range<u64>>,
) -> Result<BoxStream<'static, Result<Bytes>>> {
    let permit = ctx.may(Action::EvidenceRead)?;
    let found = permit.files().open(ctx.caller().tenant, sum, range).await?;
    found.ok_or_else(|| {
        let detail =
            "the evidence store does not have this file; POST /v1/evidence/{id}/verify journals that";
        Error::new(Code::Internal, detail).with_cause(format!("no file {sum} of {}", ctx.caller().tenant))
    })
}

/// Reads the current file again, compares it with the digest computed when it came, and journals the outcome.
///
/// # Errors
/// When the caller may not, there is no such evidence or it holds no file, or the store does not answer.
pub async fn verify(ctx: &Ctx, id: EvidenceId) -> Result<Verification> {
    let permit = ctx.may(Action::EvidenceVerify)?;
    let found = async {
        let mut tx = permit.read().await?;
        let row = room::found::<Evidence>(&mut tx, id).await?;
        found_file(&mut tx, row, None).await
    };
    let found = ctx.in_time(found).await?;
    let measured = permit.files().measure(ctx.caller().tenant, found.sum).await?;
    let outcome = match measured {
        None => VerificationOutcome::Missing,
        Some((size, sum)) if sum == found.sum && i64::try_from(size) == Ok(found.file.size) => {
            VerificationOutcome::Match
        }
        Some(_) => VerificationOutcome::Mismatch,
    };
    let told =
        Verification { content_version: found.number, outcome, at: ctx.now(), by: ctx.caller().member };
    let journalled = async {
        let mut tx = permit.write().await?;
        let row = store::verified(&mut tx, id, &told).await?.ok_or_else(|| Error::not_found(id))?;
        tx.record(EventType::EvidenceVerified, &row)?;
        tx.commit(told.clone()).await
    };
    ctx.in_time(journalled).await
}
