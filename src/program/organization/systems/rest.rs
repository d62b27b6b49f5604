//! Systems and services over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{NewSystem, System, SystemBatch, SystemFilter, SystemPatch, SystemSort};
use crate::{
    kernel::{
        error::Result,
        id::SystemId,
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
        .service(batch_systems)
        .service(list_systems)
        .service(create_system)
        .service(get_system)
        .service(update_system)
        .service(delete_system);
}

/// List systems
///
/// Systems and services: all, of a kind, of a member, at a location, or in the scope of a framework.
#[utoipa::path(
    tag = "Systems",
    params(SystemFilter, PageParams, ("sort" = inline(Option<SystemSort>), Query, description = "The order")),
    responses((status = 200, description = "A page of systems", body = Page<System>)),
)]
#[get("/v1/systems")]
async fn list_systems(ctx: Ctx, query: List<SystemFilter, SystemSort>) -> Result<Listed<System>> {
    ctx.run(async move |ctx| room::list::<System>(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Create a system
///
/// A system or service, with what it is made of and the frameworks in whose scope it lies.
#[utoipa::path(
    tag = "Systems",
    request_body = NewSystem,
    responses((status = 201, description = "The system", body = System)),
)]
#[post("/v1/systems")]
async fn create_system(ctx: Ctx, input: Body<NewSystem>) -> Result<Created<System>> {
    ctx.run(async move |ctx| room::create::<System>(&ctx, input.0).await).await.map(Created)
}

/// Get a system
///
/// One system or service, with what it is made of.
#[utoipa::path(
    tag = "Systems",
    params(("id" = SystemId, Path, description = "The system")),
    responses((status = 200, description = "The system", body = System)),
)]
#[get("/v1/systems/{id}")]
async fn get_system(ctx: Ctx, id: PathId<SystemId>) -> Result<Fresh<System>> {
    ctx.run(async move |ctx| room::get::<System>(&ctx, id.0, None).await).await.map(Fresh)
}

/// Change a system
///
/// A merge patch: what is absent stays, null clears; a list replaces the whole list, components change one by one.
#[utoipa::path(
    tag = "Systems",
    params(("id" = SystemId, Path, description = "The system")),
    request_body = SystemPatch,
    responses((status = 200, description = "The changed system", body = System)),
)]
#[patch("/v1/systems/{id}")]
async fn update_system(
    ctx: Ctx,
    id: PathId<SystemId>,
    expected: Expected,
    input: Body<SystemPatch>,
) -> Result<Fresh<System>> {
    ctx.run(async move |ctx| room::update::<System>(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Remove a system
///
/// Refused while something refers to it; a system that was in use is better retired, which keeps its history in the
/// list.
#[utoipa::path(
    tag = "Systems",
    params(("id" = SystemId, Path, description = "The system")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/systems/{id}")]
async fn delete_system(ctx: Ctx, id: PathId<SystemId>, expected: Expected) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<System>(&ctx, id.0, expected).await).await.map(|()| Gone)
}

/// Change many systems at once
///
/// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Systems",
    request_body = SystemBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/systems:batch")]
async fn batch_systems(ctx: Ctx, input: Body<SystemBatch>) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
}
