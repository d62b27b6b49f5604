//! OAuth clients over GraphQL.

use async_graphql::{ComplexObject, Context, Object, connection::Connection};

use super::{
    model::{IssuedClient, NewOauthClient, OauthClient, OauthClientFilter, OauthClientSort},
    service,
};
use crate::{
    kernel::id::OauthClientId,
    platform::{
        graphql::{Connected, PageArgs, Result, related, request, writing},
        identity::{credentials::Rotation, members::Member},
    },
};

#[ComplexObject]
impl OauthClient {
    /// The machine account it acts for.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        related(ctx, self.member_id).await
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct OauthClientQuery;

#[Object]
impl OauthClientQuery {
    /// The tenant's OAuth clients, without their secrets.
    async fn oauth_clients(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: OauthClientFilter,
        sort: Option<OauthClientSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, OauthClient, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, &filter, &page).await?;
        Ok(args.connect(&page, found, |client| (client.created_at, client.id.to_string())))
    }

    /// One OAuth client, without its secret.
    async fn oauth_client(&self, ctx: &Context<'_>, id: OauthClientId) -> Result<OauthClient> {
        Ok(service::get(request(ctx)?, id).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct OauthClientMutation;

#[Object]
impl OauthClientMutation {
    /// Creates a client for a machine account; its secret is shown this once.
    async fn create_oauth_client(&self, ctx: &Context<'_>, input: NewOauthClient) -> Result<IssuedClient> {
        Ok(service::create(writing(ctx).await?, input).await?)
    }

    /// Gives a client a new secret; the one before works on for the overlap.
    async fn rotate_oauth_client(
        &self,
        ctx: &Context<'_>,
        id: OauthClientId,
        #[graphql(default)] input: Rotation,
    ) -> Result<IssuedClient> {
        Ok(service::rotate(writing(ctx).await?, id, input).await?)
    }

    /// Revokes a client at once, with every token that it has.
    async fn revoke_oauth_client(&self, ctx: &Context<'_>, id: OauthClientId) -> Result<OauthClientId> {
        service::revoke(writing(ctx).await?, id).await?;
        Ok(id)
    }
}
