//! Evidence over REST.

use actix_web::{delete, get, patch, post, put};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    content::{FileName, NewContent},
    engine::EvidenceCoverage,
    model::{
        Evidence, EvidenceBatch, EvidenceFilter, EvidencePatch, EvidenceSort, EvidenceView, NewEvidence,
    },
    review::{EvidenceVersion, EvidenceVersionSort, Rejection, Verification},
    service, transfer,
};
use crate::{
    kernel::{
        error::Result,
        id::{ControlId, EvidenceId},
        page::{Page, PageParams},
        patch::Expected,
        time::Date,
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        diary::OnDay,
        http::{
            Body, ChildId, Created, Download, Fresh, Gone, List, Listed, NoFilter, PathId, Query, Stored,
            Upload, Wanted,
        },
        room,
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(batch_evidence)
        .service(list_evidence)
        .service(create_evidence)
        .service(get_evidence)
        .service(update_evidence)
        .service(delete_evidence)
        .service(put_evidence_content)
        .service(get_evidence_content)
        .service(list_evidence_versions)
        .service(add_evidence_version)
        .service(get_evidence_version_content)
        .service(submit_evidence)
        .service(withdraw_evidence)
        .service(accept_evidence)
        .service(reject_evidence)
        .service(verify_evidence)
        .service(get_evidence_coverage);
}

/// List evidence
///
/// All of it, or what is for a control, a requirement, a framework, about a period, or fresh, stale or expired on a day.
#[utoipa::path(
    tag = "Evidence",
    params(EvidenceFilter, PageParams, ("sort" = inline(Option<EvidenceSort>), Query, description = "The order")),
    responses((status = 200, description = "A page of evidence", body = Page<EvidenceView>)),
)]
#[get("/v1/evidence")]
async fn list_evidence(ctx: Ctx, query: List<EvidenceFilter, EvidenceSort>) -> Result<Listed<EvidenceView>> {
    ctx.run(async move |ctx| service::list(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Create evidence
///
/// What it is about and what it is for. A link, a statement or a record may bring its content; a file's bytes follow
/// with `PUT /v1/evidence/{id}/content`.
#[utoipa::path(
    tag = "Evidence",
    request_body = NewEvidence,
    responses((status = 201, description = "The evidence, a draft", body = EvidenceView)),
)]
#[post("/v1/evidence")]
async fn create_evidence(ctx: Ctx, input: Body<NewEvidence>) -> Result<Created<EvidenceView>> {
    ctx.run(async move |ctx| room::create::<Evidence>(&ctx, input.0).await).await.map(Created)
}

/// Get evidence
///
/// One piece with its review, and how fresh it is on a day; today unless given.
#[utoipa::path(
    tag = "Evidence",
    params(("id" = EvidenceId, Path, description = "The evidence"), OnDay),
    responses((status = 200, description = "The evidence", body = EvidenceView)),
)]
#[get("/v1/evidence/{id}")]
async fn get_evidence(ctx: Ctx, id: PathId<EvidenceId>, day: Query<OnDay>) -> Result<Fresh<EvidenceView>> {
    ctx.run(async move |ctx| room::get::<Evidence>(&ctx, id.0, day.0.as_of).await).await.map(Fresh)
}

