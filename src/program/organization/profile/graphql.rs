//! The organisation's profile over GraphQL.

use async_graphql::{Context, Object};

use super::{
    model::{Organization, OrganizationPatch},
    service,
};
use crate::platform::graphql::{Result, request, writing};

/// Queries of this room.
#[derive(Default)]
pub struct OrganizationQuery;

#[Object]
impl OrganizationQuery {
    /// What the organisation is, where, and with which data.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Organization> {
        Ok(service::get(request(ctx)?).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct OrganizationMutation;

#[Object]
impl OrganizationMutation {
    /// Changes the organisation's profile.
    async fn update_organization(
        &self,
        ctx: &Context<'_>,
        expected_version: i32,
        input: OrganizationPatch,
    ) -> Result<Organization> {
        Ok(service::update(writing(ctx).await?, expected_version.into(), input).await?)
    }
}
