//! Audits over GraphQL.

use std::collections::HashMap;

use async_graphql::{
    ComplexObject, Context, Object, async_trait::async_trait, connection::Connection, dataloader::Loader,
};

use super::{
    change::AuditPatch,
    filter::{AuditFilter, AuditSort},
    life::{AuditCompletion, AuditCopy, AuditEnd, AuditStart},
    model::{Audit, AuditBatch, AuditView, NewAudit},
    service,
};
use crate::{
    assurance::findings::{FindingView, graphql::FindingsOf},
    kernel::id::AuditId,
    platform::{
        access::Ctx,
        batch::BatchResult,
        graphql::{
            Connected, Failure, Result, connection, first_below, first_related, related, request, writing,
        },
        identity::members::Member,
        room,
    },
    program::controls::Control,
};

#[async_trait]
impl Loader<AuditId> for Ctx {
    type Value = AuditView;
    type Error = Failure;

    async fn load(&self, ids: &[AuditId]) -> Result<HashMap<AuditId, AuditView>> {
        let found = room::by_ids::<Audit>(self, ids).await?;
        Ok(found.into_iter().map(|audit| (audit.facts.id, audit)).collect())
    }
}

#[ComplexObject]
impl AuditView {
    /// The member who sees to it.
    #[graphql(name = "owner")]
    async fn responsible(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.facts.owner {
            Some(owner) => related(ctx, owner).await,
            None => Ok(None),
        }
    }

    /// The controls that are sampled; `controlIds` names all.
    async fn controls(&self, ctx: &Context<'_>, first: Option<u32>) -> Result<Vec<Control>> {
        first_related(ctx, &self.facts.controls, first).await
    }

    /// What it found; `findings(filter: { audit: … })` pages through all.
    async fn findings(&self, ctx: &Context<'_>, first: Option<u32>) -> Result<Vec<FindingView>> {
        first_below(ctx, FindingsOf(self.facts.id), first).await
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// Audits, planned and held.
    async fn audits(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: AuditFilter,
        sort: Option<AuditSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, AuditView, Connected>> {
        connection::<Audit>(ctx, &filter, sort, first, after).await
    }

    /// One audit.
    async fn audit(&self, ctx: &Context<'_>, id: AuditId) -> Result<AuditView> {
        Ok(room::get::<Audit>(request(ctx)?, id, None).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct AuditMutation;

#[Object]
impl AuditMutation {
    /// Plans an audit.
    async fn create_audit(&self, ctx: &Context<'_>, input: NewAudit) -> Result<AuditView> {
        Ok(room::create::<Audit>(writing(ctx).await?, input).await?)
    }

    /// Changes an audit.
    async fn update_audit(
        &self,
        ctx: &Context<'_>,
        id: AuditId,
        expected_version: i32,
        input: AuditPatch,
    ) -> Result<AuditView> {
        Ok(room::update::<Audit>(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Starts an audit.
    async fn start_audit(
        &self,
        ctx: &Context<'_>,
        id: AuditId,
        expected_version: i32,
        input: AuditStart,
    ) -> Result<AuditView> {
        Ok(service::start(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Completes an audit.
    async fn complete_audit(
        &self,
        ctx: &Context<'_>,
        id: AuditId,
        expected_version: i32,
        input: AuditCompletion,
    ) -> Result<AuditView> {
        Ok(service::complete(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Cancels an audit.
    async fn cancel_audit(
        &self,
        ctx: &Context<'_>,
        id: AuditId,
        expected_version: i32,
        input: AuditEnd,
    ) -> Result<AuditView> {
        Ok(service::cancel(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Voids a completed audit.
    async fn void_audit(
        &self,
        ctx: &Context<'_>,
        id: AuditId,
        expected_version: i32,
        input: AuditEnd,
    ) -> Result<AuditView> {
        Ok(service::void(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Plans the next audit from this one.
    async fn copy_audit(&self, ctx: &Context<'_>, id: AuditId, input: AuditCopy) -> Result<AuditView> {
        Ok(service::copy(writing(ctx).await?, id, input).await?)
    }

    /// Removes an audit that was not held.
    async fn delete_audit(&self, ctx: &Context<'_>, id: AuditId, expected_version: i32) -> Result<AuditId> {
        room::delete::<Audit>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Changes many at once, in one transaction.
    async fn batch_audits(&self, ctx: &Context<'_>, input: AuditBatch) -> Result<BatchResult> {
        Ok(input.run(writing(ctx).await?).await?)
    }
}
