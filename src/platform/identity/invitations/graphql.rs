//! Invitations over GraphQL. Accepting one is REST's alone: whoever does is no member yet, and has no query to ask.

use async_graphql::{Context, Object, connection::Connection};

use super::{
    model::{InvitationFilter, InvitationSort, InvitationView, IssuedInvitation, NewInvitation},
    service,
};
use crate::{
    kernel::id::InvitationId,
    platform::graphql::{Connected, PageArgs, Result, request, writing},
};

/// Queries of this room.
#[derive(Default)]
pub struct InvitationQuery;

#[Object]
impl InvitationQuery {
    /// The tenant's invitations, without their tokens.
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: InvitationFilter,
        sort: Option<InvitationSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, InvitationView, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, &filter, &page).await?;
        Ok(args.connect(&page, found, |one| (one.facts.created_at, one.facts.id.to_string())))
    }

    /// One invitation, without its token.
    async fn invitation(&self, ctx: &Context<'_>, id: InvitationId) -> Result<InvitationView> {
        Ok(service::get(request(ctx)?, id).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct InvitationMutation;

#[Object]
impl InvitationMutation {
    /// Invites a person; the token is shown this once.
    async fn create_invitation(&self, ctx: &Context<'_>, input: NewInvitation) -> Result<IssuedInvitation> {
        Ok(service::create(writing(ctx).await?, input).await?)
    }

    /// Takes an invitation back at once.
    async fn revoke_invitation(&self, ctx: &Context<'_>, id: InvitationId) -> Result<InvitationId> {
        service::revoke(writing(ctx).await?, id).await?;
        Ok(id)
    }
}
