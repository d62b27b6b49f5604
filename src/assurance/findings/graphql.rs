//! Findings over GraphQL.

use std::collections::HashMap;

use async_graphql::{
    ComplexObject, Context, Object, async_trait::async_trait, connection::Connection, dataloader::Loader,
};

use super::{
    actions::{CorrectiveAction, graphql::ActionsOf},
    change::FindingPatch,
    judged::{FindingReopening, NewCheck, NewVerification},
    model::{Finding, FindingBatch, FindingFilter, FindingSort, FindingView, NewFinding},
    service,
};
use crate::{
    kernel::{
        id::{AuditId, FindingId},
        time::{Date, Instant},
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        diary::AtMoment,
        graphql::{Connected, Failure, PageArgs, Result, first_of, related, related_all, request, writing},
        identity::members::Member,
        room::{self, Room},
    },
    program::controls::Control,
};

#[async_trait]
impl Loader<FindingId> for Ctx {
    type Value = FindingView;
    type Error = Failure;

    async fn load(&self, ids: &[FindingId]) -> Result<HashMap<FindingId, FindingView>> {
        let found = room::by_ids::<Finding>(self, ids).await?;
        Ok(found.into_iter().map(|finding| (finding.facts.id, finding)).collect())
    }
}

/// Asks the loader for the findings of an audit.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FindingsOf(pub AuditId);

#[async_trait]
impl Loader<FindingsOf> for Ctx {
    type Value = Vec<FindingView>;
    type Error = Failure;

    async fn load(&self, audits: &[FindingsOf]) -> Result<HashMap<FindingsOf, Vec<FindingView>>> {
        let ids: Vec<_> = audits.iter().map(|one| one.0).collect();
        let mut grouped: HashMap<_, Vec<_>> = HashMap::new();
        for finding in service::views_of_audits(self, &ids).await? {
            if let Some(audit) = finding.facts.audit {
                grouped.entry(FindingsOf(audit)).or_default().push(finding);
            }
        }
        Ok(grouped)
    }
}

#[ComplexObject]
impl FindingView {
    /// The member who sees to it.
    #[graphql(name = "owner")]
    async fn responsible(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.facts.owner {
            Some(owner) => related(ctx, owner).await,
            None => Ok(None),
        }
    }

    /// The controls that it is about; `controlIds` names all.
    async fn controls(&self, ctx: &Context<'_>, first: Option<u32>) -> Result<Vec<Control>> {
        first_of(related_all(ctx, &self.facts.controls).await?, first)
    }

    /// What is done so that it does not come back; `correctiveActions(filter: { finding: … })` pages through all.
    async fn corrective_actions(
        &self,
        ctx: &Context<'_>,
        first: Option<u32>,
    ) -> Result<Vec<CorrectiveAction>> {
        first_of(related(ctx, ActionsOf(self.facts.id)).await?.unwrap_or_default(), first)
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct FindingQuery;

#[Object]
impl FindingQuery {
    /// What audits and the organisation itself found.
    async fn findings(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: FindingFilter,
        sort: Option<FindingSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, FindingView, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, &filter, &page).await?;
        Ok(args.connect(&page, found, Finding::place(page.sort)))
    }

    /// One finding, as it stands on `asOf`, or today; by what had been recorded by `knownAt`.
    async fn finding(
        &self,
        ctx: &Context<'_>,
        id: FindingId,
        as_of: Option<Date>,
        known_at: Option<Instant>,
    ) -> Result<FindingView> {
        Ok(service::get(request(ctx)?, id, AtMoment { as_of, known_at }).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct FindingMutation;

#[Object]
impl FindingMutation {
    /// Raises a finding.
    async fn create_finding(&self, ctx: &Context<'_>, input: NewFinding) -> Result<FindingView> {
        Ok(room::create::<Finding>(writing(ctx).await?, input).await?)
    }

    /// Changes a finding.
    async fn update_finding(
        &self,
        ctx: &Context<'_>,
        id: FindingId,
        expected_version: i32,
        input: FindingPatch,
    ) -> Result<FindingView> {
        Ok(room::update::<Finding>(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Records that correction and corrective action were verified.
    async fn verify_finding(
        &self,
        ctx: &Context<'_>,
        id: FindingId,
        expected_version: i32,
        input: NewVerification,
    ) -> Result<FindingView> {
        Ok(service::verify(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Records whether what was done is effective.
    async fn check_finding(
        &self,
        ctx: &Context<'_>,
        id: FindingId,
        expected_version: i32,
        input: NewCheck,
    ) -> Result<FindingView> {
        Ok(service::check(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Reopens a finding that was verified or closed too early.
    async fn reopen_finding(
        &self,
        ctx: &Context<'_>,
        id: FindingId,
        expected_version: i32,
        input: FindingReopening,
    ) -> Result<FindingView> {
        Ok(service::reopen(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Removes a finding that was not judged.
    async fn delete_finding(
        &self,
        ctx: &Context<'_>,
        id: FindingId,
        expected_version: i32,
    ) -> Result<FindingId> {
        room::delete::<Finding>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Changes many at once, in one transaction.
    async fn batch_findings(&self, ctx: &Context<'_>, input: FindingBatch) -> Result<BatchResult> {
        Ok(input.run(writing(ctx).await?).await?)
    }
}
