//! A practitioner's tests over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    model::{
        AttestationTest, AttestationTestFilter, AttestationTestPatch, AttestationTestSort, NewAttestationTest,
    },
    service,
};
use crate::{
    kernel::{
        error::Result,
        id::{AttestationId, AttestationTestId},
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        http::{Body, ChildId, Created, Fresh, Gone, List, Listed, PathId},
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_attestation_tests)
        .service(record_attestation_test)
        .service(get_attestation_test)
        .service(update_attestation_test)
        .service(delete_attestation_test);
}

/// List an examination's tests
///
/// What the practitioner tried for each criterion, what was found, and what management says to that.
#[utoipa::path(
    tag = "Attestations",
    params(
        ("id" = AttestationId, Path, description = "The attestation"),
        AttestationTestFilter,
        PageParams,
        ("sort" = inline(Option<AttestationTestSort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of tests", body = Page<AttestationTest>)),
)]
#[get("/v1/attestations/{id}/tests")]
async fn list_attestation_tests(
    ctx: Ctx,
    attestation: PathId<AttestationId>,
    query: List<AttestationTestFilter, AttestationTestSort>,
) -> Result<Listed<AttestationTest>> {
    ctx.run(async move |ctx| service::list(&ctx, attestation.0, &query.filter, &query.page).await)
        .await
        .map(Listed)
}

/// Record a test of an examination
///
/// As the report lists it: control, criterion, procedure and result. An exception changes no opinion by itself.
#[utoipa::path(
    tag = "Attestations",
    params(("id" = AttestationId, Path, description = "The attestation")),
    request_body = NewAttestationTest,
    responses((status = 201, description = "The test", body = AttestationTest)),
)]
#[post("/v1/attestations/{id}/tests")]
async fn record_attestation_test(
    ctx: Ctx,
    attestation: PathId<AttestationId>,
    input: Body<NewAttestationTest>,
) -> Result<Created<AttestationTest>> {
    ctx.run(async move |ctx| service::record(&ctx, attestation.0, input.0).await).await.map(Created)
}

/// Get a test of an examination
///
/// One test, with its exception and what management says to it.
#[utoipa::path(
    tag = "Attestations",
    params(
        ("id" = AttestationId, Path, description = "The attestation"),
        ("test_id" = AttestationTestId, Path, description = "The test"),
    ),
    responses((status = 200, description = "The test", body = AttestationTest)),
)]
#[get("/v1/attestations/{id}/tests/{test_id}")]
async fn get_attestation_test(
    ctx: Ctx,
    attestation: PathId<AttestationId>,
    test: ChildId<AttestationTestId>,
) -> Result<Fresh<AttestationTest>> {
    ctx.run(async move |ctx| service::get(&ctx, attestation.0, test.0).await).await.map(Fresh)
}

/// Change a test of an examination
///
/// A merge patch: corrects it, or adds what management says to its exception.
#[utoipa::path(
    tag = "Attestations",
    params(
        ("id" = AttestationId, Path, description = "The attestation"),
        ("test_id" = AttestationTestId, Path, description = "The test"),
    ),
    request_body = AttestationTestPatch,
    responses((status = 200, description = "The corrected test", body = AttestationTest)),
)]
#[patch("/v1/attestations/{id}/tests/{test_id}")]
async fn update_attestation_test(
    ctx: Ctx,
    attestation: PathId<AttestationId>,
    test: ChildId<AttestationTestId>,
    expected: Expected,
    input: Body<AttestationTestPatch>,
) -> Result<Fresh<AttestationTest>> {
    ctx.run(async move |ctx| service::update(&ctx, attestation.0, test.0, expected, input.0).await)
        .await
        .map(Fresh)
}

/// Remove a test of an examination
///
/// For a test that should not have been recorded; the journal keeps its tombstone.
#[utoipa::path(
    tag = "Attestations",
    params(
        ("id" = AttestationId, Path, description = "The attestation"),
        ("test_id" = AttestationTestId, Path, description = "The test"),
    ),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/attestations/{id}/tests/{test_id}")]
async fn delete_attestation_test(
    ctx: Ctx,
    attestation: PathId<AttestationId>,
    test: ChildId<AttestationTestId>,
    expected: Expected,
) -> Result<Gone> {
    ctx.run(async move |ctx| service::delete(&ctx, attestation.0, test.0, expected).await)
        .await
        .map(|()| Gone)
}
