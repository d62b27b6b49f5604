//! Milestones over REST.

use actix_web::{get, patch};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{model::MilestonePatch, service};
use crate::{
    kernel::{
        error::Result,
        id::MilestoneId,
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        diary::{Milestone, MilestoneFilter, MilestoneSort, OnDay},
        http::{Body, Fresh, List, Listed, PathId, Query},
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_milestones).service(get_milestone).service(update_milestone);
}

/// List milestones
///
/// What is due, over all resources. `due_before` and `due_after` include the day they name; states are told for
/// `as_of`, or for today in the tenant's time zone. The dates are those of today: what was due as a past day knew it,
/// the resource's own list tells.
#[utoipa::path(
    tag = "Milestones",
    params(
        MilestoneFilter,
        PageParams,
        ("sort" = inline(Option<MilestoneSort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of milestones", body = Page<Milestone>)),
)]
#[get("/v1/milestones")]
async fn list_milestones(ctx: Ctx, query: List<MilestoneFilter, MilestoneSort>) -> Result<Listed<Milestone>> {
    ctx.run(async move |ctx| service::list(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Get a milestone
///
/// One date that is due, with the rule that set it and what went in.
#[utoipa::path(
    tag = "Milestones",
    params(("id" = MilestoneId, Path, description = "The milestone"), OnDay),
    responses((status = 200, description = "The milestone", body = Milestone)),
)]
#[get("/v1/milestones/{id}")]
async fn get_milestone(ctx: Ctx, id: PathId<MilestoneId>, on: Query<OnDay>) -> Result<Fresh<Milestone>> {
    ctx.run(async move |ctx| service::get(&ctx, id.0, on.0.as_of).await).await.map(Fresh)
}

/// Change a milestone
///
/// A merge patch of its owner and planned day. The dates themselves follow from the facts of its resource.
#[utoipa::path(
    tag = "Milestones",
    params(("id" = MilestoneId, Path, description = "The milestone")),
    request_body = MilestonePatch,
    responses((status = 200, description = "The changed milestone", body = Milestone)),
)]
#[patch("/v1/milestones/{id}")]
async fn update_milestone(
    ctx: Ctx,
    id: PathId<MilestoneId>,
    expected: Expected,
    input: Body<MilestonePatch>,
) -> Result<Fresh<Milestone>> {
    ctx.run(async move |ctx| service::update(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}
