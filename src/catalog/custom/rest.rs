//! Frameworks of a tenant's own over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    FrameworkBatch, FrameworkPatch, MappingBatch, MappingPatch, NewFramework, NewMapping, NewRequirement,
    RequirementBatch, RequirementPatch, mappings, requirements, service,
};
use crate::{
    catalog::model::{Framework, FrameworkKey, Mapping, Requirement, RequirementId},
    kernel::{error::Result, id::RequirementMappingId, patch::Expected},
    platform::{
        access::Ctx,
        batch::BatchResult,
        http::{Body, ChildId, Created, Fresh, Gone, PathId},
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(batch_frameworks)
        .service(batch_framework_requirements)
        .service(batch_framework_mappings)
        .service(create_framework)
        .service(update_framework)
        .service(delete_framework)
        .service(create_framework_requirement)
        .service(get_framework_requirement)
        .service(update_framework_requirement)
        .service(delete_framework_requirement)
        .service(create_framework_mapping)
        .service(get_framework_mapping)
        .service(update_framework_mapping)
        .service(delete_framework_mapping);
}

/// Create a framework
///
/// One of your own, such as a customer's security schedule. Its key begins with `x-`, which no built-in framework's
/// ever does. Its first requirements may come with it.
#[utoipa::path(
    tag = "Frameworks",
    request_body = NewFramework,
    responses((status = 201, description = "The framework", body = Framework)),
)]
#[post("/v1/frameworks")]
async fn create_framework(ctx: Ctx, input: Body<NewFramework>) -> Result<Created<Framework>> {
    ctx.run(async move |ctx| service::create(&ctx, input.0).await).await.map(Created)
}

/// Change a framework
///
/// One of your own; a merge patch. Built-in frameworks are read-only.
#[utoipa::path(
    tag = "Frameworks",
    params(("key" = FrameworkKey, Path, description = "The framework", example = "x-customer-schedule")),
    request_body = FrameworkPatch,
    responses((status = 200, description = "The changed framework", body = Framework)),
)]
#[patch("/v1/frameworks/{key}")]
async fn update_framework(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    expected: Expected,
    input: Body<FrameworkPatch>,
) -> Result<Fresh<Framework>> {
    ctx.run(async move |ctx| service::update(&ctx, &key.0, expected, input.0).await).await.map(Fresh)
}

/// Remove a framework
///
/// One of your own, with its requirements and their mappings. Refused while a control names one of them.
#[utoipa::path(
    tag = "Frameworks",
    params(("key" = FrameworkKey, Path, description = "The framework", example = "x-customer-schedule")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/frameworks/{key}")]
async fn delete_framework(ctx: Ctx, key: PathId<FrameworkKey>, expected: Expected) -> Result<Gone> {
    ctx.run(async move |ctx| service::delete(&ctx, &key.0, expected).await).await.map(|()| Gone)
}

/// Add a requirement
///
/// To a framework of your own; after the last unless it says where.
#[utoipa::path(
    tag = "Frameworks",
    params(("key" = FrameworkKey, Path, description = "The framework", example = "x-customer-schedule")),
    request_body = NewRequirement,
    responses((status = 201, description = "The requirement", body = Requirement)),
)]
#[post("/v1/frameworks/{key}/requirements")]
async fn create_framework_requirement(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    input: Body<NewRequirement>,
) -> Result<Created<Requirement>> {
    ctx.run(async move |ctx| requirements::service::create(&ctx, &key.0, input.0).await).await.map(Created)
}

/// Get a requirement
///
/// Of any framework. A built-in one has version 0.
#[utoipa::path(
    tag = "Frameworks",
    params(
        ("key" = FrameworkKey, Path, description = "The framework", example = "iso27001-2022"),
        ("requirement_id" = RequirementId, Path, description = "The requirement", example = "A.5.1"),
    ),
    responses((status = 200, description = "The requirement", body = Requirement)),
)]
#[get("/v1/frameworks/{key}/requirements/{requirement_id}")]
async fn get_framework_requirement(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    id: ChildId<RequirementId>,
) -> Result<Fresh<Requirement>> {
    ctx.run(async move |ctx| requirements::service::get(&ctx, &key.0, &id.0).await).await.map(Fresh)
}

/// Change a requirement
///
/// Of a framework of your own; a merge patch.
#[utoipa::path(
    tag = "Frameworks",
    params(
        ("key" = FrameworkKey, Path, description = "The framework", example = "x-customer-schedule"),
        ("requirement_id" = RequirementId, Path, description = "The requirement", example = "3.2"),
    ),
    request_body = RequirementPatch,
    responses((status = 200, description = "The changed requirement", body = Requirement)),
)]
#[patch("/v1/frameworks/{key}/requirements/{requirement_id}")]
async fn update_framework_requirement(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    id: ChildId<RequirementId>,
    expected: Expected,
    input: Body<RequirementPatch>,
) -> Result<Fresh<Requirement>> {
    ctx.run(async move |ctx| requirements::service::update(&ctx, &key.0, &id.0, expected, input.0).await)
        .await
        .map(Fresh)
}

