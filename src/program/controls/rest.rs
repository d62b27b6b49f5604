//! Controls over REST.

use actix_web::{delete, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    engine::{Coverage, CoverageState},
    model::{Control, ControlBatch, ControlFilter, ControlPatch, ControlSort, NewControl},
    proposals::Proposals,
    service,
};
use crate::{
    catalog::FrameworkKey,
    kernel::{
        error::Result,
        id::ControlId,
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        http::{Body, Created, Fresh, Gone, List, Listed, PathId, Query},
        room,
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(batch_controls)
        .service(list_controls)
        .service(create_control)
        .service(get_control)
        .service(update_control)
        .service(delete_control)
        .service(get_framework_coverage)
        .service(get_framework_proposals);
}

/// List controls
///
/// The controls of the tenant: all of them, or those that satisfy a requirement, have come so far, belong to a member.
#[utoipa::path(
    tag = "Controls",
    params(ControlFilter, PageParams, ("sort" = inline(Option<ControlSort>), Query, description = "The order")),
    responses((status = 200, description = "A page of controls", body = Page<Control>)),
)]
#[get("/v1/controls")]
async fn list_controls(ctx: Ctx, query: List<ControlFilter, ControlSort>) -> Result<Listed<Control>> {
    ctx.run(async move |ctx| room::list::<Control>(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Create a control
///
/// Something the organisation does, and the requirements of any framework that it satisfies.
#[utoipa::path(
    tag = "Controls",
    request_body = NewControl,
    responses((status = 201, description = "The control", body = Control)),
)]
#[post("/v1/controls")]
async fn create_control(ctx: Ctx, input: Body<NewControl>) -> Result<Created<Control>> {
    ctx.run(async move |ctx| room::create::<Control>(&ctx, input.0).await).await.map(Created)
}

/// Get a control
///
/// One control with everything it satisfies.
#[utoipa::path(
    tag = "Controls",
    params(("id" = ControlId, Path, description = "The control")),
    responses((status = 200, description = "The control", body = Control)),
)]
#[get("/v1/controls/{id}")]
async fn get_control(ctx: Ctx, id: PathId<ControlId>) -> Result<Fresh<Control>> {
    ctx.run(async move |ctx| room::get::<Control>(&ctx, id.0, None).await).await.map(Fresh)
}

/// Change a control
///
/// A merge patch: what is absent stays, null clears; a list replaces the whole list.
#[utoipa::path(
    tag = "Controls",
    params(("id" = ControlId, Path, description = "The control")),
    request_body = ControlPatch,
    responses((status = 200, description = "The changed control", body = Control)),
)]
#[patch("/v1/controls/{id}")]
async fn update_control(
    ctx: Ctx,
    id: PathId<ControlId>,
    expected: Expected,
    input: Body<ControlPatch>,
) -> Result<Fresh<Control>> {
    ctx.run(async move |ctx| room::update::<Control>(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Remove a control
///
/// Refused while it has tests; a control that was in use is better retired, which keeps its history in the list.
#[utoipa::path(
    tag = "Controls",
    params(("id" = ControlId, Path, description = "The control")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/controls/{id}")]
async fn delete_control(ctx: Ctx, id: PathId<ControlId>, expected: Expected) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<Control>(&ctx, id.0, expected).await).await.map(|()| Gone)
}

/// Which requirements to show.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct CoverageFilter {
    /// Only requirements in this state; the sums stay those of the whole framework.
    #[param(inline)]
    state: Option<CoverageState>,
}

/// Get a framework's coverage
///
/// Which of its requirements have an implemented control, which are under way, and which nothing covers.
#[utoipa::path(
    tag = "Frameworks",
    params(("key" = FrameworkKey, Path, description = "The framework"), CoverageFilter),
    responses((status = 200, description = "The coverage", body = Coverage)),
)]
#[get("/v1/frameworks/{key}/coverage")]
async fn get_framework_coverage(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    query: Query<CoverageFilter>,
) -> Result<Fresh<Coverage>> {
    ctx.run(async move |ctx| service::coverage(&ctx, &key.0, query.0.state).await).await.map(Fresh)
}

/// Get a framework's proposals
///
/// For each requirement that nothing covers: the controls that satisfy its counterparts in other frameworks, through the
/// crosswalk and the tenant's own mappings, the best first. A proposal suggests what can be used again; it proves nothing.
#[utoipa::path(
    tag = "Frameworks",
    params(("key" = FrameworkKey, Path, description = "The framework")),
    responses((status = 200, description = "The proposals", body = Proposals)),
)]
#[get("/v1/frameworks/{key}/proposals")]
async fn get_framework_proposals(ctx: Ctx, key: PathId<FrameworkKey>) -> Result<Fresh<Proposals>> {
    ctx.run(async move |ctx| service::proposals(&ctx, &key.0).await).await.map(Fresh)
}

/// Change many controls at once
///
/// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Controls",
    request_body = ControlBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/controls:batch")]
async fn batch_controls(ctx: Ctx, input: Body<ControlBatch>) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
}
