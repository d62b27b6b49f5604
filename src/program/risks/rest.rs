//! Risks over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    acceptance::NewAcceptance,
    drawing::draw,
    engine::RiskView,
    filter::{RiskFilter, RiskSort},
    heatmap::{Heatmap, OnBasis},
    model::{NewRisk, Risk, RiskBatch, RiskPatch},
    service,
};
use crate::{
    kernel::{
        error::Result,
        id::RiskId,
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        diary::OnDay,
        http::{
            Body, Created, Fresh, Gone, List, Listed, PathId, Query,
            picture::{Picture, SvgDocument},
        },
        room,
    },
};

/// Mounts the room; the heat map comes before what has an id.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(batch_risks)
        .service(list_risks)
        .service(create_risk)
        .service(get_risk_heatmap)
        .service(draw_risk_heatmap)
        .service(get_risk)
        .service(update_risk)
        .service(delete_risk)
        .service(accept_risk)
        .service(withdraw_risk_acceptance);
}

/// List risks
///
/// The risk register: all of it, or the risks at a level, above the appetite, of an owner, that a control treats.
#[utoipa::path(
    tag = "Risks",
    params(RiskFilter, PageParams, ("sort" = inline(Option<RiskSort>), Query, description = "The order")),
    responses((status = 200, description = "A page of risks", body = Page<RiskView>)),
)]
#[get("/v1/risks")]
async fn list_risks(ctx: Ctx, query: List<RiskFilter, RiskSort>) -> Result<Listed<RiskView>> {
    ctx.run(async move |ctx| service::list(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Write down a risk
///
/// Its estimates are steps of the tenant's matrix; what is not estimated yet stays null.
#[utoipa::path(
    tag = "Risks",
    request_body = NewRisk,
    responses((status = 201, description = "The risk", body = RiskView)),
)]
#[post("/v1/risks")]
async fn create_risk(ctx: Ctx, input: Body<NewRisk>) -> Result<Created<RiskView>> {
    ctx.run(async move |ctx| room::create::<Risk>(&ctx, input.0).await).await.map(Created)
}

/// Get the heat map
///
/// How the open risks lie in the matrix: every cell with its level, how many risks lie there and the first of them.
#[utoipa::path(
    tag = "Risks",
    params(OnBasis),
    responses((status = 200, description = "The heat map", body = Heatmap)),
)]
#[get("/v1/risks/heatmap")]
async fn get_risk_heatmap(ctx: Ctx, on: Query<OnBasis>) -> Result<Fresh<Heatmap>> {
    ctx.run(async move |ctx| service::heatmap(&ctx, on.0.basis).await).await.map(Fresh)
}

/// Draw the heat map
///
/// The same as a picture, for a page or a report: words in every cell, contrast AA, no script.
#[utoipa::path(
    tag = "Risks",
    params(OnBasis),
    responses((status = 200, description = "The picture", content_type = "image/svg+xml",
        body = inline(SvgDocument), example = json!("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"/>"))),
)]
#[get("/v1/risks/heatmap.svg")]
async fn draw_risk_heatmap(ctx: Ctx, on: Query<OnBasis>) -> Result<Picture> {
    ctx.run(async move |ctx| service::heatmap(&ctx, on.0.basis).await).await.map(|map| draw(&map))
}

/// Get a risk
///
/// With its levels in the matrix as it is now, and its acceptance as it stands on the day asked about.
#[utoipa::path(
    tag = "Risks",
    params(("id" = RiskId, Path, description = "The risk"), OnDay),
    responses((status = 200, description = "The risk", body = RiskView)),
)]
#[get("/v1/risks/{id}")]
async fn get_risk(ctx: Ctx, id: PathId<RiskId>, on: Query<OnDay>) -> Result<Fresh<RiskView>> {
    ctx.run(async move |ctx| room::get::<Risk>(&ctx, id.0, on.0.as_of).await).await.map(Fresh)
}

/// Change a risk
///
/// A merge patch: what is absent stays, null clears; a list replaces the whole list. A risk that moves to another level
/// is no longer covered by its acceptance, which says so.
#[utoipa::path(
    tag = "Risks",
    params(("id" = RiskId, Path, description = "The risk")),
    request_body = RiskPatch,
    responses((status = 200, description = "The changed risk", body = RiskView)),
)]
#[patch("/v1/risks/{id}")]
async fn update_risk(
    ctx: Ctx,
    id: PathId<RiskId>,
    expected: Expected,
    input: Body<RiskPatch>,
) -> Result<Fresh<RiskView>> {
    ctx.run(async move |ctx| room::update::<Risk>(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Remove a risk
///
/// For a risk that should not have been written down; one that is gone is better closed, which keeps its history in
/// the register.
#[utoipa::path(
    tag = "Risks",
    params(("id" = RiskId, Path, description = "The risk")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/risks/{id}")]
async fn delete_risk(ctx: Ctx, id: PathId<RiskId>, expected: Expected) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<Risk>(&ctx, id.0, expected).await).await.map(|()| Gone)
}

/// Accept a risk
///
/// At the level that it has now, until a day, as the member behind the credential: the risk's own owner, or an owner or
/// manager of the tenant. An acceptance that was there before is replaced.
#[utoipa::path(
    tag = "Risks",
    params(("id" = RiskId, Path, description = "The risk")),
    request_body = NewAcceptance,
    responses((status = 201, description = "The accepted risk", body = RiskView)),
)]
#[post("/v1/risks/{id}/acceptance")]
async fn accept_risk(ctx: Ctx, id: PathId<RiskId>, input: Body<NewAcceptance>) -> Result<Created<RiskView>> {
    ctx.run(async move |ctx| service::accept(&ctx, id.0, input.0).await).await.map(Created)
}

/// Withdraw an acceptance
///
/// By whoever might accept the risk. The journal keeps who had accepted what.
#[utoipa::path(
    tag = "Risks",
    params(("id" = RiskId, Path, description = "The risk")),
    responses((status = 200, description = "The risk without an acceptance", body = RiskView)),
)]
#[delete("/v1/risks/{id}/acceptance")]
async fn withdraw_risk_acceptance(
    ctx: Ctx,
    id: PathId<RiskId>,
    expected: Expected,
) -> Result<Fresh<RiskView>> {
    ctx.run(async move |ctx| service::withdraw_acceptance(&ctx, id.0, expected).await).await.map(Fresh)
}

/// Change many risks at once
///
/// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells. An
/// acceptance stays as it is.
#[utoipa::path(
    tag = "Risks",
    request_body = RiskBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/risks:batch")]
async fn batch_risks(ctx: Ctx, input: Body<RiskBatch>) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
}
