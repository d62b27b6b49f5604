//! What customers ask for over GraphQL.

use std::collections::HashMap;

use async_graphql::{
    ComplexObject, Context, Object, async_trait::async_trait, connection::Connection, dataloader::Loader,
};

use super::model::{
    CustomerRequirement, CustomerRequirementBatch, CustomerRequirementFilter, CustomerRequirementPatch,
    CustomerRequirementSort, NewCustomerRequirement,
};
use crate::{
    kernel::id::CustomerRequirementId,
    platform::{
        access::Ctx,
        batch::BatchResult,
        graphql::{Connected, Failure, Result, connection, related, request, writing},
        identity::members::Member,
        room,
    },
};

#[async_trait]
impl Loader<CustomerRequirementId> for Ctx {
    type Value = CustomerRequirement;
    type Error = Failure;

    async fn load(
        &self,
        ids: &[CustomerRequirementId],
    ) -> Result<HashMap<CustomerRequirementId, CustomerRequirement>> {
        let found = room::by_ids::<CustomerRequirement>(self, ids).await?;
        Ok(found.into_iter().map(|requirement| (requirement.id, requirement)).collect())
    }
}

#[ComplexObject]
impl CustomerRequirement {
    /// The member who answers for it.
    #[graphql(name = "owner")]
    async fn responsible(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.owner {
            Some(owner) => related(ctx, owner).await,
            None => Ok(None),
        }
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct CustomerRequirementQuery;

#[Object]
impl CustomerRequirementQuery {
    /// What customers ask for, by when.
    async fn customer_requirements(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: CustomerRequirementFilter,
        sort: Option<CustomerRequirementSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, CustomerRequirement, Connected>> {
        connection::<CustomerRequirement>(ctx, &filter, sort, first, after).await
    }

    /// One customer requirement.
    async fn customer_requirement(
        &self,
        ctx: &Context<'_>,
        id: CustomerRequirementId,
    ) -> Result<CustomerRequirement> {
        Ok(room::get::<CustomerRequirement>(request(ctx)?, id, None).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct CustomerRequirementMutation;

#[Object]
impl CustomerRequirementMutation {
    /// Creates a customer requirement.
    async fn create_customer_requirement(
        &self,
        ctx: &Context<'_>,
        input: NewCustomerRequirement,
    ) -> Result<CustomerRequirement> {
        Ok(room::create::<CustomerRequirement>(writing(ctx).await?, input).await?)
    }

    /// Changes a customer requirement.
    async fn update_customer_requirement(
        &self,
        ctx: &Context<'_>,
        id: CustomerRequirementId,
        expected_version: i32,
        input: CustomerRequirementPatch,
    ) -> Result<CustomerRequirement> {
        Ok(room::update::<CustomerRequirement>(writing(ctx).await?, id, expected_version.into(), input)
            .await?)
    }

    /// Removes a customer requirement.
    async fn delete_customer_requirement(
        &self,
        ctx: &Context<'_>,
        id: CustomerRequirementId,
        expected_version: i32,
    ) -> Result<CustomerRequirementId> {
        room::delete::<CustomerRequirement>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Changes many at once, in one transaction.
    async fn batch_customer_requirements(
        &self,
        ctx: &Context<'_>,
        input: CustomerRequirementBatch,
    ) -> Result<BatchResult> {
        Ok(input.run(writing(ctx).await?).await?)
    }
}
