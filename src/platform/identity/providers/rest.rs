//! Identity providers over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    model::{
        IdentityProvider, IdentityProviderFilter, IdentityProviderPatch, IdentityProviderSort,
        NewIdentityProvider,
    },
    service,
    trial::{Checked, Trial},
};
use crate::{
    kernel::{
        error::Result,
        id::IdentityProviderId,
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        http::{Body, Created, Fresh, Gone, List, Listed, PathId},
        room,
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_identity_providers)
        .service(create_identity_provider)
        .service(get_identity_provider)
        .service(update_identity_provider)
        .service(delete_identity_provider)
        .service(check_identity_provider);
}

/// List identity providers
///
/// The tenant's own OpenID providers, whose tokens let people and programs in.
#[utoipa::path(
    tag = "Identity providers",
    params(
        IdentityProviderFilter,
        PageParams,
        ("sort" = inline(Option<IdentityProviderSort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of identity providers", body = Page<IdentityProvider>)),
)]
#[get("/v1/identity-providers")]
async fn list_identity_providers(
    ctx: Ctx,
    query: List<IdentityProviderFilter, IdentityProviderSort>,
) -> Result<Listed<IdentityProvider>> {
    ctx.run(async move |ctx| room::list::<IdentityProvider>(&ctx, &query.filter, &query.page).await)
        .await
        .map(Listed)
}

/// Register an identity provider
///
/// Nothing is asked of the provider yet, and its tokens let nobody in. Check it with a token of it: that proves that you
/// can have tokens issued for this audience, and from then on they lead into this tenant. One tenant of the service alone
/// can prove an issuer and audience; whoever merely registers them keeps nobody else from it.
#[utoipa::path(
    tag = "Identity providers",
    request_body = NewIdentityProvider,
    responses((status = 201, description = "The identity provider", body = IdentityProvider)),
)]
#[post("/v1/identity-providers")]
async fn create_identity_provider(
    ctx: Ctx,
    input: Body<NewIdentityProvider>,
) -> Result<Created<IdentityProvider>> {
    ctx.run(async move |ctx| room::create::<IdentityProvider>(&ctx, input.0).await).await.map(Created)
}

/// Get an identity provider
///
/// With the rules by which its claims give roles.
#[utoipa::path(
    tag = "Identity providers",
    params(("id" = IdentityProviderId, Path, description = "The identity provider")),
    responses((status = 200, description = "The identity provider", body = IdentityProvider)),
)]
#[get("/v1/identity-providers/{id}")]
async fn get_identity_provider(ctx: Ctx, id: PathId<IdentityProviderId>) -> Result<Fresh<IdentityProvider>> {
    ctx.run(async move |ctx| room::get::<IdentityProvider>(&ctx, id.0, None).await).await.map(Fresh)
}

/// Change an identity provider
///
/// A merge patch; lists are replaced whole. It holds from the next token on. Issuer, audience and the claim of the
/// subject stay as they are: register another provider for others.
#[utoipa::path(
    tag = "Identity providers",
    params(("id" = IdentityProviderId, Path, description = "The identity provider")),
    request_body = IdentityProviderPatch,
    responses((status = 200, description = "The changed identity provider", body = IdentityProvider)),
)]
#[patch("/v1/identity-providers/{id}")]
async fn update_identity_provider(
    ctx: Ctx,
    id: PathId<IdentityProviderId>,
    expected: Expected,
    input: Body<IdentityProviderPatch>,
) -> Result<Fresh<IdentityProvider>> {
    ctx.run(async move |ctx| room::update::<IdentityProvider>(&ctx, id.0, expected, input.0).await)
        .await
        .map(Fresh)
}

/// Remove an identity provider
///
/// Its tokens are refused at once. The members that it made stay, with whatever other credentials they have.
#[utoipa::path(
    tag = "Identity providers",
    params(("id" = IdentityProviderId, Path, description = "The identity provider")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/identity-providers/{id}")]
async fn delete_identity_provider(
    ctx: Ctx,
    id: PathId<IdentityProviderId>,
    expected: Expected,
) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<IdentityProvider>(&ctx, id.0, expected).await)
        .await
        .map(|()| Gone)
}

/// Check an identity provider
///
/// Asks it for its metadata and keys now, and tells what it found or why it could not. With a token of the provider in
/// the body it also tells whether the token would be taken, why not, and whom and which role it would give; the token
/// is not kept and lets nobody in. The first genuine one proves issuer and audience to be yours. New keys are taken over.
#[utoipa::path(
    tag = "Identity providers",
    params(("id" = IdentityProviderId, Path, description = "The identity provider")),
    request_body = Trial,
    responses((status = 200, description = "What the provider answers", body = Checked)),
)]
#[post("/v1/identity-providers/{id}/check")]
async fn check_identity_provider(
    ctx: Ctx,
    id: PathId<IdentityProviderId>,
    trial: Body<Trial>,
) -> Result<Fresh<Checked>> {
    ctx.run(async move |ctx| service::check(&ctx, id.0, trial.0).await).await.map(Fresh)
}
