//! Statements of applicability over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    check::Check,
    entries,
    entry::{EntryBatch, EntryFilter, EntryKey, EntryPatch, EntrySort, EntryView, NewEntry},
    model::{
        NewStatementOfApplicability, StatementOfApplicability, StatementOfApplicabilityBatch,
        StatementOfApplicabilityFilter, StatementOfApplicabilityPatch, StatementOfApplicabilitySort,
    },
    service, versions,
};
use crate::{
    kernel::{
        error::Result,
        id::StatementOfApplicabilityId,
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        http::{Body, ChildId, Created, Fresh, Gone, List, Listed, PathId},
        room,
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(batch_statements_of_applicability)
        .service(list_statements_of_applicability)
        .service(create_statement_of_applicability)
        .service(get_statement_of_applicability)
        .service(update_statement_of_applicability)
        .service(delete_statement_of_applicability)
        .service(check_statement_of_applicability)
        .service(batch_applicability_entries)
        .service(list_applicability_entries)
        .service(add_applicability_entry)
        .service(get_applicability_entry)
        .service(update_applicability_entry)
        .service(delete_applicability_entry);
    versions::rest::configure(config);
}

type Soa = StatementOfApplicability;
type SoaId = StatementOfApplicabilityId;

/// List statements of applicability
///
/// The statements of the tenant, each with the version that holds now.
#[utoipa::path(
    tag = "Statements of applicability",
    params(
        StatementOfApplicabilityFilter,
        PageParams,
        ("sort" = inline(Option<StatementOfApplicabilitySort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of statements", body = Page<StatementOfApplicability>)),
)]
#[get("/v1/statements-of-applicability")]
async fn list_statements_of_applicability(
    ctx: Ctx,
    query: List<StatementOfApplicabilityFilter, StatementOfApplicabilitySort>,
) -> Result<Listed<Soa>> {
    ctx.run(async move |ctx| room::list::<Soa>(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Create a statement of applicability
///
/// With an entry for each Annex A control, of which nothing is decided yet.
#[utoipa::path(
    tag = "Statements of applicability",
    request_body = NewStatementOfApplicability,
    responses((status = 201, description = "The statement", body = StatementOfApplicability)),
)]
#[post("/v1/statements-of-applicability")]
async fn create_statement_of_applicability(
    ctx: Ctx,
    input: Body<NewStatementOfApplicability>,
) -> Result<Created<Soa>> {
    ctx.run(async move |ctx| room::create::<Soa>(&ctx, input.0).await).await.map(Created)
}

/// Get a statement of applicability
///
/// What it is about, the number of its draft, and the version that holds now.
#[utoipa::path(
    tag = "Statements of applicability",
    params(("id" = StatementOfApplicabilityId, Path, description = "The statement")),
    responses((status = 200, description = "The statement", body = StatementOfApplicability)),
)]
#[get("/v1/statements-of-applicability/{id}")]
async fn get_statement_of_applicability(ctx: Ctx, id: PathId<SoaId>) -> Result<Fresh<Soa>> {
    ctx.run(async move |ctx| room::get::<Soa>(&ctx, id.0, None).await).await.map(Fresh)
}

/// Change a statement of applicability
///
/// A merge patch of what it is about: what is absent stays, null clears. Its entries are changed one by one, or many at
/// once.
#[utoipa::path(
    tag = "Statements of applicability",
    params(("id" = StatementOfApplicabilityId, Path, description = "The statement")),
    request_body = StatementOfApplicabilityPatch,
    responses((status = 200, description = "The changed statement", body = StatementOfApplicability)),
)]
#[patch("/v1/statements-of-applicability/{id}")]
async fn update_statement_of_applicability(
    ctx: Ctx,
    id: PathId<SoaId>,
    expected: Expected,
    input: Body<StatementOfApplicabilityPatch>,
) -> Result<Fresh<Soa>> {
    ctx.run(async move |ctx| room::update::<Soa>(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Remove a statement of applicability
///
/// With its entries. Refused once a version of it was approved.
#[utoipa::path(
    tag = "Statements of applicability",
    params(("id" = StatementOfApplicabilityId, Path, description = "The statement")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/statements-of-applicability/{id}")]
async fn delete_statement_of_applicability(ctx: Ctx, id: PathId<SoaId>, expected: Expected) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<Soa>(&ctx, id.0, expected).await).await.map(|()| Gone)
}

/// Change many statements of applicability at once
///
/// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Statements of applicability",
    request_body = StatementOfApplicabilityBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/statements-of-applicability:batch")]
async fn batch_statements_of_applicability(
    ctx: Ctx,
    input: Body<StatementOfApplicabilityBatch>,
) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
}

/// Check a statement of applicability
///
/// Every fault of the draft as it stands today, with its rule, its weight and what to do about it. With errors it cannot
/// be approved. What neither a treatment plan nor a risk under treatment names counts as not planned.
#[utoipa::path(
    tag = "Statements of applicability",
    params(("id" = StatementOfApplicabilityId, Path, description = "The statement")),
    responses((status = 200, description = "What is wrong", body = Check)),
)]
#[get("/v1/statements-of-applicability/{id}/check")]
async fn check_statement_of_applicability(ctx: Ctx, id: PathId<SoaId>) -> Result<Fresh<Check>> {
    ctx.run(async move |ctx| service::check(&ctx, id.0).await).await.map(Fresh)
}

