//! Evidence requests over GraphQL.

use std::collections::HashMap;

use async_graphql::{
    ComplexObject, Context, Object, async_trait::async_trait, connection::Connection, dataloader::Loader,
};

use super::{
    life::{EvidenceProvision, EvidenceReturn},
    model::{
        EvidenceRequest, EvidenceRequestBatch, EvidenceRequestFilter, EvidenceRequestPatch,
        EvidenceRequestSort, NewEvidenceRequest,
    },
    service,
};
use crate::{
    assurance::audits::AuditView,
    kernel::id::EvidenceRequestId,
    platform::{
        access::Ctx,
        batch::BatchResult,
        graphql::{Connected, Failure, Result, connection, first_related, related, request, writing},
        identity::members::Member,
        room,
    },
    program::controls::Control,
};

#[async_trait]
impl Loader<EvidenceRequestId> for Ctx {
    type Value = EvidenceRequest;
    type Error = Failure;

    async fn load(&self, ids: &[EvidenceRequestId]) -> Result<HashMap<EvidenceRequestId, EvidenceRequest>> {
        let found = room::by_ids::<EvidenceRequest>(self, ids).await?;
        Ok(found.into_iter().map(|request| (request.id, request)).collect())
    }
}

#[ComplexObject]
impl EvidenceRequest {
    /// The audit.
    #[graphql(name = "audit")]
    async fn asked_in(&self, ctx: &Context<'_>) -> Result<Option<AuditView>> {
        related(ctx, self.audit).await
    }

    /// The member who is asked.
    #[graphql(name = "assignee")]
    async fn asked_of(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.assignee {
            Some(assignee) => related(ctx, assignee).await,
            None => Ok(None),
        }
    }

    /// The controls that it is about; `controlIds` names all.
    #[graphql(name = "controls")]
    async fn about(&self, ctx: &Context<'_>, first: Option<u32>) -> Result<Vec<Control>> {
        first_related(ctx, &self.controls, first).await
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct EvidenceRequestQuery;

#[Object]
impl EvidenceRequestQuery {
    /// What auditors ask to be shown.
    async fn evidence_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: EvidenceRequestFilter,
        sort: Option<EvidenceRequestSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, EvidenceRequest, Connected>> {
        connection::<EvidenceRequest>(ctx, &filter, sort, first, after).await
    }

    /// One evidence request.
    async fn evidence_request(&self, ctx: &Context<'_>, id: EvidenceRequestId) -> Result<EvidenceRequest> {
        Ok(room::get::<EvidenceRequest>(request(ctx)?, id, None).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct EvidenceRequestMutation;

#[Object]
impl EvidenceRequestMutation {
    /// Enters an evidence request.
    async fn create_evidence_request(
        &self,
        ctx: &Context<'_>,
        input: NewEvidenceRequest,
    ) -> Result<EvidenceRequest> {
        Ok(room::create::<EvidenceRequest>(writing(ctx).await?, input).await?)
    }

    /// Changes an evidence request.
    async fn update_evidence_request(
        &self,
        ctx: &Context<'_>,
        id: EvidenceRequestId,
        expected_version: i32,
        input: EvidenceRequestPatch,
    ) -> Result<EvidenceRequest> {
        Ok(room::update::<EvidenceRequest>(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Gives evidence to a request.
    async fn provide_evidence_request(
        &self,
        ctx: &Context<'_>,
        id: EvidenceRequestId,
        expected_version: i32,
        input: EvidenceProvision,
    ) -> Result<EvidenceRequest> {
        Ok(service::provide(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Accepts what was given to a request.
    async fn accept_evidence_request(
        &self,
        ctx: &Context<'_>,
        id: EvidenceRequestId,
        expected_version: i32,
    ) -> Result<EvidenceRequest> {
        Ok(service::accept(writing(ctx).await?, id, expected_version.into()).await?)
    }

    /// Gives back what was given to a request.
    async fn return_evidence_request(
        &self,
        ctx: &Context<'_>,
        id: EvidenceRequestId,
        expected_version: i32,
        input: EvidenceReturn,
    ) -> Result<EvidenceRequest> {
        Ok(service::give_back(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Removes an evidence request that was not accepted.
    async fn delete_evidence_request(
        &self,
        ctx: &Context<'_>,
        id: EvidenceRequestId,
        expected_version: i32,
    ) -> Result<EvidenceRequestId> {
        room::delete::<EvidenceRequest>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Changes many at once, in one transaction.
    async fn batch_evidence_requests(
        &self,
        ctx: &Context<'_>,
        input: EvidenceRequestBatch,
    ) -> Result<BatchResult> {
        Ok(input.run(writing(ctx).await?).await?)
    }
}
