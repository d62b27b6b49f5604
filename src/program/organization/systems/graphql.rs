//! Systems and services over GraphQL.

use std::collections::HashMap;

use async_graphql::{
    ComplexObject, Context, Object, async_trait::async_trait, connection::Connection, dataloader::Loader,
};

use super::model::{NewSystem, System, SystemBatch, SystemFilter, SystemPatch, SystemSort};
use crate::{
    kernel::id::SystemId,
    platform::{
        access::Ctx,
        batch::BatchResult,
        graphql::{Connected, Failure, Result, connection, related, request, writing},
        identity::members::Member,
        room,
    },
    program::organization::locations::Location,
};

#[async_trait]
impl Loader<SystemId> for Ctx {
    type Value = System;
    type Error = Failure;

    async fn load(&self, ids: &[SystemId]) -> Result<HashMap<SystemId, System>> {
        let found = room::by_ids::<System>(self, ids).await?;
        Ok(found.into_iter().map(|system| (system.id, system)).collect())
    }
}

#[ComplexObject]
impl System {
    /// The member who answers for it.
    #[graphql(name = "owner")]
    async fn responsible(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.owner {
            Some(owner) => related(ctx, owner).await,
            None => Ok(None),
        }
    }

    /// Where it stands.
    #[graphql(name = "location")]
    async fn stands_at(&self, ctx: &Context<'_>) -> Result<Option<Location>> {
        match self.location {
            Some(location) => related(ctx, location).await,
            None => Ok(None),
        }
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct SystemQuery;

#[Object]
impl SystemQuery {
    /// What customers are offered, and what it rests on.
    async fn systems(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: SystemFilter,
        sort: Option<SystemSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, System, Connected>> {
        connection::<System>(ctx, &filter, sort, first, after).await
    }

    /// One system.
    async fn system(&self, ctx: &Context<'_>, id: SystemId) -> Result<System> {
        Ok(room::get::<System>(request(ctx)?, id, None).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct SystemMutation;

#[Object]
impl SystemMutation {
    /// Creates a system.
    async fn create_system(&self, ctx: &Context<'_>, input: NewSystem) -> Result<System> {
        Ok(room::create::<System>(writing(ctx).await?, input).await?)
    }

    /// Changes a system.
    async fn update_system(
        &self,
        ctx: &Context<'_>,
        id: SystemId,
        expected_version: i32,
        input: SystemPatch,
    ) -> Result<System> {
        Ok(room::update::<System>(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Removes a system that nothing refers to.
    async fn delete_system(
        &self,
        ctx: &Context<'_>,
        id: SystemId,
        expected_version: i32,
    ) -> Result<SystemId> {
        room::delete::<System>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Changes many at once, in one transaction.
    async fn batch_systems(&self, ctx: &Context<'_>, input: SystemBatch) -> Result<BatchResult> {
        Ok(input.run(writing(ctx).await?).await?)
    }
}
