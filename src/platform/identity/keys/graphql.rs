//! API keys over GraphQL.

use async_graphql::{ComplexObject, Context, Object, connection::Connection};

use super::{
    model::{ApiKey, ApiKeyFilter, ApiKeySort, IssuedKey, NewApiKey},
    service,
};
use crate::{
    kernel::id::ApiKeyId,
    platform::{
        graphql::{Connected, PageArgs, Result, related, request, writing},
        identity::{credentials::Rotation, members::Member},
    },
};

#[ComplexObject]
impl ApiKey {
    /// The member it acts for.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        related(ctx, self.member_id).await
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct ApiKeyQuery;

#[Object]
impl ApiKeyQuery {
    /// The tenant's API keys, without their secrets.
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: ApiKeyFilter,
        sort: Option<ApiKeySort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, ApiKey, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, &filter, &page).await?;
        Ok(args.connect(&page, found, |key| (key.created_at, key.id.to_string())))
    }

    /// One API key, without its secret.
    async fn api_key(&self, ctx: &Context<'_>, id: ApiKeyId) -> Result<ApiKey> {
        Ok(service::get(request(ctx)?, id).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct ApiKeyMutation;

#[Object]
impl ApiKeyMutation {
    /// Issues a key, which is shown this once.
    async fn create_api_key(&self, ctx: &Context<'_>, input: NewApiKey) -> Result<IssuedKey> {
        Ok(service::create(writing(ctx).await?, input).await?)
    }

    /// Issues a key's successor; the old key works on for the overlap.
    async fn rotate_api_key(
        &self,
        ctx: &Context<'_>,
        id: ApiKeyId,
        #[graphql(default)] input: Rotation,
    ) -> Result<IssuedKey> {
        Ok(service::rotate(writing(ctx).await?, id, input).await?)
    }

    /// Revokes a key at once.
    async fn revoke_api_key(&self, ctx: &Context<'_>, id: ApiKeyId) -> Result<ApiKeyId> {
        service::revoke(writing(ctx).await?, id).await?;
        Ok(id)
    }
}
