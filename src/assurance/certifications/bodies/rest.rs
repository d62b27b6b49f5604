//! Certification bodies over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{
    BodySort, BodyView, CertificationBody, CertificationBodyBatch, CertificationBodyFilter,
    CertificationBodyPatch, NewCertificationBody,
};
use crate::{
    kernel::{
        error::Result,
        id::CertificationBodyId,
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        diary::OnDay,
        http::{Body, Created, Fresh, Gone, List, Listed, PathId, Query},
        room,
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(batch_certification_bodies)
        .service(list_certification_bodies)
        .service(create_certification_body)
        .service(get_certification_body)
        .service(update_certification_body)
        .service(delete_certification_body);
}

/// List certification bodies
///
/// Who issues the tenant's certificates, and whether each is accredited on the day asked about.
#[utoipa::path(
    tag = "Certification bodies",
    params(
        CertificationBodyFilter,
        PageParams,
        ("sort" = inline(Option<BodySort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of certification bodies", body = Page<BodyView>)),
)]
#[get("/v1/certification-bodies")]
async fn list_certification_bodies(
    ctx: Ctx,
    query: List<CertificationBodyFilter, BodySort>,
) -> Result<Listed<BodyView>> {
    ctx.run(async move |ctx| room::list::<CertificationBody>(&ctx, &query.filter, &query.page).await)
        .await
        .map(Listed)
}

/// Create a certification body
///
/// With its accreditations. A body without any is recorded all the same, and flagged as not accredited.
#[utoipa::path(
    tag = "Certification bodies",
    request_body = NewCertificationBody,
    responses((status = 201, description = "The certification body", body = BodyView)),
)]
#[post("/v1/certification-bodies")]
async fn create_certification_body(ctx: Ctx, input: Body<NewCertificationBody>) -> Result<Created<BodyView>> {
    ctx.run(async move |ctx| room::create::<CertificationBody>(&ctx, input.0).await).await.map(Created)
}

/// Get a certification body
///
/// With its accreditations, past ones too.
#[utoipa::path(
    tag = "Certification bodies",
    params(("id" = CertificationBodyId, Path, description = "The certification body"), OnDay),
    responses((status = 200, description = "The certification body", body = BodyView)),
)]
#[get("/v1/certification-bodies/{id}")]
async fn get_certification_body(
    ctx: Ctx,
    id: PathId<CertificationBodyId>,
    on: Query<OnDay>,
) -> Result<Fresh<BodyView>> {
    ctx.run(async move |ctx| room::get::<CertificationBody>(&ctx, id.0, on.0.as_of).await).await.map(Fresh)
}

/// Change a certification body
///
/// A merge patch; the list of accreditations is replaced whole. Record a loss by `lost_on` and `loss`.
#[utoipa::path(
    tag = "Certification bodies",
    params(("id" = CertificationBodyId, Path, description = "The certification body")),
    request_body = CertificationBodyPatch,
    responses((status = 200, description = "The changed certification body", body = BodyView)),
)]
#[patch("/v1/certification-bodies/{id}")]
async fn update_certification_body(
    ctx: Ctx,
    id: PathId<CertificationBodyId>,
    expected: Expected,
    input: Body<CertificationBodyPatch>,
) -> Result<Fresh<BodyView>> {
    ctx.run(async move |ctx| room::update::<CertificationBody>(&ctx, id.0, expected, input.0).await)
        .await
        .map(Fresh)
}

/// Remove a certification body
///
/// Refused while a certificate names it.
#[utoipa::path(
    tag = "Certification bodies",
    params(("id" = CertificationBodyId, Path, description = "The certification body")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/certification-bodies/{id}")]
async fn delete_certification_body(
    ctx: Ctx,
    id: PathId<CertificationBodyId>,
    expected: Expected,
) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<CertificationBody>(&ctx, id.0, expected).await)
        .await
        .map(|()| Gone)
}

/// Change many certification bodies at once
///
/// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Certification bodies",
    request_body = CertificationBodyBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/certification-bodies:batch")]
async fn batch_certification_bodies(
    ctx: Ctx,
    input: Body<CertificationBodyBatch>,
) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
}
