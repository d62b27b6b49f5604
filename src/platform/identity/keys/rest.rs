//! API keys over REST.

use actix_web::{delete, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    model::{ApiKey, ApiKeyFilter, ApiKeySort, IssuedKey, NewApiKey},
    service,
};
use crate::{
    kernel::{
        error::Result,
        id::ApiKeyId,
        page::{Page, PageParams},
    },
    platform::{
        access::Ctx,
        http::{Body, Fresh, Gone, Issued, List, Listed, PathId},
        identity::credentials::Rotation,
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_api_keys)
        .service(create_api_key)
        .service(get_api_key)
        .service(rotate_api_key)
        .service(revoke_api_key);
}

/// List API keys
///
/// Without their secrets, which are stored nowhere.
#[utoipa::path(
    tag = "API keys",
    params(ApiKeyFilter, PageParams, ("sort" = inline(Option<ApiKeySort>), Query, description = "The order")),
    responses((status = 200, description = "A page of keys", body = Page<ApiKey>)),
)]
#[get("/v1/api-keys")]
async fn list_api_keys(ctx: Ctx, query: List<ApiKeyFilter, ApiKeySort>) -> Result<Listed<ApiKey>> {
    ctx.run(async move |ctx| service::list(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Issue an API key
///
/// The key is shown this once; a replay under the same idempotency key shows it redacted.
#[utoipa::path(
    tag = "API keys",
    request_body = NewApiKey,
    responses((status = 201, description = "The key", body = IssuedKey)),
)]
#[post("/v1/api-keys")]
async fn create_api_key(ctx: Ctx, input: Body<NewApiKey>) -> Result<Issued<IssuedKey>> {
    ctx.run(async move |ctx| service::create(&ctx, input.0).await).await.map(Issued)
}

/// Get an API key
///
/// Its facts, with when it was last used; never its secret.
#[utoipa::path(
    tag = "API keys",
    params(("id" = ApiKeyId, Path, description = "The key")),
    responses((status = 200, description = "The key", body = ApiKey)),
)]
#[get("/v1/api-keys/{id}")]
async fn get_api_key(ctx: Ctx, id: PathId<ApiKeyId>) -> Result<Fresh<ApiKey>> {
    ctx.run(async move |ctx| service::get(&ctx, id.0).await).await.map(Fresh)
}

/// Rotate an API key
///
/// Issues its successor with the same member and scopes; the old key works on for the overlap.
#[utoipa::path(
    tag = "API keys",
    params(("id" = ApiKeyId, Path, description = "The key to replace")),
    request_body = Rotation,
    responses((status = 201, description = "The new key", body = IssuedKey)),
)]
#[post("/v1/api-keys/{id}/rotate")]
async fn rotate_api_key(ctx: Ctx, id: PathId<ApiKeyId>, input: Body<Rotation>) -> Result<Issued<IssuedKey>> {
    ctx.run(async move |ctx| service::rotate(&ctx, id.0, input.0).await).await.map(Issued)
}

/// Revoke an API key
///
/// It stops working at once; the journal keeps its facts.
#[utoipa::path(
    tag = "API keys",
    params(("id" = ApiKeyId, Path, description = "The key")),
    responses((status = 204, description = "Revoked")),
)]
#[delete("/v1/api-keys/{id}")]
async fn revoke_api_key(ctx: Ctx, id: PathId<ApiKeyId>) -> Result<Gone> {
    ctx.run(async move |ctx| service::revoke(&ctx, id.0).await).await.map(|()| Gone)
}
