//! The caller's tenant over GraphQL.

use async_graphql::{Context, Object};

use super::{
    model::{Tenant, TenantPatch},
    service,
};
use crate::platform::graphql::{Result, request, writing};

/// Queries of this room.
#[derive(Default)]
pub struct TenantQuery;

#[Object]
impl TenantQuery {
    /// The organisation that the credential belongs to.
    async fn tenant(&self, ctx: &Context<'_>) -> Result<Tenant> {
        Ok(service::get(request(ctx)?).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct TenantMutation;

#[Object]
impl TenantMutation {
    /// Changes the tenant's name or time zone.
    async fn update_tenant(
        &self,
        ctx: &Context<'_>,
        expected_version: i32,
        input: TenantPatch,
    ) -> Result<Tenant> {
        Ok(service::update(writing(ctx).await?, expected_version.into(), input).await?)
    }
}
