//! Findings over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    change::FindingPatch,
    judged::{FindingReopening, NewCheck, NewVerification},
    model::{Finding, FindingBatch, FindingFilter, FindingSort, FindingView, NewFinding},
    service,
};
use crate::{
    kernel::{
        error::Result,
        id::FindingId,
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        diary::AtMoment,
        http::{Body, Created, Fresh, Gone, List, Listed, PathId, Query},
        room,
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(batch_findings)
        .service(list_findings)
        .service(create_finding)
        .service(get_finding)
        .service(update_finding)
        .service(verify_finding)
        .service(check_finding)
        .service(reopen_finding)
        .service(delete_finding);
}

/// List findings
///
/// What audits and the organisation itself found: by grade, state, audit, member, control or requirement; what is overdue.
#[utoipa::path(
    tag = "Findings",
    params(FindingFilter, PageParams, ("sort" = inline(Option<FindingSort>), Query, description = "The order")),
    responses((status = 200, description = "A page of findings", body = Page<FindingView>)),
)]
#[get("/v1/findings")]
async fn list_findings(ctx: Ctx, query: List<FindingFilter, FindingSort>) -> Result<Listed<FindingView>> {
    ctx.run(async move |ctx| service::list(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Raise a finding
///
/// A nonconformity, an opportunity, an observation, or an exception of a SOC 2 test. When it is due follows from its grade
/// and its audit, and says by which rule; a date that the certification body stated wins.
#[utoipa::path(
    tag = "Findings",
    request_body = NewFinding,
    responses((status = 201, description = "The finding", body = FindingView)),
)]
#[post("/v1/findings")]
async fn create_finding(ctx: Ctx, input: Body<NewFinding>) -> Result<Created<FindingView>> {
    ctx.run(async move |ctx| room::create::<Finding>(&ctx, input.0).await).await.map(Created)
}

/// Get a finding
///
/// One finding, with both of its dates and the rules that set them: how it had been judged and what had been done about it
/// on the day asked about, by what had been recorded by the moment asked about. One that had not been recorded by then is
/// not found.
#[utoipa::path(
    tag = "Findings",
    params(("id" = FindingId, Path, description = "The finding"), AtMoment),
    responses((status = 200, description = "The finding", body = FindingView)),
)]
#[get("/v1/findings/{id}")]
async fn get_finding(ctx: Ctx, id: PathId<FindingId>, at: Query<AtMoment>) -> Result<Fresh<FindingView>> {
    ctx.run(async move |ctx| service::get(&ctx, id.0, at.0).await).await.map(Fresh)
}

/// Change a finding
///
/// A merge patch: what is absent stays, null clears; a list replaces the whole list. What was verified or closed keeps its
/// grade, audit, day and statement until it is reopened.
#[utoipa::path(
    tag = "Findings",
    params(("id" = FindingId, Path, description = "The finding")),
    request_body = FindingPatch,
    responses((status = 200, description = "The changed finding", body = FindingView)),
)]
#[patch("/v1/findings/{id}")]
async fn update_finding(
    ctx: Ctx,
    id: PathId<FindingId>,
    expected: Expected,
    input: Body<FindingPatch>,
) -> Result<Fresh<FindingView>> {
    ctx.run(async move |ctx| room::update::<Finding>(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Record the verification of a finding
///
/// Correction and corrective action were reviewed and seen to work, by the body that raised it. Refused while a corrective
/// action is not implemented.
#[utoipa::path(
    tag = "Findings",
    params(("id" = FindingId, Path, description = "The finding")),
    request_body = NewVerification,
    responses((status = 200, description = "The verified finding", body = FindingView)),
)]
#[post("/v1/findings/{id}/verify")]
async fn verify_finding(
    ctx: Ctx,
    id: PathId<FindingId>,
    expected: Expected,
    input: Body<NewVerification>,
) -> Result<Fresh<FindingView>> {
    ctx.run(async move |ctx| service::verify(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Record whether what was done about a finding is effective
///
/// Effective closes it; ineffective opens it again, with new dates: enter a new corrective action then.
#[utoipa::path(
    tag = "Findings",
    params(("id" = FindingId, Path, description = "The finding")),
    request_body = NewCheck,
    responses((status = 200, description = "The closed or reopened finding", body = FindingView)),
)]
#[post("/v1/findings/{id}/check")]
async fn check_finding(
    ctx: Ctx,
    id: PathId<FindingId>,
    expected: Expected,
    input: Body<NewCheck>,
) -> Result<Fresh<FindingView>> {
    ctx.run(async move |ctx| service::check(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Reopen a finding
///
/// What was verified or closed too early is open again, for a reason.
#[utoipa::path(
    tag = "Findings",
    params(("id" = FindingId, Path, description = "The finding")),
    request_body = FindingReopening,
    responses((status = 200, description = "The reopened finding", body = FindingView)),
)]
#[post("/v1/findings/{id}/reopen")]
async fn reopen_finding(
    ctx: Ctx,
    id: PathId<FindingId>,
    expected: Expected,
    input: Body<FindingReopening>,
) -> Result<Fresh<FindingView>> {
    ctx.run(async move |ctx| service::reopen(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Remove a finding
///
/// For what should not have been raised. Refused while it has corrective actions, and once it was judged.
#[utoipa::path(
    tag = "Findings",
    params(("id" = FindingId, Path, description = "The finding")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/findings/{id}")]
async fn delete_finding(ctx: Ctx, id: PathId<FindingId>, expected: Expected) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<Finding>(&ctx, id.0, expected).await).await.map(|()| Gone)
}

/// Change many findings at once
///
/// Up to 1,000 items in one transaction: raise, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Findings",
    request_body = FindingBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/findings:batch")]
async fn batch_findings(ctx: Ctx, input: Body<FindingBatch>) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
}
