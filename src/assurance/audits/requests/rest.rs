//! Evidence requests over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    life::{EvidenceProvision, EvidenceReturn},
    model::{
        EvidenceRequest, EvidenceRequestBatch, EvidenceRequestFilter, EvidenceRequestPatch,
        EvidenceRequestSort, NewEvidenceRequest,
    },
    service,
};
use crate::{
    kernel::{
        error::Result,
        id::EvidenceRequestId,
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
        .service(batch_evidence_requests)
        .service(list_evidence_requests)
        .service(create_evidence_request)
        .service(get_evidence_request)
        .service(update_evidence_request)
        .service(provide_evidence_request)
        .service(accept_evidence_request)
        .service(return_evidence_request)
        .service(delete_evidence_request);
}

/// List evidence requests
///
/// What auditors ask to be shown, due soonest first: for one audit, to one member, what is open.
#[utoipa::path(
    tag = "Audits",
    params(EvidenceRequestFilter, PageParams, ("sort" = inline(Option<EvidenceRequestSort>), Query, description = "The order")),
    responses((status = 200, description = "A page of evidence requests", body = Page<EvidenceRequest>)),
)]
#[get("/v1/evidence-requests")]
async fn list_evidence_requests(
    ctx: Ctx,
    query: List<EvidenceRequestFilter, EvidenceRequestSort>,
) -> Result<Listed<EvidenceRequest>> {
    ctx.run(async move |ctx| room::list::<EvidenceRequest>(&ctx, &query.filter, &query.page).await)
        .await
        .map(Listed)
}

/// Enter an evidence request
///
/// One item of the auditor's list: what is to be shown, by when, and who is asked.
#[utoipa::path(
    tag = "Audits",
    request_body = NewEvidenceRequest,
    responses((status = 201, description = "The evidence request", body = EvidenceRequest)),
)]
#[post("/v1/evidence-requests")]
async fn create_evidence_request(
    ctx: Ctx,
    input: Body<NewEvidenceRequest>,
) -> Result<Created<EvidenceRequest>> {
    ctx.run(async move |ctx| room::create::<EvidenceRequest>(&ctx, input.0).await).await.map(Created)
}

/// Get an evidence request
///
/// One evidence request, with what was given and what came of it.
#[utoipa::path(
    tag = "Audits",
    params(("id" = EvidenceRequestId, Path, description = "The evidence request")),
    responses((status = 200, description = "The evidence request", body = EvidenceRequest)),
)]
#[get("/v1/evidence-requests/{id}")]
async fn get_evidence_request(ctx: Ctx, id: PathId<EvidenceRequestId>) -> Result<Fresh<EvidenceRequest>> {
    ctx.run(async move |ctx| room::get::<EvidenceRequest>(&ctx, id.0, None).await).await.map(Fresh)
}

/// Change an evidence request
///
/// A merge patch: what is absent stays, null clears; a list replaces the whole list. Once it was accepted, what was asked
/// for stays.
#[utoipa::path(
    tag = "Audits",
    params(("id" = EvidenceRequestId, Path, description = "The evidence request")),
    request_body = EvidenceRequestPatch,
    responses((status = 200, description = "The changed evidence request", body = EvidenceRequest)),
)]
#[patch("/v1/evidence-requests/{id}")]
async fn update_evidence_request(
    ctx: Ctx,
    id: PathId<EvidenceRequestId>,
    expected: Expected,
    input: Body<EvidenceRequestPatch>,
) -> Result<Fresh<EvidenceRequest>> {
    ctx.run(async move |ctx| room::update::<EvidenceRequest>(&ctx, id.0, expected, input.0).await)
        .await
        .map(Fresh)
}

/// Give evidence to a request
///
/// By the member who is asked, or an owner or manager. Takes the place of what was given before.
#[utoipa::path(
    tag = "Audits",
    params(("id" = EvidenceRequestId, Path, description = "The evidence request")),
    request_body = EvidenceProvision,
    responses((status = 200, description = "The request, provided", body = EvidenceRequest)),
)]
#[post("/v1/evidence-requests/{id}/provide")]
async fn provide_evidence_request(
    ctx: Ctx,
    id: PathId<EvidenceRequestId>,
    expected: Expected,
    input: Body<EvidenceProvision>,
) -> Result<Fresh<EvidenceRequest>> {
    ctx.run(async move |ctx| service::provide(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Accept what was given to a request
///
/// By the auditor; never by the member who gave it.
#[utoipa::path(
    tag = "Audits",
    params(("id" = EvidenceRequestId, Path, description = "The evidence request")),
    responses((status = 200, description = "The accepted request", body = EvidenceRequest)),
)]
#[post("/v1/evidence-requests/{id}/accept")]
async fn accept_evidence_request(
    ctx: Ctx,
    id: PathId<EvidenceRequestId>,
    expected: Expected,
) -> Result<Fresh<EvidenceRequest>> {
    ctx.run(async move |ctx| service::accept(&ctx, id.0, expected).await).await.map(Fresh)
}

/// Give back what was given to a request
///
/// By the auditor, for a reason: something else is needed.
#[utoipa::path(
    tag = "Audits",
    params(("id" = EvidenceRequestId, Path, description = "The evidence request")),
    request_body = EvidenceReturn,
    responses((status = 200, description = "The returned request", body = EvidenceRequest)),
)]
#[post("/v1/evidence-requests/{id}/return")]
async fn return_evidence_request(
    ctx: Ctx,
    id: PathId<EvidenceRequestId>,
    expected: Expected,
    input: Body<EvidenceReturn>,
) -> Result<Fresh<EvidenceRequest>> {
    ctx.run(async move |ctx| service::give_back(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Remove an evidence request
///
/// For what should not have been asked. Refused once it was accepted.
#[utoipa::path(
    tag = "Audits",
    params(("id" = EvidenceRequestId, Path, description = "The evidence request")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/evidence-requests/{id}")]
async fn delete_evidence_request(
    ctx: Ctx,
    id: PathId<EvidenceRequestId>,
    expected: Expected,
) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<EvidenceRequest>(&ctx, id.0, expected).await).await.map(|()| Gone)
}

/// Change many evidence requests at once
///
/// Up to 1,000 items in one transaction: enter, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Audits",
    request_body = EvidenceRequestBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/evidence-requests:batch")]
async fn batch_evidence_requests(ctx: Ctx, input: Body<EvidenceRequestBatch>) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
}
