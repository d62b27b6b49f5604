//! Controls over GraphQL.

use std::collections::HashMap;

use async_graphql::{
    ComplexObject, Context, Object, async_trait::async_trait, connection::Connection, dataloader::Loader,
};

use super::{
    engine::{Coverage, CoverageState},
    model::{Control, ControlBatch, ControlFilter, ControlPatch, ControlSort, NewControl},
    proposals::Proposals,
    service,
    testing::{ControlTest, TestsOf},
};
use crate::{
    catalog::FrameworkKey,
    kernel::id::ControlId,
    platform::{
        access::Ctx,
        batch::BatchResult,
        graphql::{Connected, Failure, Result, connection, first_below, related, request, writing},
        identity::members::Member,
        room,
    },
    program::{
        evidence::{EvidenceView, graphql::EvidenceOf},
        risks::{RiskView, RisksOf},
    },
};

/// Pieces of evidence that a control shows of itself at the most; `evidence(filter: { control: … })` pages through all.
const EVIDENCE: u32 = 20;

#[async_trait]
impl Loader<ControlId> for Ctx {
    type Value = Control;
    type Error = Failure;

    async fn load(&self, ids: &[ControlId]) -> Result<HashMap<ControlId, Control>> {
        let found = room::by_ids::<Control>(self, ids).await?;
        Ok(found.into_iter().map(|control| (control.id, control)).collect())
    }
}

#[ComplexObject]
impl Control {
    /// The member who answers for it.
    #[graphql(name = "owner")]
    async fn responsible(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.owner {
            Some(owner) => related(ctx, owner).await,
            None => Ok(None),
        }
    }

    /// Its tests, newest first; `controlTests` pages through all.
    async fn tests(&self, ctx: &Context<'_>, first: Option<u32>) -> Result<Vec<ControlTest>> {
        first_below(ctx, TestsOf(self.id), first).await
    }

    /// The risks that it treats, by code; `risks(filter: { control: … })` pages through all.
    async fn risks(&self, ctx: &Context<'_>, first: Option<u32>) -> Result<Vec<RiskView>> {
        first_below(ctx, RisksOf(self.id), first).await
    }

    /// Its 20 newest pieces of evidence; `evidence(filter: { control: … })` has all.
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Vec<EvidenceView>> {
        first_below(ctx, EvidenceOf(self.id), Some(EVIDENCE)).await
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct ControlQuery;

#[Object]
impl ControlQuery {
    /// The controls of the tenant.
    async fn controls(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: ControlFilter,
        sort: Option<ControlSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, Control, Connected>> {
        connection::<Control>(ctx, &filter, sort, first, after).await
    }

    /// One control.
    async fn control(&self, ctx: &Context<'_>, id: ControlId) -> Result<Control> {
        Ok(room::get::<Control>(request(ctx)?, id, None).await?)
    }

    /// Which requirements of a framework have an implemented control.
    async fn framework_coverage(
        &self,
        ctx: &Context<'_>,
        framework: FrameworkKey,
        state: Option<CoverageState>,
    ) -> Result<Coverage> {
        Ok(service::coverage(request(ctx)?, &framework, state).await?)
    }

    /// What could cover the uncovered requirements of a framework: controls that satisfy their counterparts elsewhere.
    async fn framework_proposals(&self, ctx: &Context<'_>, framework: FrameworkKey) -> Result<Proposals> {
        Ok(service::proposals(request(ctx)?, &framework).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct ControlMutation;

#[Object]
impl ControlMutation {
    /// Creates a control.
    async fn create_control(&self, ctx: &Context<'_>, input: NewControl) -> Result<Control> {
        Ok(room::create::<Control>(writing(ctx).await?, input).await?)
    }

    /// Changes a control.
    async fn update_control(
        &self,
        ctx: &Context<'_>,
        id: ControlId,
        expected_version: i32,
        input: ControlPatch,
    ) -> Result<Control> {
        Ok(room::update::<Control>(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Removes a control that nothing refers to.
    async fn delete_control(
        &self,
        ctx: &Context<'_>,
        id: ControlId,
        expected_version: i32,
    ) -> Result<ControlId> {
        room::delete::<Control>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Changes many at once, in one transaction.
    async fn batch_controls(&self, ctx: &Context<'_>, input: ControlBatch) -> Result<BatchResult> {
        Ok(input.run(writing(ctx).await?).await?)
    }
}
