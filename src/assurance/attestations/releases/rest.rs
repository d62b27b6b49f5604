//! Release logs over REST.

use actix_web::{get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    model::{
        AttestationRelease, AttestationReleaseFilter, AttestationReleasePatch, AttestationReleaseSort,
        NewAttestationRelease,
    },
    service,
};
use crate::{
    kernel::{
        error::Result,
        id::{AttestationId, AttestationReleaseId},
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        http::{Body, ChildId, Created, Fresh, List, Listed, PathId},
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_attestation_releases)
        .service(record_attestation_release)
        .service(get_attestation_release)
        .service(void_attestation_release);
}

/// List a report's releases
///
/// Who got it, when and under which agreement; voided lines too.
#[utoipa::path(
    tag = "Attestations",
    params(
        ("id" = AttestationId, Path, description = "The attestation"),
        AttestationReleaseFilter,
        PageParams,
        ("sort" = inline(Option<AttestationReleaseSort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of the release log", body = Page<AttestationRelease>)),
)]
#[get("/v1/attestations/{id}/releases")]
async fn list_attestation_releases(
    ctx: Ctx,
    attestation: PathId<AttestationId>,
    query: List<AttestationReleaseFilter, AttestationReleaseSort>,
) -> Result<Listed<AttestationRelease>> {
    ctx.run(async move |ctx| service::list(&ctx, attestation.0, &query.filter, &query.page).await)
        .await
        .map(Listed)
}

/// Record a release of a report
///
/// A report is restricted to parties who know how to read it: each gets a line, with the agreement that binds it. Refused
/// while no report is issued, and for days from its recall on.
#[utoipa::path(
    tag = "Attestations",
    params(("id" = AttestationId, Path, description = "The attestation")),
    request_body = NewAttestationRelease,
    responses((status = 201, description = "The line", body = AttestationRelease)),
)]
#[post("/v1/attestations/{id}/releases")]
async fn record_attestation_release(
    ctx: Ctx,
    attestation: PathId<AttestationId>,
    input: Body<NewAttestationRelease>,
) -> Result<Created<AttestationRelease>> {
    ctx.run(async move |ctx| service::record(&ctx, attestation.0, input.0).await).await.map(Created)
}

/// Get a release of a report
///
/// One line of the release log.
#[utoipa::path(
    tag = "Attestations",
    params(
        ("id" = AttestationId, Path, description = "The attestation"),
        ("release_id" = AttestationReleaseId, Path, description = "The line"),
    ),
    responses((status = 200, description = "The line", body = AttestationRelease)),
)]
#[get("/v1/attestations/{id}/releases/{release_id}")]
async fn get_attestation_release(
    ctx: Ctx,
    attestation: PathId<AttestationId>,
    release: ChildId<AttestationReleaseId>,
) -> Result<Fresh<AttestationRelease>> {
    ctx.run(async move |ctx| service::get(&ctx, attestation.0, release.0).await).await.map(Fresh)
}

/// Void a release of a report
///
/// For a line that was entered by mistake; it stays in the log, with the reason.
#[utoipa::path(
    tag = "Attestations",
    params(
        ("id" = AttestationId, Path, description = "The attestation"),
        ("release_id" = AttestationReleaseId, Path, description = "The line"),
    ),
    request_body = AttestationReleasePatch,
    responses((status = 200, description = "The voided line", body = AttestationRelease)),
)]
#[patch("/v1/attestations/{id}/releases/{release_id}")]
async fn void_attestation_release(
    ctx: Ctx,
    attestation: PathId<AttestationId>,
    release: ChildId<AttestationReleaseId>,
    expected: Expected,
    input: Body<AttestationReleasePatch>,
) -> Result<Fresh<AttestationRelease>> {
    ctx.run(async move |ctx| service::void(&ctx, attestation.0, release.0, expected, input.0).await)
        .await
        .map(Fresh)
}