/// List the entries of a statement
///
/// Annex A in its order, then the necessary controls of the tenant's own by code; each with the controls that count
/// towards it, and whether it is implemented.
#[utoipa::path(
    tag = "Statements of applicability",
    params(
        ("id" = StatementOfApplicabilityId, Path, description = "The statement"),
        EntryFilter,
        PageParams,
        ("sort" = inline(Option<EntrySort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of entries", body = Page<EntryView>)),
)]
#[get("/v1/statements-of-applicability/{id}/entries")]
async fn list_applicability_entries(
    ctx: Ctx,
    id: PathId<SoaId>,
    query: List<EntryFilter, EntrySort>,
) -> Result<Listed<EntryView>> {
    ctx.run(async move |ctx| entries::list(&ctx, id.0, &query.filter, &query.page).await).await.map(Listed)
}

/// List a control of one's own as necessary
///
/// For a control that is necessary and in no Annex A. The controls of Annex A have their entries already.
#[utoipa::path(
    tag = "Statements of applicability",
    params(("id" = StatementOfApplicabilityId, Path, description = "The statement")),
    request_body = NewEntry,
    responses((status = 201, description = "The entry", body = EntryView)),
)]
#[post("/v1/statements-of-applicability/{id}/entries")]
async fn add_applicability_entry(
    ctx: Ctx,
    id: PathId<SoaId>,
    input: Body<NewEntry>,
) -> Result<Created<EntryView>> {
    ctx.run(async move |ctx| entries::add(&ctx, id.0, input.0).await).await.map(Created)
}

/// Get an entry of a statement
///
/// By the Annex A control's id, or by that of the control of one's own.
#[utoipa::path(
    tag = "Statements of applicability",
    params(
        ("id" = StatementOfApplicabilityId, Path, description = "The statement"),
        ("entry" = EntryKey, Path, description = "The Annex A control, or the control of one's own"),
    ),
    responses((status = 200, description = "The entry", body = EntryView)),
)]
#[get("/v1/statements-of-applicability/{id}/entries/{entry}")]
async fn get_applicability_entry(
    ctx: Ctx,
    id: PathId<SoaId>,
    entry: ChildId<EntryKey>,
) -> Result<Fresh<EntryView>> {
    ctx.run(async move |ctx| entries::get(&ctx, id.0, &entry.0).await).await.map(Fresh)
}

/// Change an entry of a statement
///
/// A merge patch: what is absent stays, null clears, a list replaces the whole list. What is only missing may be said
/// later; the check of the statement tells it.
#[utoipa::path(
    tag = "Statements of applicability",
    params(
        ("id" = StatementOfApplicabilityId, Path, description = "The statement"),
        ("entry" = EntryKey, Path, description = "The Annex A control, or the control of one's own"),
    ),
    request_body = EntryPatch,
    responses((status = 200, description = "The changed entry", body = EntryView)),
)]
#[patch("/v1/statements-of-applicability/{id}/entries/{entry}")]
async fn update_applicability_entry(
    ctx: Ctx,
    id: PathId<SoaId>,
    entry: ChildId<EntryKey>,
    expected: Expected,
    input: Body<EntryPatch>,
) -> Result<Fresh<EntryView>> {
    ctx.run(async move |ctx| entries::update(&ctx, id.0, &entry.0, expected, input.0).await).await.map(Fresh)
}

/// Take a control of one's own off a statement
///
/// For a control that is not necessary any more. An Annex A control keeps its entry and is excluded instead.
#[utoipa::path(
    tag = "Statements of applicability",
    params(
        ("id" = StatementOfApplicabilityId, Path, description = "The statement"),
        ("entry" = EntryKey, Path, description = "The control of one's own"),
    ),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/statements-of-applicability/{id}/entries/{entry}")]
async fn delete_applicability_entry(
    ctx: Ctx,
    id: PathId<SoaId>,
    entry: ChildId<EntryKey>,
    expected: Expected,
) -> Result<Gone> {
    ctx.run(async move |ctx| entries::remove(&ctx, id.0, &entry.0, expected).await).await.map(|()| Gone)
}

/// Change many entries of a statement at once
///
/// Up to 1,000 in one transaction, in their order; a control of one's own that is not listed yet is listed. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Statements of applicability",
    params(("id" = StatementOfApplicabilityId, Path, description = "The statement")),
    request_body = EntryBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/statements-of-applicability/{id}/entries:batch")]
async fn batch_applicability_entries(
    ctx: Ctx,
    id: PathId<SoaId>,
    input: Body<EntryBatch>,
) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| entries::batch(&ctx, id.0, input.0).await).await.map(Fresh)
}
