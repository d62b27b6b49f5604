//! Milestones over GraphQL.

use async_graphql::{Context, Object, connection::Connection};

use super::{model::MilestonePatch, service};
use crate::{
    kernel::{id::MilestoneId, time::Date},
    platform::{
        diary::{Milestone, MilestoneFilter, MilestoneSort},
        graphql::{Connected, PageArgs, Result, request, writing},
    },
};

/// Queries of this room.
#[derive(Default)]
pub struct MilestoneQuery;

#[Object]
impl MilestoneQuery {
    /// What is due, over all resources.
    async fn milestones(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: MilestoneFilter,
        sort: Option<MilestoneSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, Milestone, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, &filter, &page).await?;
        Ok(args.connect(&page, found, |one| (one.entry.due.due, one.entry.id.to_string())))
    }

    /// One date that is due; its state is told for `asOf`, or for today in the tenant's time zone.
    async fn milestone(&self, ctx: &Context<'_>, id: MilestoneId, as_of: Option<Date>) -> Result<Milestone> {
        Ok(service::get(request(ctx)?, id, as_of).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct MilestoneMutation;

#[Object]
impl MilestoneMutation {
    /// Changes who sees to a milestone and when.
    async fn update_milestone(
        &self,
        ctx: &Context<'_>,
        id: MilestoneId,
        expected_version: i32,
        input: MilestonePatch,
    ) -> Result<Milestone> {
        Ok(service::update(writing(ctx).await?, id, expected_version.into(), input).await?)
    }
}