/// Change evidence
///
/// A merge patch: what is absent stays, null clears; a list replaces the whole list. The content is not changed here but
/// replaced by a new version. While it is submitted or accepted, the period, collected_at, valid_until and source stay.
#[utoipa::path(
    tag = "Evidence",
    params(("id" = EvidenceId, Path, description = "The evidence")),
    request_body = EvidencePatch,
    responses((status = 200, description = "The changed evidence", body = EvidenceView)),
)]
#[patch("/v1/evidence/{id}")]
async fn update_evidence(
    ctx: Ctx,
    id: PathId<EvidenceId>,
    expected: Expected,
    input: Body<EvidencePatch>,
) -> Result<Fresh<EvidenceView>> {
    ctx.run(async move |ctx| room::update::<Evidence>(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Remove evidence
///
/// With all its versions. Refused once one of them was accepted: it is a record then.
#[utoipa::path(
    tag = "Evidence",
    params(("id" = EvidenceId, Path, description = "The evidence")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/evidence/{id}")]
async fn delete_evidence(ctx: Ctx, id: PathId<EvidenceId>, expected: Expected) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<Evidence>(&ctx, id.0, expected).await).await.map(|()| Gone)
}

/// The name of a file that is sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct UploadQuery {
    /// The file's name; that of `Content-Disposition` unless given.
    #[param(inline)]
    filename: Option<FileName>,
}

/// Send a file
///
/// The request's body is the file, of any media type. It becomes the next version, and the evidence a draft. Its SHA-256
/// is computed; where `Content-Digest` or `Repr-Digest` (RFC 9530) promises another, nothing is kept.
#[utoipa::path(
    tag = "Evidence",
    params(("id" = EvidenceId, Path, description = "The evidence"), UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses((status = 200, description = "The evidence with its new content", body = EvidenceView)),
)]
#[put("/v1/evidence/{id}/content")]
async fn put_evidence_content(
    ctx: Ctx,
    id: PathId<EvidenceId>,
    expected: Expected,
    query: Query<UploadQuery>,
    mut upload: Upload,
) -> Result<Fresh<EvidenceView>> {
    let named = query.0.filename.map(|name| name.to_string());
    upload.told.name = named.or(upload.told.name);
    let put = async move |ctx, told, chunks| transfer::put_file(&ctx, id.0, expected, told, chunks).await;
    upload.hand_to(&ctx, put).await.map(Fresh)
}

/// Get a file
///
/// The bytes of the current version, as an attachment. `Range` asks for a part, `If-Range` only while the file is the
/// same. The ETag is the SHA-256, and `Repr-Digest` tells it too.
#[utoipa::path(
    tag = "Evidence",
    params(("id" = EvidenceId, Path, description = "The evidence")),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>)),
)]
#[get("/v1/evidence/{id}/content")]
async fn get_evidence_content(ctx: Ctx, id: PathId<EvidenceId>, wanted: Wanted) -> Result<Download> {
    download(&ctx, id.0, None, &wanted).await
}

/// List the versions of evidence
///
/// Every content that it has and had, the newest first.
#[utoipa::path(
    tag = "Evidence",
    params(
        ("id" = EvidenceId, Path, description = "The evidence"),
        PageParams,
        ("sort" = inline(Option<EvidenceVersionSort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of versions", body = Page<EvidenceVersion>)),
)]
#[get("/v1/evidence/{id}/versions")]
async fn list_evidence_versions(
    ctx: Ctx,
    id: PathId<EvidenceId>,
    query: List<NoFilter, EvidenceVersionSort>,
) -> Result<Listed<EvidenceVersion>> {
    ctx.run(async move |ctx| service::versions(&ctx, id.0, &query.page).await).await.map(Listed)
}

/// Add a version of evidence
///
/// The next content of a link, a statement or a record. The evidence becomes a draft.
#[utoipa::path(
    tag = "Evidence",
    params(("id" = EvidenceId, Path, description = "The evidence")),
    request_body = NewContent,
    responses((status = 200, description = "The evidence with its new content", body = EvidenceView)),
)]
#[post("/v1/evidence/{id}/versions")]
async fn add_evidence_version(
    ctx: Ctx,
    id: PathId<EvidenceId>,
    expected: Expected,
    input: Body<NewContent>,
) -> Result<Fresh<EvidenceView>> {
    ctx.run(async move |ctx| service::renew(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Get a file of an earlier version
///
/// The bytes of one version, as those of the current one are got. A restricted one is a 403 for whom it shuts out.
#[utoipa::path(
    tag = "Evidence",
    params(
        ("id" = EvidenceId, Path, description = "The evidence"),
        ("number" = i32, Path, description = "The version", minimum = 1),
    ),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>)),
)]
#[get("/v1/evidence/{id}/versions/{number}/content")]
async fn get_evidence_version_content(
    ctx: Ctx,
    id: PathId<EvidenceId>,
    number: ChildId<i32>,
    wanted: Wanted,
) -> Result<Download> {
    download(&ctx, id.0, Some(number.0), &wanted).await
}

async fn download(ctx: &Ctx, id: EvidenceId, number: Option<i32>, wanted: &Wanted) -> Result<Download> {
    let found = ctx.run(async move |ctx| transfer::find_file(&ctx, id, number).await).await?;
    let (sum, file) = (found.sum, found.file);
    let size = u64::try_from(file.size).unwrap_or(0);
    let stored = Stored { name: file.name.to_string(), media_type: file.media_type.to_string(), size, sum };
    let part = wanted.part(&stored);
    let bytes = match wanted.bytes(&part, &stored) {
        Some(range) => Some(ctx.run(async move |ctx| transfer::bytes(&ctx, sum, range).await).await?),
        None => None,
    };
    Ok(Download { stored, part, bytes })
}

