//! Invitations over REST.

use actix_web::{delete, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    model::{Acceptance, InvitationFilter, InvitationSort, InvitationView, IssuedInvitation, NewInvitation},
    service,
};
use crate::{
    kernel::{
        error::Result,
        id::InvitationId,
        page::{Page, PageParams},
    },
    platform::{
        access::Ctx,
        http::{Body, Created, Fresh, Gone, Issued, List, Listed, PathId},
        identity::{members::Member, providers::VisitorCtx},
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_invitations)
        .service(create_invitation)
        .service(accept_invitation)
        .service(get_invitation)
        .service(revoke_invitation);
}

/// List invitations
///
/// Accepted, expired and revoked ones too, without their tokens, which are stored nowhere.
#[utoipa::path(
    tag = "Invitations",
    params(
        InvitationFilter,
        PageParams,
        ("sort" = inline(Option<InvitationSort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of invitations", body = Page<InvitationView>)),
)]
#[get("/v1/invitations")]
async fn list_invitations(
    ctx: Ctx,
    query: List<InvitationFilter, InvitationSort>,
) -> Result<Listed<InvitationView>> {
    ctx.run(async move |ctx| service::list(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Invite a person
///
/// The token is shown this once; a replay under the same idempotency key shows it redacted. No mail is sent: give the
/// token to the person yourself. It can be accepted once, by somebody who signs in at one of the tenant's identity
/// providers.
#[utoipa::path(
    tag = "Invitations",
    request_body = NewInvitation,
    responses((status = 201, description = "The invitation and its token", body = IssuedInvitation)),
)]
#[post("/v1/invitations")]
async fn create_invitation(ctx: Ctx, input: Body<NewInvitation>) -> Result<Issued<IssuedInvitation>> {
    ctx.run(async move |ctx| service::create(&ctx, input.0).await).await.map(Issued)
}

/// Accept an invitation
///
/// Sent with a token of one of the tenant's identity providers as the credential, by a person who is no member yet, and
/// the invitation's token in the body. Where the provider vouches for an address (`email_verified`), it has to be the
/// invited one. Answers the member that the person is from now on: a new one, or the one that has the invited address
/// already, if the provider vouches for it.
#[utoipa::path(
    tag = "Invitations",
    request_body = Acceptance,
    security(("identity_provider" = [])),
    responses((status = 201, description = "The member", body = Member)),
)]
#[post("/v1/invitations/accept")]
async fn accept_invitation(ctx: VisitorCtx, input: Body<Acceptance>) -> Result<Created<Member>> {
    ctx.run(async move |ctx| service::accept(&ctx, input.0).await).await.map(Created)
}

/// Get an invitation
///
/// Whom it is for, and what has become of it; never its token.
#[utoipa::path(
    tag = "Invitations",
    params(("id" = InvitationId, Path, description = "The invitation")),
    responses((status = 200, description = "The invitation", body = InvitationView)),
)]
#[get("/v1/invitations/{id}")]
async fn get_invitation(ctx: Ctx, id: PathId<InvitationId>) -> Result<Fresh<InvitationView>> {
    ctx.run(async move |ctx| service::get(&ctx, id.0).await).await.map(Fresh)
}

/// Revoke an invitation
///
/// Its token stops working at once. It stays listed, as revoked.
#[utoipa::path(
    tag = "Invitations",
    params(("id" = InvitationId, Path, description = "The invitation")),
    responses((status = 204, description = "Revoked")),
)]
#[delete("/v1/invitations/{id}")]
async fn revoke_invitation(ctx: Ctx, id: PathId<InvitationId>) -> Result<Gone> {
    ctx.run(async move |ctx| service::revoke(&ctx, id.0).await).await.map(|()| Gone)
}
