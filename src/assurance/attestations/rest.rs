//! Attestations over REST.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    coverage::{self, AttestationCoverage, ReportCoverage},
    input::{
        AttestationBatch, AttestationEventSort, AttestationFilter, AttestationPatch, AttestationSort,
        NewAttestation,
    },
    log::{AttestationEvent, AttestationEventPatch, NewAttestationEvent},
    many,
    model::{Attestation, ScopeName},
    recorded::RecordedAttestationEvent,
    service,
};
use crate::{
    kernel::{
        error::Result,
        id::{AttestationEventId, AttestationId},
        page::{Page, PageParams},
        patch::Expected,
        time::{Date, Instant},
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        diary::{AtMoment, Milestone, Timeline},
        http::{
            Answered, Body, ChildId, Created, DryRun, Fresh, List, Listed, NoFilter, PathId, Query,
            picture::{Picture, SvgDocument},
        },
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(batch_attestations)
        .service(list_attestations)
        .service(create_attestation)
        .service(get_report_coverage)
        .service(get_attestation)
        .service(update_attestation)
        .service(list_attestation_milestones)
        .service(get_attestation_timeline)
        .service(draw_attestation_timeline)
        .service(get_attestation_coverage)
        .service(list_attestation_events)
        .service(record_attestation_event)
        .service(get_attestation_event)
        .service(void_attestation_event);
}

/// List attestations
///
/// SOC 2 engagements, those still to report first, as they stand on the day asked about.
#[utoipa::path(
    tag = "Attestations",
    params(
        AttestationFilter,
        PageParams,
        ("sort" = inline(Option<AttestationSort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of attestations", body = Page<Attestation>)),
)]
#[get("/v1/attestations")]
async fn list_attestations(
    ctx: Ctx,
    query: List<AttestationFilter, AttestationSort>,
) -> Result<Listed<Attestation>> {
    ctx.run(async move |ctx| service::list(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Create an attestation
///
/// An engagement that begins; or, with `printed`, a report that is already held, which enters as issued with its days,
/// its opinion and its practitioner.
#[utoipa::path(
    tag = "Attestations",
    request_body = NewAttestation,
    responses((status = 201, description = "The attestation", body = Attestation)),
)]
#[post("/v1/attestations")]
async fn create_attestation(ctx: Ctx, input: Body<NewAttestation>) -> Result<Created<Attestation>> {
    ctx.run(async move |ctx| service::create(&ctx, input.0).await).await.map(Created)
}

/// Which days are asked about.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Days {
    /// The first day.
    from: Date,
    /// The last day, at most ten years on.
    to: Date,
    /// Reports of this scope alone; all reports together unless given.
    #[param(inline)]
    scope: Option<ScopeName>,
    /// The day by which reports were issued and letters signed; today in the tenant's time zone unless given.
    as_of: Option<Date>,
    /// Told by what had been recorded by this instant; by all that is recorded unless given.
    known_at: Option<Instant>,
}

/// Tell what reports cover
///
/// Every day of a window, once: covered by a report, bridged by a letter of management, in a gap, or before the first
/// report began. With how reports follow each other, what changed between them, the same days for each category, system and
/// scope that only some address, the days on which a carved-out subservice organisation has no report, and the latest
/// report of each scope.
#[utoipa::path(
    tag = "Attestations",
    params(Days),
    responses((status = 200, description = "What is covered", body = ReportCoverage)),
)]
#[get("/v1/attestations/coverage")]
async fn get_report_coverage(ctx: Ctx, days: Query<Days>) -> Result<Fresh<ReportCoverage>> {
    let Days { from, to, scope, as_of, known_at } = days.0;
    let at = AtMoment { as_of, known_at };
    ctx.run(async move |ctx| coverage::service::of_organization(&ctx, (from, to), scope, at).await)
        .await
        .map(Fresh)
}

/// Get an attestation
///
/// What it is about, and how it stands on the day asked about.
#[utoipa::path(
    tag = "Attestations",
    params(("id" = AttestationId, Path, description = "The attestation"), AtMoment),
    responses((status = 200, description = "The attestation", body = Attestation)),
)]
#[get("/v1/attestations/{id}")]
async fn get_attestation(
    ctx: Ctx,
    id: PathId<AttestationId>,
    at: Query<AtMoment>,
) -> Result<Fresh<Attestation>> {
    ctx.run(async move |ctx| service::get(&ctx, id.0, at.0).await).await.map(Fresh)
}

