//! Versions of a statement over REST.

use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    diff::Diff,
    model::{Between, NewVersion, VersionDocument, VersionFilter, VersionSort, VersionView},
    print, service, table,
};
use crate::{
    kernel::{
        error::Result,
        id::StatementOfApplicabilityId,
        page::{Page, PageParams},
    },
    platform::{
        access::Ctx,
        http::{
            Body, ChildId, Created, Fresh, List, Listed, PathId, Query,
            document::{AskedFormat, Document, Format, InFormat, Text},
        },
    },
};

/// Mounts the versions.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_applicability_versions)
        .service(approve_statement_of_applicability)
        .service(get_applicability_version)
        .service(compare_applicability_versions);
}

type SoaId = StatementOfApplicabilityId;

/// List the versions of a statement
///
/// Those that were approved, each with its digest. The draft is read by its number, which the statement tells.
#[utoipa::path(
    tag = "Statements of applicability",
    params(
        ("id" = StatementOfApplicabilityId, Path, description = "The statement"),
        VersionFilter,
        PageParams,
        ("sort" = inline(Option<VersionSort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of versions", body = Page<VersionView>)),
)]
#[get("/v1/statements-of-applicability/{id}/versions")]
async fn list_applicability_versions(
    ctx: Ctx,
    id: PathId<SoaId>,
    query: List<VersionFilter, VersionSort>,
) -> Result<Listed<VersionView>> {
    ctx.run(async move |ctx| service::list(&ctx, id.0, &query.filter, &query.page).await).await.map(Listed)
}

/// Approve the draft of a statement
///
/// Freezes it as a version with a digest, which supersedes the one before and is never changed. Refused with 409 while
/// the check of the statement tells of errors, naming each. The approver is a person who is an owner or a manager.
#[utoipa::path(
    tag = "Statements of applicability",
    params(("id" = StatementOfApplicabilityId, Path, description = "The statement")),
    request_body = NewVersion,
    responses((status = 201, description = "The version", body = VersionDocument)),
)]
#[post("/v1/statements-of-applicability/{id}/versions")]
async fn approve_statement_of_applicability(
    ctx: Ctx,
    id: PathId<SoaId>,
    input: Body<NewVersion>,
) -> Result<Created<VersionDocument>> {
    ctx.run(async move |ctx| service::approve(&ctx, id.0, input.0).await).await.map(Created)
}

/// Get a version of a statement
///
/// As it was frozen; the draft as it stands today. As JSON, as a page to print (`text/html`) or as a table (`text/csv`),
/// by `format` or by `Accept`.
#[utoipa::path(
    tag = "Statements of applicability",
    params(
        ("id" = StatementOfApplicabilityId, Path, description = "The statement"),
        ("number" = i32, Path, description = "The version's number", minimum = 1),
        AskedFormat,
    ),
    responses((status = 200, description = "The version", content(
        (VersionDocument = "application/json"),
        (inline(Text) = "text/html", example = json!("<!DOCTYPE html><title>Statement of Applicability 3.1</title>")),
        (inline(Text) = "text/csv", example = json!("id,title,theme,kind,decision")),
    ))),
)]
#[get("/v1/statements-of-applicability/{id}/versions/{number}")]
async fn get_applicability_version(
    ctx: Ctx,
    id: PathId<SoaId>,
    number: ChildId<i32>,
    form: InFormat,
) -> Result<Document<VersionDocument>> {
    let found = ctx.run(async move |ctx| service::get(&ctx, id.0, number.0).await).await?;
    Ok(match form.0 {
        Format::Json => Document::Json(found),
        Format::Html => Document::Page(print::print(&found), print::STYLE),
        Format::Csv => Document::Table(table::table(&found)?, table::file_name(&found)),
    })
}

/// Compare two versions of a statement
///
/// Which entries were added and removed, and which say something else: each field before and after. The draft can be
/// compared too: what would its approval change?
#[utoipa::path(
    tag = "Statements of applicability",
    params(("id" = StatementOfApplicabilityId, Path, description = "The statement"), Between),
    responses((status = 200, description = "What changed", body = Diff)),
)]
#[get("/v1/statements-of-applicability/{id}/diff")]
async fn compare_applicability_versions(
    ctx: Ctx,
    id: PathId<SoaId>,
    between: Query<Between>,
) -> Result<Fresh<Diff>> {
    let Between { from, to } = between.0;
    ctx.run(async move |ctx| service::diff(&ctx, id.0, from, to).await).await.map(Fresh)
}
