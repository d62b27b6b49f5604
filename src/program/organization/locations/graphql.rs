//! Locations over GraphQL.

use std::collections::HashMap;

use async_graphql::{Context, Object, async_trait::async_trait, connection::Connection, dataloader::Loader};

use super::model::{Location, LocationBatch, LocationFilter, LocationPatch, LocationSort, NewLocation};
use crate::{
    kernel::id::LocationId,
    platform::{
        access::Ctx,
        batch::BatchResult,
        graphql::{Connected, Failure, Result, connection, request, writing},
        room,
    },
};

#[async_trait]
impl Loader<LocationId> for Ctx {
    type Value = Location;
    type Error = Failure;

    async fn load(&self, ids: &[LocationId]) -> Result<HashMap<LocationId, Location>> {
        let found = room::by_ids::<Location>(self, ids).await?;
        Ok(found.into_iter().map(|location| (location.id, location)).collect())
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct LocationQuery;

#[Object]
impl LocationQuery {
    /// The places from which the organisation works and where its systems stand.
    async fn locations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: LocationFilter,
        sort: Option<LocationSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, Location, Connected>> {
        connection::<Location>(ctx, &filter, sort, first, after).await
    }

    /// One location.
    async fn location(&self, ctx: &Context<'_>, id: LocationId) -> Result<Location> {
        Ok(room::get::<Location>(request(ctx)?, id, None).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct LocationMutation;

#[Object]
impl LocationMutation {
    /// Creates a location.
    async fn create_location(&self, ctx: &Context<'_>, input: NewLocation) -> Result<Location> {
        Ok(room::create::<Location>(writing(ctx).await?, input).await?)
    }

    /// Changes a location.
    async fn update_location(
        &self,
        ctx: &Context<'_>,
        id: LocationId,
        expected_version: i32,
        input: LocationPatch,
    ) -> Result<Location> {
        Ok(room::update::<Location>(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Removes a location at which no system stands.
    async fn delete_location(
        &self,
        ctx: &Context<'_>,
        id: LocationId,
        expected_version: i32,
    ) -> Result<LocationId> {
        room::delete::<Location>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Changes many at once, in one transaction.
    async fn batch_locations(&self, ctx: &Context<'_>, input: LocationBatch) -> Result<BatchResult> {
        Ok(input.run(writing(ctx).await?).await?)
    }
}
