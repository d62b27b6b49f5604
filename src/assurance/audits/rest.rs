//! Audits over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    change::AuditPatch,
    filter::{AuditFilter, AuditSort},
    life::{AuditCompletion, AuditCopy, AuditEnd, AuditStart},
    model::{Audit, AuditBatch, AuditView, NewAudit},
    service,
};
use crate::{
    kernel::{
        error::Result,
        id::AuditId,
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        http::{Body, Created, Fresh, Gone, List, Listed, PathId},
        room,
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(batch_audits)
        .service(list_audits)
        .service(create_audit)
        .service(get_audit)
        .service(update_audit)
        .service(start_audit)
        .service(complete_audit)
        .service(cancel_audit)
        .service(void_audit)
        .service(copy_audit)
        .service(delete_audit);
}

/// List audits
///
/// The organisation's own and those of others, planned and held: by kind, status, certificate, engagement, programme, member,
/// control.
#[utoipa::path(
    tag = "Audits",
    params(AuditFilter, PageParams, ("sort" = inline(Option<AuditSort>), Query, description = "The order")),
    responses((status = 200, description = "A page of audits", body = Page<AuditView>)),
)]
#[get("/v1/audits")]
async fn list_audits(ctx: Ctx, query: List<AuditFilter, AuditSort>) -> Result<Listed<AuditView>> {
    ctx.run(async move |ctx| room::list::<Audit>(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Plan an audit
///
/// Internal, of a certification body, of a supplier, or the fieldwork for a SOC 2 report. An audit that was held is planned
/// and completed at once. It serves a certificate, or of fieldwork an engagement; an internal one may be an audit that a
/// programme plans. An internal auditor who owns a sampled control is refused (rule 9.2).
#[utoipa::path(
    tag = "Audits",
    request_body = NewAudit,
    responses((status = 201, description = "The audit", body = AuditView)),
)]
#[post("/v1/audits")]
async fn create_audit(ctx: Ctx, input: Body<NewAudit>) -> Result<Created<AuditView>> {
    ctx.run(async move |ctx| room::create::<Audit>(&ctx, input.0).await).await.map(Created)
}

/// Get an audit
///
/// One audit, with how many findings it has, and what the rules say of it as it is.
#[utoipa::path(
    tag = "Audits",
    params(("id" = AuditId, Path, description = "The audit")),
    responses((status = 200, description = "The audit", body = AuditView)),
)]
#[get("/v1/audits/{id}")]
async fn get_audit(ctx: Ctx, id: PathId<AuditId>) -> Result<Fresh<AuditView>> {
    ctx.run(async move |ctx| room::get::<Audit>(&ctx, id.0, None).await).await.map(Fresh)
}

/// Change an audit
///
/// A merge patch: what is absent stays, null clears; a list replaces the whole list. Once it was held or called off, only
/// its owner, its bound auditors and its external references change.
#[utoipa::path(
    tag = "Audits",
    params(("id" = AuditId, Path, description = "The audit")),
    request_body = AuditPatch,
    responses((status = 200, description = "The changed audit", body = AuditView)),
)]
#[patch("/v1/audits/{id}")]
async fn update_audit(
    ctx: Ctx,
    id: PathId<AuditId>,
    expected: Expected,
    input: Body<AuditPatch>,
) -> Result<Fresh<AuditView>> {
    ctx.run(async move |ctx| room::update::<Audit>(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Start an audit
///
/// It is in progress from its first day on.
#[utoipa::path(
    tag = "Audits",
    params(("id" = AuditId, Path, description = "The audit")),
    request_body = AuditStart,
    responses((status = 200, description = "The started audit", body = AuditView)),
)]
#[post("/v1/audits/{id}/start")]
async fn start_audit(
    ctx: Ctx,
    id: PathId<AuditId>,
    expected: Expected,
    input: Body<AuditStart>,
) -> Result<Fresh<AuditView>> {
    ctx.run(async move |ctx| service::start(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Complete an audit
///
/// With its days as held and its conclusion. From then on it is a dated fact; `acknowledge` names rules that it is known
/// to contradict, with a reason: a fact is stored all the same. The certificate or the engagement that it serves reads it at
/// once, and the programme that plans it has it done on its last day.
#[utoipa::path(
    tag = "Audits",
    params(("id" = AuditId, Path, description = "The audit")),
    request_body = AuditCompletion,
    responses((status = 200, description = "The completed audit", body = AuditView)),
)]
#[post("/v1/audits/{id}/complete")]
async fn complete_audit(
    ctx: Ctx,
    id: PathId<AuditId>,
    expected: Expected,
    input: Body<AuditCompletion>,
) -> Result<Fresh<AuditView>> {
    ctx.run(async move |ctx| service::complete(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Cancel an audit
///
/// It will not be held.
#[utoipa::path(
    tag = "Audits",
    params(("id" = AuditId, Path, description = "The audit")),
    request_body = AuditEnd,
    responses((status = 200, description = "The cancelled audit", body = AuditView)),
)]
#[post("/v1/audits/{id}/cancel")]
async fn cancel_audit(
    ctx: Ctx,
    id: PathId<AuditId>,
    expected: Expected,
    input: Body<AuditEnd>,
) -> Result<Fresh<AuditView>> {
    ctx.run(async move |ctx| service::cancel(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Void an audit
///
/// A completed audit that never happened so. It stays, and counts no more.
#[utoipa::path(
    tag = "Audits",
    params(("id" = AuditId, Path, description = "The audit")),
    request_body = AuditEnd,
    responses((status = 200, description = "The voided audit", body = AuditView)),
)]
#[post("/v1/audits/{id}/void")]
async fn void_audit(
    ctx: Ctx,
    id: PathId<AuditId>,
    expected: Expected,
    input: Body<AuditEnd>,
) -> Result<Fresh<AuditView>> {
    ctx.run(async move |ctx| service::void(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Copy an audit
///
/// Plans the next audit from this one: the same kind, certificate, criteria, scope, team and sample; its days, agenda and
/// what came of it anew.
#[utoipa::path(
    tag = "Audits",
    params(("id" = AuditId, Path, description = "The audit")),
    request_body = AuditCopy,
    responses((status = 201, description = "The next audit", body = AuditView)),
)]
#[post("/v1/audits/{id}/copy")]
async fn copy_audit(ctx: Ctx, id: PathId<AuditId>, input: Body<AuditCopy>) -> Result<Created<AuditView>> {
    ctx.run(async move |ctx| service::copy(&ctx, id.0, input.0).await).await.map(Created)
}

/// Remove an audit
///
/// For one that was not held. A completed audit is voided instead.
#[utoipa::path(
    tag = "Audits",
    params(("id" = AuditId, Path, description = "The audit")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/audits/{id}")]
async fn delete_audit(ctx: Ctx, id: PathId<AuditId>, expected: Expected) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<Audit>(&ctx, id.0, expected).await).await.map(|()| Gone)
}

/// Change many audits at once
///
/// Up to 1,000 items in one transaction: plan, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Audits",
    request_body = AuditBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/audits:batch")]
async fn batch_audits(ctx: Ctx, input: Body<AuditBatch>) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
}
