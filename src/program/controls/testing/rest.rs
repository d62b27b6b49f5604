//! Tests of controls over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    model::{
        ControlTest, ControlTestBatch, ControlTestFilter, ControlTestPatch, ControlTestSort, NewControlTest,
    },
    service,
};
use crate::{
    kernel::{
        error::Result,
        id::{ControlId, ControlTestId},
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        http::{Body, ChildId, Created, Fresh, Gone, List, Listed, PathId},
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(batch_control_tests)
        .service(list_control_tests)
        .service(record_control_test)
        .service(get_control_test)
        .service(update_control_test)
        .service(delete_control_test);
}

/// List a control's tests
///
/// What was tried and found, newest first.
#[utoipa::path(
    tag = "Controls",
    params(
        ("id" = ControlId, Path, description = "The control"),
        ControlTestFilter,
        PageParams,
        ("sort" = inline(Option<ControlTestSort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of tests", body = Page<ControlTest>)),
)]
#[get("/v1/controls/{id}/tests")]
async fn list_control_tests(
    ctx: Ctx,
    control: PathId<ControlId>,
    query: List<ControlTestFilter, ControlTestSort>,
) -> Result<Listed<ControlTest>> {
    ctx.run(async move |ctx| service::list(&ctx, control.0, &query.filter, &query.page).await)
        .await
        .map(Listed)
}

/// Record a test of a control
///
/// Existence and implementation, design, or operating effectiveness; with its sample, result and exceptions.
#[utoipa::path(
    tag = "Controls",
    params(("id" = ControlId, Path, description = "The control")),
    request_body = NewControlTest,
    responses((status = 201, description = "The test", body = ControlTest)),
)]
#[post("/v1/controls/{id}/tests")]
async fn record_control_test(
    ctx: Ctx,
    control: PathId<ControlId>,
    input: Body<NewControlTest>,
) -> Result<Created<ControlTest>> {
    ctx.run(async move |ctx| service::record(&ctx, control.0, input.0).await).await.map(Created)
}

/// Get a test of a control
///
/// One test with its exceptions.
#[utoipa::path(
    tag = "Controls",
    params(
        ("id" = ControlId, Path, description = "The control"),
        ("test_id" = ControlTestId, Path, description = "The test"),
    ),
    responses((status = 200, description = "The test", body = ControlTest)),
)]
#[get("/v1/controls/{id}/tests/{test_id}")]
async fn get_control_test(
    ctx: Ctx,
    control: PathId<ControlId>,
    test: ChildId<ControlTestId>,
) -> Result<Fresh<ControlTest>> {
    ctx.run(async move |ctx| service::get(&ctx, control.0, test.0).await).await.map(Fresh)
}

/// Correct a test of a control
///
/// A merge patch: what is absent stays, null clears; the exceptions replace all exceptions.
#[utoipa::path(
    tag = "Controls",
    params(
        ("id" = ControlId, Path, description = "The control"),
        ("test_id" = ControlTestId, Path, description = "The test"),
    ),
    request_body = ControlTestPatch,
    responses((status = 200, description = "The corrected test", body = ControlTest)),
)]
#[patch("/v1/controls/{id}/tests/{test_id}")]
async fn update_control_test(
    ctx: Ctx,
    control: PathId<ControlId>,
    test: ChildId<ControlTestId>,
    expected: Expected,
    input: Body<ControlTestPatch>,
) -> Result<Fresh<ControlTest>> {
    ctx.run(async move |ctx| service::update(&ctx, control.0, test.0, expected, input.0).await)
        .await
        .map(Fresh)
}

/// Remove a test of a control
///
/// For a test that should not have been recorded; the journal keeps its tombstone.
#[utoipa::path(
    tag = "Controls",
    params(
        ("id" = ControlId, Path, description = "The control"),
        ("test_id" = ControlTestId, Path, description = "The test"),
    ),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/controls/{id}/tests/{test_id}")]
async fn delete_control_test(
    ctx: Ctx,
    control: PathId<ControlId>,
    test: ChildId<ControlTestId>,
    expected: Expected,
) -> Result<Gone> {
    ctx.run(async move |ctx| service::delete(&ctx, control.0, test.0, expected).await).await.map(|()| Gone)
}

/// Change many tests of a control at once
///
/// Up to 1,000 items in one transaction: record, correct, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Controls",
    params(("id" = ControlId, Path, description = "The control")),
    request_body = ControlTestBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/controls/{id}/tests:batch")]
async fn batch_control_tests(
    ctx: Ctx,
    control: PathId<ControlId>,
    input: Body<ControlTestBatch>,
) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| service::batch(&ctx, control.0, input.0).await).await.map(Fresh)
}