/// Submit evidence
///
/// Hands a draft in for review by another member.
#[utoipa::path(
    tag = "Evidence",
    params(("id" = EvidenceId, Path, description = "The evidence")),
    responses((status = 200, description = "The submitted evidence", body = EvidenceView)),
)]
#[post("/v1/evidence/{id}/submit")]
async fn submit_evidence(
    ctx: Ctx,
    id: PathId<EvidenceId>,
    expected: Expected,
) -> Result<Fresh<EvidenceView>> {
    ctx.run(async move |ctx| service::submit(&ctx, id.0, expected).await).await.map(Fresh)
}

/// Withdraw evidence
///
/// Makes what was submitted or rejected a draft again.
#[utoipa::path(
    tag = "Evidence",
    params(("id" = EvidenceId, Path, description = "The evidence")),
    responses((status = 200, description = "The draft", body = EvidenceView)),
)]
#[post("/v1/evidence/{id}/withdraw")]
async fn withdraw_evidence(
    ctx: Ctx,
    id: PathId<EvidenceId>,
    expected: Expected,
) -> Result<Fresh<EvidenceView>> {
    ctx.run(async move |ctx| service::withdraw(&ctx, id.0, expected).await).await.map(Fresh)
}

/// Accept evidence
///
/// By a member who did not submit it. `If-Match` holds it to what the reviewer has seen.
#[utoipa::path(
    tag = "Evidence",
    params(("id" = EvidenceId, Path, description = "The evidence")),
    responses((status = 200, description = "The accepted evidence", body = EvidenceView)),
)]
#[post("/v1/evidence/{id}/accept")]
async fn accept_evidence(
    ctx: Ctx,
    id: PathId<EvidenceId>,
    expected: Expected,
) -> Result<Fresh<EvidenceView>> {
    ctx.run(async move |ctx| service::accept(&ctx, id.0, expected).await).await.map(Fresh)
}

/// Reject evidence
///
/// By a member who did not submit it, for a reason. It is then withdrawn, or given a new version.
#[utoipa::path(
    tag = "Evidence",
    params(("id" = EvidenceId, Path, description = "The evidence")),
    request_body = Rejection,
    responses((status = 200, description = "The rejected evidence", body = EvidenceView)),
)]
#[post("/v1/evidence/{id}/reject")]
async fn reject_evidence(
    ctx: Ctx,
    id: PathId<EvidenceId>,
    expected: Expected,
    input: Body<Rejection>,
) -> Result<Fresh<EvidenceView>> {
    ctx.run(async move |ctx| service::reject(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Verify a file
///
/// Reads the current file again from the evidence store, compares its size and SHA-256, and journals the outcome.
#[utoipa::path(
    tag = "Evidence",
    params(("id" = EvidenceId, Path, description = "The evidence")),
    responses((status = 200, description = "The outcome", body = Verification)),
)]
#[post("/v1/evidence/{id}/verify")]
async fn verify_evidence(ctx: Ctx, id: PathId<EvidenceId>) -> Result<Fresh<Verification>> {
    ctx.stream(async move |ctx| transfer::verify(&ctx, id.0).await).await.map(Fresh)
}

/// The window of a coverage.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Window {
    /// The first day.
    from: Date,
    /// The last day, at most ten years later.
    to: Date,
}

/// Get a control's evidence coverage
///
/// On which days of a window accepted evidence covers the control, which pieces do, and the days that none covers.
#[utoipa::path(
    tag = "Evidence",
    params(("id" = ControlId, Path, description = "The control"), Window),
    responses((status = 200, description = "The coverage", body = EvidenceCoverage)),
)]
#[get("/v1/controls/{id}/evidence-coverage")]
async fn get_evidence_coverage(
    ctx: Ctx,
    id: PathId<ControlId>,
    query: Query<Window>,
) -> Result<Fresh<EvidenceCoverage>> {
    let Window { from, to } = query.0;
    ctx.run(async move |ctx| service::coverage(&ctx, id.0, from, to).await).await.map(Fresh)
}

/// Change many pieces of evidence at once
///
/// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Evidence",
    request_body = EvidenceBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/evidence:batch")]
async fn batch_evidence(ctx: Ctx, input: Body<EvidenceBatch>) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
}
