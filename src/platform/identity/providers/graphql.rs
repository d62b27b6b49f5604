//! Identity providers over GraphQL.

use async_graphql::{Context, Object, connection::Connection};

use super::{
    model::{
        IdentityProvider, IdentityProviderFilter, IdentityProviderPatch, IdentityProviderSort,
        NewIdentityProvider,
    },
    service,
    trial::{Checked, Trial},
};
use crate::{
    kernel::id::IdentityProviderId,
    platform::{
        graphql::{Connected, Result, connection, request, writing},
        room,
    },
};

/// Queries of this room.
#[derive(Default)]
pub struct IdentityProviderQuery;

#[Object]
impl IdentityProviderQuery {
    /// The tenant's own OpenID providers.
    async fn identity_providers(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: IdentityProviderFilter,
        sort: Option<IdentityProviderSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, IdentityProvider, Connected>> {
        connection::<IdentityProvider>(ctx, &filter, sort, first, after).await
    }

    /// One identity provider.
    async fn identity_provider(&self, ctx: &Context<'_>, id: IdentityProviderId) -> Result<IdentityProvider> {
        Ok(room::get::<IdentityProvider>(request(ctx)?, id, None).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct IdentityProviderMutation;

#[Object]
impl IdentityProviderMutation {
    /// Registers an identity provider.
    async fn create_identity_provider(
        &self,
        ctx: &Context<'_>,
        input: NewIdentityProvider,
    ) -> Result<IdentityProvider> {
        Ok(room::create::<IdentityProvider>(writing(ctx).await?, input).await?)
    }

    /// Changes an identity provider.
    async fn update_identity_provider(
        &self,
        ctx: &Context<'_>,
        id: IdentityProviderId,
        expected_version: i32,
        input: IdentityProviderPatch,
    ) -> Result<IdentityProvider> {
        Ok(room::update::<IdentityProvider>(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Removes an identity provider; its tokens are refused at once.
    async fn delete_identity_provider(
        &self,
        ctx: &Context<'_>,
        id: IdentityProviderId,
        expected_version: i32,
    ) -> Result<IdentityProviderId> {
        room::delete::<IdentityProvider>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Asks an identity provider for its keys now, and tries a token on them; the first genuine one proves it to be the
    /// tenant's.
    async fn check_identity_provider(
        &self,
        ctx: &Context<'_>,
        id: IdentityProviderId,
        #[graphql(default)] input: Trial,
    ) -> Result<Checked> {
        Ok(service::check(writing(ctx).await?, id, input).await?)
    }
}