/// Change an attestation
///
/// A merge patch of what it is beside its events; the description is merged part by part. The kind of report stays.
#[utoipa::path(
    tag = "Attestations",
    params(("id" = AttestationId, Path, description = "The attestation")),
    request_body = AttestationPatch,
    responses((status = 200, description = "The changed attestation", body = Attestation)),
)]
#[patch("/v1/attestations/{id}")]
async fn update_attestation(
    ctx: Ctx,
    id: PathId<AttestationId>,
    expected: Expected,
    input: Body<AttestationPatch>,
) -> Result<Fresh<Attestation>> {
    ctx.run(async move |ctx| service::update(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Change many attestations at once
///
/// Up to 1,000 items in one transaction: create, change, or `put` by a reference to another system, which says anew what
/// stands beside the log; a report that it prints has to be in the log. An attestation is never removed. What is refused is
/// told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Attestations",
    request_body = AttestationBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/attestations:batch")]
async fn batch_attestations(ctx: Ctx, input: Body<AttestationBatch>) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| many::batch(&ctx, input.0).await).await.map(Fresh)
}

/// List an attestation's milestones
///
/// Everything that is due in the engagement and after it, soonest first, each with the rule that set it; counted from the
/// plan, and marked as assumed, until its days are settled.
#[utoipa::path(
    tag = "Attestations",
    params(("id" = AttestationId, Path, description = "The attestation"), AtMoment),
    responses((status = 200, description = "Its milestones, all of them", body = Page<Milestone>)),
)]
#[get("/v1/attestations/{id}/milestones")]
async fn list_attestation_milestones(
    ctx: Ctx,
    id: PathId<AttestationId>,
    at: Query<AtMoment>,
) -> Result<Listed<Milestone>> {
    ctx.run(async move |ctx| service::milestones(&ctx, id.0, at.0).await)
        .await
        .map(|all| Listed(Page::whole(all)))
}

/// Get an attestation's timeline
///
/// What happened and what is due, in the order of their days.
#[utoipa::path(
    tag = "Attestations",
    params(("id" = AttestationId, Path, description = "The attestation"), AtMoment),
    responses((status = 200, description = "The timeline", body = Timeline)),
)]
#[get("/v1/attestations/{id}/timeline")]
async fn get_attestation_timeline(
    ctx: Ctx,
    id: PathId<AttestationId>,
    at: Query<AtMoment>,
) -> Result<Fresh<Timeline>> {
    ctx.run(async move |ctx| service::timeline(&ctx, id.0, at.0).await).await.map(Fresh)
}

/// Draw an attestation's timeline
///
/// The days that the report speaks of on one line, with what was done, what is due and the day asked about, for a page or
/// a report: everything is said in words too, contrast AA, no script.
#[utoipa::path(
    tag = "Attestations",
    params(("id" = AttestationId, Path, description = "The attestation"), AtMoment),
    responses((status = 200, description = "The picture", content_type = "image/svg+xml",
        body = inline(SvgDocument), example = json!("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"/>"))),
)]
#[get("/v1/attestations/{id}/timeline.svg")]
async fn draw_attestation_timeline(
    ctx: Ctx,
    id: PathId<AttestationId>,
    at: Query<AtMoment>,
) -> Result<Picture> {
    ctx.run(async move |ctx| service::timeline(&ctx, id.0, at.0).await).await.map(|line| line.draw())
}

/// Tell what an attestation's evidence covers
///
/// For each criterion in scope: which controls answer it, on which days of the window they have accepted evidence, on
/// which not, and which exceptions were noted, by the practitioner's tests (`exceptions`) and as findings of fieldwork that
/// is held as an audit (`findings`), each with management's response.
#[utoipa::path(
    tag = "Attestations",
    params(("id" = AttestationId, Path, description = "The attestation"), AtMoment),
    responses((status = 200, description = "What is covered", body = AttestationCoverage)),
)]
#[get("/v1/attestations/{id}/coverage")]
async fn get_attestation_coverage(
    ctx: Ctx,
    id: PathId<AttestationId>,
    at: Query<AtMoment>,
) -> Result<Fresh<AttestationCoverage>> {
    ctx.run(async move |ctx| coverage::service::of_attestation(&ctx, id.0, at.0).await).await.map(Fresh)
}

