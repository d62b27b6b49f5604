//! Tenants over REST.

use actix_web::{get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    model::{Founded, NewTenant, Tenant, TenantPatch, TenantSort},
    service,
};
use crate::{
    kernel::{
        error::Result,
        id::TenantId,
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::{Ctx, OperatorCtx},
        http::{Body, Fresh, Issued, List, Listed, NoFilter, PathId},
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(create_tenant)
        .service(list_tenants)
        .service(get_tenant)
        .service(update_tenant)
        .service(get_own_tenant)
        .service(update_own_tenant);
}

/// Create a tenant
///
/// For the operator. Answers the first owner's API key, which is shown this once; a replay under the same
/// idempotency key shows it redacted.
#[utoipa::path(
    tag = "Tenants",
    request_body = NewTenant,
    security(("operator" = [])),
    responses((status = 201, description = "The tenant and its first owner's key", body = Founded)),
)]
#[post("/v1/tenants")]
async fn create_tenant(ctx: OperatorCtx, input: Body<NewTenant>) -> Result<Issued<Founded>> {
    ctx.run(async move |ctx| service::create(&ctx, input.0).await).await.map(Issued)
}

/// List tenants
///
/// For the operator: every tenant of the service, by slug.
#[utoipa::path(
    tag = "Tenants",
    security(("operator" = [])),
    params(PageParams, ("sort" = inline(Option<TenantSort>), Query, description = "The order")),
    responses((status = 200, description = "A page of tenants", body = Page<Tenant>)),
)]
#[get("/v1/tenants")]
async fn list_tenants(ctx: OperatorCtx, query: List<NoFilter, TenantSort>) -> Result<Listed<Tenant>> {
    ctx.run(async move |ctx| service::list(&ctx, &query.page).await).await.map(Listed)
}

/// Get a tenant
///
/// For the operator.
#[utoipa::path(
    tag = "Tenants",
    security(("operator" = [])),
    params(("id" = TenantId, Path, description = "The tenant")),
    responses((status = 200, description = "The tenant", body = Tenant)),
)]
#[get("/v1/tenants/{id}")]
async fn get_tenant(ctx: OperatorCtx, id: PathId<TenantId>) -> Result<Fresh<Tenant>> {
    ctx.run(async move |ctx| service::find(&ctx, id.0).await).await.map(Fresh)
}

/// Change a tenant
///
/// For the operator: its name and time zone.
#[utoipa::path(
    tag = "Tenants",
    security(("operator" = [])),
    params(("id" = TenantId, Path, description = "The tenant")),
    request_body = TenantPatch,
    responses((status = 200, description = "The changed tenant", body = Tenant)),
)]
#[patch("/v1/tenants/{id}")]
async fn update_tenant(
    ctx: OperatorCtx,
    id: PathId<TenantId>,
    expected: Expected,
    input: Body<TenantPatch>,
) -> Result<Fresh<Tenant>> {
    ctx.run(async move |ctx| service::update_any(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Get the caller's tenant
///
/// The organisation that the credential belongs to.
#[utoipa::path(tag = "Tenants", responses((status = 200, description = "The tenant", body = Tenant)))]
#[get("/v1/tenant")]
async fn get_own_tenant(ctx: Ctx) -> Result<Fresh<Tenant>> {
    ctx.run(async move |ctx| service::get(&ctx).await).await.map(Fresh)
}

/// Change the caller's tenant
///
/// Its name and the time zone in which "today" is decided.
#[utoipa::path(
    tag = "Tenants",
    request_body = TenantPatch,
    responses((status = 200, description = "The changed tenant", body = Tenant)),
)]
#[patch("/v1/tenant")]
async fn update_own_tenant(ctx: Ctx, expected: Expected, input: Body<TenantPatch>) -> Result<Fresh<Tenant>> {
    ctx.run(async move |ctx| service::update(&ctx, expected, input.0).await).await.map(Fresh)
}
