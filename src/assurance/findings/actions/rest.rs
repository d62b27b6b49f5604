//! Corrective actions over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{
    CorrectiveAction, CorrectiveActionBatch, CorrectiveActionFilter, CorrectiveActionPatch,
    CorrectiveActionSort, NewCorrectiveAction,
};
use crate::{
    kernel::{
        error::Result,
        id::CorrectiveActionId,
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        http::{Body, Created, Fresh, Gone, List, Listed, PathId},
        room,
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(batch_corrective_actions)
        .service(list_corrective_actions)
        .service(create_corrective_action)
        .service(get_corrective_action)
        .service(update_corrective_action)
        .service(delete_corrective_action);
}

/// List corrective actions
///
/// What is done so that findings do not come back: of one finding, of a member, what is not implemented yet.
#[utoipa::path(
    tag = "Findings",
    params(CorrectiveActionFilter, PageParams, ("sort" = inline(Option<CorrectiveActionSort>), Query, description = "The order")),
    responses((status = 200, description = "A page of corrective actions", body = Page<CorrectiveAction>)),
)]
#[get("/v1/corrective-actions")]
async fn list_corrective_actions(
    ctx: Ctx,
    query: List<CorrectiveActionFilter, CorrectiveActionSort>,
) -> Result<Listed<CorrectiveAction>> {
    ctx.run(async move |ctx| room::list::<CorrectiveAction>(&ctx, &query.filter, &query.page).await)
        .await
        .map(Listed)
}

/// Enter a corrective action
///
/// Of a finding that is open or open again. When all of them are accepted, and implemented, so is the plan of the finding.
#[utoipa::path(
    tag = "Findings",
    request_body = NewCorrectiveAction,
    responses((status = 201, description = "The corrective action", body = CorrectiveAction)),
)]
#[post("/v1/corrective-actions")]
async fn create_corrective_action(
    ctx: Ctx,
    input: Body<NewCorrectiveAction>,
) -> Result<Created<CorrectiveAction>> {
    ctx.run(async move |ctx| room::create::<CorrectiveAction>(&ctx, input.0).await).await.map(Created)
}

/// Get a corrective action
///
/// One corrective action.
#[utoipa::path(
    tag = "Findings",
    params(("id" = CorrectiveActionId, Path, description = "The corrective action")),
    responses((status = 200, description = "The corrective action", body = CorrectiveAction)),
)]
#[get("/v1/corrective-actions/{id}")]
async fn get_corrective_action(ctx: Ctx, id: PathId<CorrectiveActionId>) -> Result<Fresh<CorrectiveAction>> {
    ctx.run(async move |ctx| room::get::<CorrectiveAction>(&ctx, id.0, None).await).await.map(Fresh)
}

/// Change a corrective action
///
/// A merge patch: what is absent stays, null clears. `plan_accepted_on` is the day on which the certification body accepted
/// the plan, `implemented_on` the day on which it was done. What a finding was judged with stays as it was.
#[utoipa::path(
    tag = "Findings",
    params(("id" = CorrectiveActionId, Path, description = "The corrective action")),
    request_body = CorrectiveActionPatch,
    responses((status = 200, description = "The changed corrective action", body = CorrectiveAction)),
)]
#[patch("/v1/corrective-actions/{id}")]
async fn update_corrective_action(
    ctx: Ctx,
    id: PathId<CorrectiveActionId>,
    expected: Expected,
    input: Body<CorrectiveActionPatch>,
) -> Result<Fresh<CorrectiveAction>> {
    ctx.run(async move |ctx| room::update::<CorrectiveAction>(&ctx, id.0, expected, input.0).await)
        .await
        .map(Fresh)
}

/// Remove a corrective action
///
/// For what should not have been entered.
#[utoipa::path(
    tag = "Findings",
    params(("id" = CorrectiveActionId, Path, description = "The corrective action")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/corrective-actions/{id}")]
async fn delete_corrective_action(
    ctx: Ctx,
    id: PathId<CorrectiveActionId>,
    expected: Expected,
) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<CorrectiveAction>(&ctx, id.0, expected).await)
        .await
        .map(|()| Gone)
}

/// Change many corrective actions at once
///
/// Up to 1,000 items in one transaction: enter, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Findings",
    request_body = CorrectiveActionBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/corrective-actions:batch")]
async fn batch_corrective_actions(
    ctx: Ctx,
    input: Body<CorrectiveActionBatch>,
) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
}