/// List an attestation's events
///
/// What happened to it, in the order recorded; voided events too.
#[utoipa::path(
    tag = "Attestations",
    params(
        ("id" = AttestationId, Path, description = "The attestation"),
        PageParams,
        ("sort" = inline(Option<AttestationEventSort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of its events", body = Page<AttestationEvent>)),
)]
#[get("/v1/attestations/{id}/events")]
async fn list_attestation_events(
    ctx: Ctx,
    id: PathId<AttestationId>,
    query: List<NoFilter, AttestationEventSort>,
) -> Result<Listed<AttestationEvent>> {
    ctx.run(async move |ctx| service::events(&ctx, id.0, &query.page).await).await.map(Listed)
}

/// What came of an event: 201 with its place where it was recorded, 200 where it was only tried.
struct Recorded(RecordedAttestationEvent);

impl Responder for Recorded {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        if self.0.dry_run {
            Answered(self.0).respond_to(request)
        } else {
            Created(self.0).respond_to(request)
        }
    }
}

/// Record an event of an attestation
///
/// Each kind of event has its guard, which looks at what had happened by the day of the event. What a rule speaks against is
/// refused with 409, and `breaches` names the rule, its reason and what would be accepted instead; nothing is written. What
/// happened all the same is stored when it is sent with those rules in `acknowledge` and a `reason`, and flagged as
/// contradicting them. With `dry_run=true` nothing is written, and the answer, a 200, tells what would change.
#[utoipa::path(
    tag = "Attestations",
    params(("id" = AttestationId, Path, description = "The attestation"), DryRun),
    request_body = NewAttestationEvent,
    responses(
        (status = 200, description = "What would change", body = RecordedAttestationEvent),
        (status = 201, description = "The event, and what it changed", body = RecordedAttestationEvent),
    ),
)]
#[post("/v1/attestations/{id}/events")]
async fn record_attestation_event(
    ctx: Ctx,
    id: PathId<AttestationId>,
    how: Query<DryRun>,
    input: Body<NewAttestationEvent>,
) -> Result<Recorded> {
    ctx.run(async move |ctx| service::record(&ctx, id.0, input.0, how.0.dry_run).await).await.map(Recorded)
}

/// Get an event of an attestation
///
/// What happened on a day, and whether it still stands.
#[utoipa::path(
    tag = "Attestations",
    params(
        ("id" = AttestationId, Path, description = "The attestation"),
        ("event_id" = AttestationEventId, Path, description = "The event"),
    ),
    responses((status = 200, description = "The event", body = AttestationEvent)),
)]
#[get("/v1/attestations/{id}/events/{event_id}")]
async fn get_attestation_event(
    ctx: Ctx,
    id: PathId<AttestationId>,
    event: ChildId<AttestationEventId>,
) -> Result<Fresh<AttestationEvent>> {
    ctx.run(async move |ctx| service::event(&ctx, id.0, event.0).await).await.map(Fresh)
}

/// Void an event of an attestation
///
/// For an event that never happened so; it stays in the log, with the reason.
#[utoipa::path(
    tag = "Attestations",
    params(
        ("id" = AttestationId, Path, description = "The attestation"),
        ("event_id" = AttestationEventId, Path, description = "The event"),
    ),
    request_body = AttestationEventPatch,
    responses((status = 200, description = "The voided event", body = AttestationEvent)),
)]
#[patch("/v1/attestations/{id}/events/{event_id}")]
async fn void_attestation_event(
    ctx: Ctx,
    id: PathId<AttestationId>,
    event: ChildId<AttestationEventId>,
    expected: Expected,
    input: Body<AttestationEventPatch>,
) -> Result<Fresh<AttestationEvent>> {
    ctx.run(async move |ctx| service::void(&ctx, id.0, event.0, expected, input.0).await).await.map(Fresh)
}