/// Remove a requirement
///
/// Of a framework of your own, with its mappings. Refused while a control names it.
#[utoipa::path(
    tag = "Frameworks",
    params(
        ("key" = FrameworkKey, Path, description = "The framework", example = "x-customer-schedule"),
        ("requirement_id" = RequirementId, Path, description = "The requirement", example = "3.2"),
    ),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/frameworks/{key}/requirements/{requirement_id}")]
async fn delete_framework_requirement(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    id: ChildId<RequirementId>,
    expected: Expected,
) -> Result<Gone> {
    ctx.run(async move |ctx| requirements::service::delete(&ctx, &key.0, &id.0, expected).await)
        .await
        .map(|()| Gone)
}

/// Map a requirement
///
/// Onto one of another framework, with a relationship of NIST IR 8477 and a reason. One of the two at least is of a
/// framework of your own. It reads from both sides.
#[utoipa::path(
    tag = "Frameworks",
    params(("key" = FrameworkKey, Path, description = "The framework", example = "x-customer-schedule")),
    request_body = NewMapping,
    responses((status = 201, description = "The mapping", body = Mapping)),
)]
#[post("/v1/frameworks/{key}/mappings")]
async fn create_framework_mapping(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    input: Body<NewMapping>,
) -> Result<Created<Mapping>> {
    ctx.run(async move |ctx| mappings::service::create(&ctx, &key.0, input.0).await).await.map(Created)
}

/// Get a mapping
///
/// One of your own, read from this framework.
#[utoipa::path(
    tag = "Frameworks",
    params(
        ("key" = FrameworkKey, Path, description = "The framework", example = "x-customer-schedule"),
        ("mapping_id" = RequirementMappingId, Path, description = "The mapping"),
    ),
    responses((status = 200, description = "The mapping", body = Mapping)),
)]
#[get("/v1/frameworks/{key}/mappings/{mapping_id}")]
async fn get_framework_mapping(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    id: ChildId<RequirementMappingId>,
) -> Result<Fresh<Mapping>> {
    ctx.run(async move |ctx| mappings::service::get(&ctx, &key.0, id.0).await).await.map(Fresh)
}

/// Change a mapping
///
/// What is said of one of your own, read from this framework; a merge patch. The two requirements stay as they are.
#[utoipa::path(
    tag = "Frameworks",
    params(
        ("key" = FrameworkKey, Path, description = "The framework", example = "x-customer-schedule"),
        ("mapping_id" = RequirementMappingId, Path, description = "The mapping"),
    ),
    request_body = MappingPatch,
    responses((status = 200, description = "The changed mapping", body = Mapping)),
)]
#[patch("/v1/frameworks/{key}/mappings/{mapping_id}")]
async fn update_framework_mapping(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    id: ChildId<RequirementMappingId>,
    expected: Expected,
    input: Body<MappingPatch>,
) -> Result<Fresh<Mapping>> {
    ctx.run(async move |ctx| mappings::service::update(&ctx, &key.0, id.0, expected, input.0).await)
        .await
        .map(Fresh)
}

/// Remove a mapping
///
/// One of your own, through either of its frameworks. The mappings between built-in frameworks are read-only.
#[utoipa::path(
    tag = "Frameworks",
    params(
        ("key" = FrameworkKey, Path, description = "The framework", example = "x-customer-schedule"),
        ("mapping_id" = RequirementMappingId, Path, description = "The mapping"),
    ),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/frameworks/{key}/mappings/{mapping_id}")]
async fn delete_framework_mapping(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    id: ChildId<RequirementMappingId>,
    expected: Expected,
) -> Result<Gone> {
    ctx.run(async move |ctx| mappings::service::delete(&ctx, &key.0, id.0, expected).await)
        .await
        .map(|()| Gone)
}

/// Change many frameworks at once
///
/// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells. A `put`
/// takes the requirements of a framework that is new; of one that is there it changes none.
#[utoipa::path(
    tag = "Frameworks",
    request_body = FrameworkBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/frameworks:batch")]
async fn batch_frameworks(ctx: Ctx, input: Body<FrameworkBatch>) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| service::batch(&ctx, input.0).await).await.map(Fresh)
}

/// Change many requirements at once
///
/// Of a framework of your own. Up to 1,000 items in one transaction: add, change, remove, or `put` by a reference to
/// another system. What is refused is told for each item and leaves nothing; `atomic` makes it all or nothing;
/// `dry_run` only tells.
#[utoipa::path(
    tag = "Frameworks",
    params(("key" = FrameworkKey, Path, description = "The framework", example = "x-customer-schedule")),
    request_body = RequirementBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/frameworks/{key}/requirements:batch")]
async fn batch_framework_requirements(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    input: Body<RequirementBatch>,
) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| requirements::service::batch(&ctx, &key.0, input.0).await).await.map(Fresh)
}

/// Change many mappings at once
///
/// Read from this framework. Up to 1,000 items in one transaction: map, change, remove, or `put` by a reference to
/// another system. What is refused is told for each item and leaves nothing; `atomic` makes it all or nothing;
/// `dry_run` only tells.
#[utoipa::path(
    tag = "Frameworks",
    params(("key" = FrameworkKey, Path, description = "The framework", example = "x-customer-schedule")),
    request_body = MappingBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/frameworks/{key}/mappings:batch")]
async fn batch_framework_mappings(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    input: Body<MappingBatch>,
) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| mappings::service::batch(&ctx, &key.0, input.0).await).await.map(Fresh)
}
