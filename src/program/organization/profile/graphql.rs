//! The organisation's profile over GraphQL.

use async_graphql::{Context, Object};

use super::model::{Organization, OrganizationPatch};
use crate::platform::{
    graphql::{Result, request, writing},
    sole,
};

/// Queries of this room.
#[derive(Default)]
pub struct OrganizationQuery;

#[Object]
impl OrganizationQuery {
    /// What the organisation is, where, and with which data.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Organization> {
        Ok(sole::get::<Organization>(request(ctx)?).await?)
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
        Ok(sole::update::<Organization>(writing(ctx).await?, expected_version.into(), input).await?)
    }
}
