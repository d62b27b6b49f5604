//! What customers ask for over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{
    CustomerRequirement, CustomerRequirementBatch, CustomerRequirementFilter, CustomerRequirementPatch,
    CustomerRequirementSort, NewCustomerRequirement,
};
use crate::{
    kernel::{
        error::Result,
        id::CustomerRequirementId,
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
        .service(batch_customer_requirements)
        .service(list_customer_requirements)
        .service(create_customer_requirement)
        .service(get_customer_requirement)
        .service(update_customer_requirement)
        .service(delete_customer_requirement);
}

/// List customer requirements
///
/// What customers ask for: all, of a customer, for a framework, due by a day, or by how far each has come.
#[utoipa::path(
    tag = "Customer requirements",
    params(CustomerRequirementFilter, PageParams, ("sort" = inline(Option<CustomerRequirementSort>), Query, description = "The order")),
    responses((status = 200, description = "A page of customer requirements", body = Page<CustomerRequirement>)),
)]
#[get("/v1/customer-requirements")]
async fn list_customer_requirements(
    ctx: Ctx,
    query: List<CustomerRequirementFilter, CustomerRequirementSort>,
) -> Result<Listed<CustomerRequirement>> {
    ctx.run(async move |ctx| room::list::<CustomerRequirement>(&ctx, &query.filter, &query.page).await)
        .await
        .map(Listed)
}

/// Create a customer requirement
///
/// What a customer asks for, by when, and what a contract promises beside it. With a day, it is in the diary as
/// `customer_requirement_due`.
#[utoipa::path(
    tag = "Customer requirements",
    request_body = NewCustomerRequirement,
    responses((status = 201, description = "The requirement", body = CustomerRequirement)),
)]
#[post("/v1/customer-requirements")]
async fn create_customer_requirement(
    ctx: Ctx,
    input: Body<NewCustomerRequirement>,
) -> Result<Created<CustomerRequirement>> {
    ctx.run(async move |ctx| room::create::<CustomerRequirement>(&ctx, input.0).await).await.map(Created)
}

/// Get a customer requirement
///
/// One requirement, with its asks and promises.
#[utoipa::path(
    tag = "Customer requirements",
    params(("id" = CustomerRequirementId, Path, description = "The requirement")),
    responses((status = 200, description = "The requirement", body = CustomerRequirement)),
)]
#[get("/v1/customer-requirements/{id}")]
async fn get_customer_requirement(
    ctx: Ctx,
    id: PathId<CustomerRequirementId>,
) -> Result<Fresh<CustomerRequirement>> {
    ctx.run(async move |ctx| room::get::<CustomerRequirement>(&ctx, id.0, None).await).await.map(Fresh)
}

/// Change a customer requirement
///
/// A merge patch: what is absent stays, null clears; a list replaces the whole list. Say `met_on` with the
/// status met; with any other status it is null.
#[utoipa::path(
    tag = "Customer requirements",
    params(("id" = CustomerRequirementId, Path, description = "The requirement")),
    request_body = CustomerRequirementPatch,
    responses((status = 200, description = "The changed requirement", body = CustomerRequirement)),
)]
#[patch("/v1/customer-requirements/{id}")]
async fn update_customer_requirement(
    ctx: Ctx,
    id: PathId<CustomerRequirementId>,
    expected: Expected,
    input: Body<CustomerRequirementPatch>,
) -> Result<Fresh<CustomerRequirement>> {
    ctx.run(async move |ctx| room::update::<CustomerRequirement>(&ctx, id.0, expected, input.0).await)
        .await
        .map(Fresh)
}

/// Remove a customer requirement
///
/// One that is no longer asked for is better declined, which keeps it in the list.
#[utoipa::path(
    tag = "Customer requirements",
    params(("id" = CustomerRequirementId, Path, description = "The requirement")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/customer-requirements/{id}")]
async fn delete_customer_requirement(
    ctx: Ctx,
    id: PathId<CustomerRequirementId>,
    expected: Expected,
) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<CustomerRequirement>(&ctx, id.0, expected).await)
        .await
        .map(|()| Gone)
}

/// Change many customer requirements at once
///
/// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Customer requirements",
    request_body = CustomerRequirementBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/customer-requirements:batch")]
async fn batch_customer_requirements(
    ctx: Ctx,
    input: Body<CustomerRequirementBatch>,
) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
}
