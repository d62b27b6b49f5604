//! Corrective actions over GraphQL.

use async_graphql::{ComplexObject, Context, Object, connection::Connection};

use super::{
    model::{
        CorrectiveAction, CorrectiveActionBatch, CorrectiveActionFilter, CorrectiveActionPatch,
        CorrectiveActionSort, NewCorrectiveAction,
    },
    service,
};
use crate::{
    assurance::findings::FindingView,
    kernel::id::{CorrectiveActionId, FindingId},
    platform::{
        access::Ctx,
        batch::BatchResult,
        graphql::{Above, Connected, Result, connection, related, request, writing},
        identity::members::Member,
        room,
    },
};

/// The corrective actions of a finding, in the order of their making.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActionsOf(pub FindingId);

impl Above for ActionsOf {
    type Row = CorrectiveAction;

    async fn below(ctx: &Ctx, findings: &[Self], each: u32) -> Result<Vec<(Self, CorrectiveAction)>> {
        let ids: Vec<_> = findings.iter().map(|one| one.0).collect();
        let actions = service::first(ctx, &ids, each).await?;
        Ok(actions.into_iter().map(|action| (Self(action.finding), action)).collect())
    }
}

#[ComplexObject]
impl CorrectiveAction {
    /// The finding.
    #[graphql(name = "finding")]
    async fn against(&self, ctx: &Context<'_>) -> Result<Option<FindingView>> {
        related(ctx, self.finding).await
    }

    /// The member who does it.
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
pub struct CorrectiveActionQuery;

#[Object]
impl CorrectiveActionQuery {
    /// What is done so that findings do not come back.
    async fn corrective_actions(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: CorrectiveActionFilter,
        sort: Option<CorrectiveActionSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, CorrectiveAction, Connected>> {
        connection::<CorrectiveAction>(ctx, &filter, sort, first, after).await
    }

    /// One corrective action.
    async fn corrective_action(&self, ctx: &Context<'_>, id: CorrectiveActionId) -> Result<CorrectiveAction> {
        Ok(room::get::<CorrectiveAction>(request(ctx)?, id, None).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct CorrectiveActionMutation;

#[Object]
impl CorrectiveActionMutation {
    /// Enters a corrective action.
    async fn create_corrective_action(
        &self,
        ctx: &Context<'_>,
        input: NewCorrectiveAction,
    ) -> Result<CorrectiveAction> {
        Ok(room::create::<CorrectiveAction>(writing(ctx).await?, input).await?)
    }

    /// Changes a corrective action.
    async fn update_corrective_action(
        &self,
        ctx: &Context<'_>,
        id: CorrectiveActionId,
        expected_version: i32,
        input: CorrectiveActionPatch,
    ) -> Result<CorrectiveAction> {
        Ok(room::update::<CorrectiveAction>(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Removes a corrective action.
    async fn delete_corrective_action(
        &self,
        ctx: &Context<'_>,
        id: CorrectiveActionId,
        expected_version: i32,
    ) -> Result<CorrectiveActionId> {
        room::delete::<CorrectiveAction>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Changes many at once, in one transaction.
    async fn batch_corrective_actions(
        &self,
        ctx: &Context<'_>,
        input: CorrectiveActionBatch,
    ) -> Result<BatchResult> {
        Ok(input.run(writing(ctx).await?).await?)
    }
}
