//! OAuth clients over REST.

use actix_web::{delete, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    model::{IssuedClient, NewOauthClient, OauthClient, OauthClientFilter, OauthClientSort},
    service,
};
use crate::{
    kernel::{
        error::Result,
        id::OauthClientId,
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
        .service(list_oauth_clients)
        .service(create_oauth_client)
        .service(get_oauth_client)
        .service(rotate_oauth_client)
        .service(revoke_oauth_client);
}

/// List OAuth clients
///
/// Without their secrets, which are stored nowhere.
#[utoipa::path(
    tag = "OAuth clients",
    params(
        OauthClientFilter, PageParams,
        ("sort" = inline(Option<OauthClientSort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of clients", body = Page<OauthClient>)),
)]
#[get("/v1/oauth-clients")]
async fn list_oauth_clients(
    ctx: Ctx,
    query: List<OauthClientFilter, OauthClientSort>,
) -> Result<Listed<OauthClient>> {
    ctx.run(async move |ctx| service::list(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Create an OAuth client
///
/// For a machine account. The secret is shown this once; a replay under the same idempotency key shows it redacted.
#[utoipa::path(
    tag = "OAuth clients",
    request_body = NewOauthClient,
    responses((status = 201, description = "The client and its secret", body = IssuedClient)),
)]
#[post("/v1/oauth-clients")]
async fn create_oauth_client(ctx: Ctx, input: Body<NewOauthClient>) -> Result<Issued<IssuedClient>> {
    ctx.run(async move |ctx| service::create(&ctx, input.0).await).await.map(Issued)
}

/// Get an OAuth client
///
/// Its facts, with when it was last used; never its secret.
#[utoipa::path(
    tag = "OAuth clients",
    params(("id" = OauthClientId, Path, description = "The client")),
    responses((status = 200, description = "The client", body = OauthClient)),
)]
#[get("/v1/oauth-clients/{id}")]
async fn get_oauth_client(ctx: Ctx, id: PathId<OauthClientId>) -> Result<Fresh<OauthClient>> {
    ctx.run(async move |ctx| service::get(&ctx, id.0).await).await.map(Fresh)
}

/// Rotate an OAuth client's secret
///
/// The client keeps its id and its tokens and gets a new secret; the secret before works on for the overlap, and an
/// older one no longer.
#[utoipa::path(
    tag = "OAuth clients",
    params(("id" = OauthClientId, Path, description = "The client")),
    request_body = Rotation,
    responses((status = 201, description = "The client and its new secret", body = IssuedClient)),
)]
#[post("/v1/oauth-clients/{id}/rotate")]
async fn rotate_oauth_client(
    ctx: Ctx,
    id: PathId<OauthClientId>,
    input: Body<Rotation>,
) -> Result<Issued<IssuedClient>> {
    ctx.run(async move |ctx| service::rotate(&ctx, id.0, input.0).await).await.map(Issued)
}

/// Revoke an OAuth client
///
/// It and every token that it has stop working at once; the journal keeps its facts.
#[utoipa::path(
    tag = "OAuth clients",
    params(("id" = OauthClientId, Path, description = "The client")),
    responses((status = 204, description = "Revoked")),
)]
#[delete("/v1/oauth-clients/{id}")]
async fn revoke_oauth_client(ctx: Ctx, id: PathId<OauthClientId>) -> Result<Gone> {
    ctx.run(async move |ctx| service::revoke(&ctx, id.0).await).await.map(|()| Gone)
}
