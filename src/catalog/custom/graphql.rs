//! Frameworks of a tenant's own over GraphQL.

use std::collections::HashMap;

use async_graphql::{Context, Object, async_trait::async_trait, dataloader::Loader};

use super::{
    FrameworkBatch, FrameworkPatch, MappingBatch, MappingPatch, NewFramework, NewMapping, NewRequirement,
    RequirementBatch, RequirementPatch, mappings, requirements, service,
};
use crate::{
    catalog::{
        library,
        model::{Framework, FrameworkKey, Mapping, Requirement, RequirementId, RequirementRef},
    },
    kernel::id::RequirementMappingId,
    platform::{
        access::Ctx,
        batch::BatchResult,
        graphql::{Failure, Result, request, writing},
    },
};

#[async_trait]
impl Loader<RequirementRef> for Ctx {
    type Value = Requirement;
    type Error = Failure;

    async fn load(&self, all: &[RequirementRef]) -> Result<HashMap<RequirementRef, Requirement>> {
        let at = |one: &Requirement| RequirementRef { framework: one.framework.clone(), id: one.id.clone() };
        Ok(library::named(self, all).await?.into_iter().map(|one| (at(&one), one)).collect())
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct CustomFrameworkQuery;

#[Object]
impl CustomFrameworkQuery {
    /// One requirement of any framework.
    async fn framework_requirement(
        &self,
        ctx: &Context<'_>,
        framework: FrameworkKey,
        requirement_id: RequirementId,
    ) -> Result<Requirement> {
        Ok(requirements::service::get(request(ctx)?, &framework, &requirement_id).await?)
    }

    /// One mapping of the tenant's own, read from this framework.
    async fn framework_mapping(
        &self,
        ctx: &Context<'_>,
        framework: FrameworkKey,
        id: RequirementMappingId,
    ) -> Result<Mapping> {
        Ok(mappings::service::get(request(ctx)?, &framework, id).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct CustomFrameworkMutation;

#[Object]
impl CustomFrameworkMutation {
    /// Creates a framework of the tenant's own, with its first requirements.
    async fn create_framework(&self, ctx: &Context<'_>, input: NewFramework) -> Result<Framework> {
        Ok(service::create(writing(ctx).await?, input).await?)
    }

    /// Changes a framework of the tenant's own.
    async fn update_framework(
        &self,
        ctx: &Context<'_>,
        key: FrameworkKey,
        expected_version: i32,
        input: FrameworkPatch,
    ) -> Result<Framework> {
        Ok(service::update(writing(ctx).await?, &key, expected_version.into(), input).await?)
    }

    /// Removes a framework of the tenant's own, with its requirements and their mappings.
    async fn delete_framework(
        &self,
        ctx: &Context<'_>,
        key: FrameworkKey,
        expected_version: i32,
    ) -> Result<FrameworkKey> {
        service::delete(writing(ctx).await?, &key, expected_version.into()).await?;
        Ok(key)
    }

    /// Adds a requirement to a framework of the tenant's own.
    async fn create_framework_requirement(
        &self,
        ctx: &Context<'_>,
        framework: FrameworkKey,
        input: NewRequirement,
    ) -> Result<Requirement> {
        Ok(requirements::service::create(writing(ctx).await?, &framework, input).await?)
    }

    /// Changes a requirement of a framework of the tenant's own.
    async fn update_framework_requirement(
        &self,
        ctx: &Context<'_>,
        framework: FrameworkKey,
        requirement_id: RequirementId,
        expected_version: i32,
        input: RequirementPatch,
    ) -> Result<Requirement> {
        let (ctx, expected) = (writing(ctx).await?, expected_version.into());
        Ok(requirements::service::update(ctx, &framework, &requirement_id, expected, input).await?)
    }

    /// Removes a requirement of a framework of the tenant's own, with its mappings.
    async fn delete_framework_requirement(
        &self,
        ctx: &Context<'_>,
        framework: FrameworkKey,
        requirement_id: RequirementId,
        expected_version: i32,
    ) -> Result<RequirementId> {
        let (ctx, expected) = (writing(ctx).await?, expected_version.into());
        requirements::service::delete(ctx, &framework, &requirement_id, expected).await?;
        Ok(requirement_id)
    }

    /// Maps a requirement onto one of another framework.
    async fn create_framework_mapping(
        &self,
        ctx: &Context<'_>,
        framework: FrameworkKey,
        input: NewMapping,
    ) -> Result<Mapping> {
        Ok(mappings::service::create(writing(ctx).await?, &framework, input).await?)
    }

    /// Changes what is said of a mapping of the tenant's own, read from this framework.
    async fn update_framework_mapping(
        &self,
        ctx: &Context<'_>,
        framework: FrameworkKey,
        id: RequirementMappingId,
        expected_version: i32,
        input: MappingPatch,
    ) -> Result<Mapping> {
        let (ctx, expected) = (writing(ctx).await?, expected_version.into());
        Ok(mappings::service::update(ctx, &framework, id, expected, input).await?)
    }

    /// Removes a mapping of the tenant's own.
    async fn delete_framework_mapping(
        &self,
        ctx: &Context<'_>,
        framework: FrameworkKey,
        id: RequirementMappingId,
        expected_version: i32,
    ) -> Result<RequirementMappingId> {
        mappings::service::delete(writing(ctx).await?, &framework, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Creates, changes, puts by reference or removes many frameworks at once, in one transaction.
    async fn batch_frameworks(&self, ctx: &Context<'_>, input: FrameworkBatch) -> Result<BatchResult> {
        Ok(service::batch(writing(ctx).await?, input).await?)
    }

    /// Adds, changes, puts by reference or removes many requirements of a framework at once, in one transaction.
    async fn batch_framework_requirements(
        &self,
        ctx: &Context<'_>,
        framework: FrameworkKey,
        input: RequirementBatch,
    ) -> Result<BatchResult> {
        Ok(requirements::service::batch(writing(ctx).await?, &framework, input).await?)
    }

    /// Adds, changes, puts by reference or removes many mappings of a framework at once, in one transaction.
    async fn batch_framework_mappings(
        &self,
        ctx: &Context<'_>,
        framework: FrameworkKey,
        input: MappingBatch,
    ) -> Result<BatchResult> {
        Ok(mappings::service::batch(writing(ctx).await?, &framework, input).await?)
    }
}
