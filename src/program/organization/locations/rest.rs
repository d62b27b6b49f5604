//! Locations over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{Location, LocationBatch, LocationFilter, LocationPatch, LocationSort, NewLocation};
use crate::{
    kernel::{
        error::Result,
        id::LocationId,
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
        .service(batch_locations)
        .service(list_locations)
        .service(create_location)
        .service(get_location)
        .service(update_location)
        .service(delete_location);
}

/// List locations
///
/// The places from which the organisation works and where its systems stand: all, of a kind, or in a country.
#[utoipa::path(
    tag = "Locations",
    params(LocationFilter, PageParams, ("sort" = inline(Option<LocationSort>), Query, description = "The order")),
    responses((status = 200, description = "A page of locations", body = Page<Location>)),
)]
#[get("/v1/locations")]
async fn list_locations(ctx: Ctx, query: List<LocationFilter, LocationSort>) -> Result<Listed<Location>> {
    ctx.run(async move |ctx| room::list::<Location>(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Create a location
///
/// A place from which the organisation works, such as an office, a data centre or a cloud region.
#[utoipa::path(
    tag = "Locations",
    request_body = NewLocation,
    responses((status = 201, description = "The location", body = Location)),
)]
#[post("/v1/locations")]
async fn create_location(ctx: Ctx, input: Body<NewLocation>) -> Result<Created<Location>> {
    ctx.run(async move |ctx| room::create::<Location>(&ctx, input.0).await).await.map(Created)
}

/// Get a location
///
/// One place, with its address, country and time zone.
#[utoipa::path(
    tag = "Locations",
    params(("id" = LocationId, Path, description = "The location")),
    responses((status = 200, description = "The location", body = Location)),
)]
#[get("/v1/locations/{id}")]
async fn get_location(ctx: Ctx, id: PathId<LocationId>) -> Result<Fresh<Location>> {
    ctx.run(async move |ctx| room::get::<Location>(&ctx, id.0, None).await).await.map(Fresh)
}

/// Change a location
///
/// A merge patch: what is absent stays, null clears; a list replaces the whole list.
#[utoipa::path(
    tag = "Locations",
    params(("id" = LocationId, Path, description = "The location")),
    request_body = LocationPatch,
    responses((status = 200, description = "The changed location", body = Location)),
)]
#[patch("/v1/locations/{id}")]
async fn update_location(
    ctx: Ctx,
    id: PathId<LocationId>,
    expected: Expected,
    input: Body<LocationPatch>,
) -> Result<Fresh<Location>> {
    ctx.run(async move |ctx| room::update::<Location>(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Remove a location
///
/// Refused while systems stand there.
#[utoipa::path(
    tag = "Locations",
    params(("id" = LocationId, Path, description = "The location")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/locations/{id}")]
async fn delete_location(ctx: Ctx, id: PathId<LocationId>, expected: Expected) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<Location>(&ctx, id.0, expected).await).await.map(|()| Gone)
}

/// Change many locations at once
///
/// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Locations",
    request_body = LocationBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/locations:batch")]
async fn batch_locations(ctx: Ctx, input: Body<LocationBatch>) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
}
