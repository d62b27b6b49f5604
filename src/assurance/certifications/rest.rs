//! Certificates over REST.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    dates,
    entry::{CertificationBatch, CertificationPatch, NewCertification},
    input::{EventPatch, NewCertificationEvent},
    log::CertificationEvent,
    many,
    model::{Certification, CertificationFilter, CertificationSort},
    preview::RecordedCertificationEvent,
    service,
    story::CertificationStory,
};
use crate::{
    kernel::{
        error::Result,
        id::{CertificationEventId, CertificationId},
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        diary::{AtMoment, Milestone, Timeline},
        http::{
            Answered, Body, ChildId, Created, DryRun, Fresh, List, Listed, PathId, Query,
            picture::{Picture, SvgDocument},
        },
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(batch_certifications)
        .service(list_certifications)
        .service(register_certification)
        .service(get_certification)
        .service(update_certification)
        .service(list_certification_milestones)
        .service(explain_certification)
        .service(get_certification_timeline)
        .service(draw_certification_timeline)
        .service(list_certification_events)
        .service(record_certification_event)
        .service(get_certification_event)
        .service(void_certification_event);
}

/// List certificates
///
/// The certificates that the organisation holds or held, expiring soonest first, as they stand on the day asked about.
#[utoipa::path(
    tag = "Certifications",
    params(
        CertificationFilter,
        PageParams,
        ("sort" = inline(Option<CertificationSort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of certificates", body = Page<Certification>)),
)]
#[get("/v1/certifications")]
async fn list_certifications(
    ctx: Ctx,
    query: List<CertificationFilter, CertificationSort>,
) -> Result<Listed<Certification>> {
    ctx.run(async move |ctx| service::list(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Enter a certificate
///
/// One that is already held, wherever it is in its three years, with what happened to it so far; or an application,
/// whose audits and grant follow as events. Its milestones follow at once. What a rule speaks against is refused with 409
/// unless it is acknowledged: beside what is printed for that, in an event for the event.
#[utoipa::path(
    tag = "Certifications",
    request_body = NewCertification,
    responses((status = 201, description = "The certificate", body = Certification)),
)]
#[post("/v1/certifications")]
async fn register_certification(ctx: Ctx, input: Body<NewCertification>) -> Result<Created<Certification>> {
    ctx.run(async move |ctx| service::register(&ctx, input.0).await).await.map(Created)
}

/// Get a certificate
///
/// What it says, and how it stands on the day asked about.
#[utoipa::path(
    tag = "Certifications",
    params(("id" = CertificationId, Path, description = "The certificate"), AtMoment),
    responses((status = 200, description = "The certificate", body = Certification)),
)]
#[get("/v1/certifications/{id}")]
async fn get_certification(
    ctx: Ctx,
    id: PathId<CertificationId>,
    at: Query<AtMoment>,
) -> Result<Fresh<Certification>> {
    ctx.run(async move |ctx| service::get(&ctx, id.0, at.0).await).await.map(Fresh)
}

/// Change a certificate
///
/// A merge patch of what it says beside its dates: a correction of what its last events said. Printed dates are corrected
/// by recording a `registered_existing` event.
#[utoipa::path(
    tag = "Certifications",
    params(("id" = CertificationId, Path, description = "The certificate")),
    request_body = CertificationPatch,
    responses((status = 200, description = "The changed certificate", body = Certification)),
)]
#[patch("/v1/certifications/{id}")]
async fn update_certification(
    ctx: Ctx,
    id: PathId<CertificationId>,
    expected: Expected,
    input: Body<CertificationPatch>,
) -> Result<Fresh<Certification>> {
    ctx.run(async move |ctx| service::update(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Change many certificates at once
///
/// Up to 1,000 items in one transaction: enter, change, or `put` by a reference to another system, which says anew what
/// stands beside the log; its printed dates and events have to be in the log. A certificate is never removed. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Certifications",
    request_body = CertificationBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/certifications:batch")]
async fn batch_certifications(ctx: Ctx, input: Body<CertificationBatch>) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| many::batch(&ctx, input.0).await).await.map(Fresh)
}

/// List a certificate's milestones
///
/// Everything that is due in its cycle, soonest first, each with the rule that set it. For a day in the past: as the
/// events until then told it.
#[utoipa::path(
    tag = "Certifications",
    params(("id" = CertificationId, Path, description = "The certificate"), AtMoment),
    responses((status = 200, description = "Its milestones, all of them", body = Page<Milestone>)),
)]
#[get("/v1/certifications/{id}/milestones")]
async fn list_certification_milestones(
    ctx: Ctx,
    id: PathId<CertificationId>,
    at: Query<AtMoment>,
) -> Result<Listed<Milestone>> {
    ctx.run(async move |ctx| dates::milestones(&ctx, id.0, at.0).await)
        .await
        .map(|all| Listed(Page::whole(all)))
}

/// Explain a certificate
///
/// Its whole story in order, in sentences: what happened, what each event changed, which rules were met or broken, how it
/// stands on the day asked about, and what comes next.
#[utoipa::path(
    tag = "Certifications",
    params(("id" = CertificationId, Path, description = "The certificate"), AtMoment),
    responses((status = 200, description = "Its story", body = CertificationStory)),
)]
#[get("/v1/certifications/{id}/explain")]
async fn explain_certification(
    ctx: Ctx,
    id: PathId<CertificationId>,
    at: Query<AtMoment>,
) -> Result<Fresh<CertificationStory>> {
    ctx.run(async move |ctx| dates::explain(&ctx, id.0, at.0).await).await.map(Fresh)
}

/// Get a certificate's timeline
///
/// The days on which it is valid and on which it may be used, what happened and what is due, in the order of their days.
#[utoipa::path(
    tag = "Certifications",
    params(("id" = CertificationId, Path, description = "The certificate"), AtMoment),
    responses((status = 200, description = "The timeline", body = Timeline)),
)]
#[get("/v1/certifications/{id}/timeline")]
async fn get_certification_timeline(
    ctx: Ctx,
    id: PathId<CertificationId>,
    at: Query<AtMoment>,
) -> Result<Fresh<Timeline>> {
    ctx.run(async move |ctx| dates::timeline(&ctx, id.0, at.0).await).await.map(Fresh)
}

/// Draw a certificate's timeline
///
/// Its cycle on one line, with what was done, what is due and the day asked about, for a page or a report: everything is
/// said in words too, contrast AA, no script.
#[utoipa::path(
    tag = "Certifications",
    params(("id" = CertificationId, Path, description = "The certificate"), AtMoment),
    responses((status = 200, description = "The picture", content_type = "image/svg+xml",
        body = inline(SvgDocument), example = json!("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"/>"))),
)]
#[get("/v1/certifications/{id}/timeline.svg")]
async fn draw_certification_timeline(
    ctx: Ctx,
    id: PathId<CertificationId>,
    at: Query<AtMoment>,
) -> Result<Picture> {
    let drawn = ctx.run(async move |ctx| dates::timeline(&ctx, id.0, at.0).await).await;
    drawn.map(|line| line.draw())
}

/// List a certificate's events
///
/// What happened to it, in the order in which it took effect; voided events too.
#[utoipa::path(
    tag = "Certifications",
    params(("id" = CertificationId, Path, description = "The certificate")),
    responses((status = 200, description = "Its events, all of them", body = Page<CertificationEvent>)),
)]
#[get("/v1/certifications/{id}/events")]
async fn list_certification_events(
    ctx: Ctx,
    id: PathId<CertificationId>,
) -> Result<Listed<CertificationEvent>> {
    ctx.run(async move |ctx| service::events(&ctx, id.0).await).await.map(|all| Listed(Page::whole(all)))
}

/// What came of an event: 201 with its place where it was recorded, 200 where it was only tried.
struct Recorded(RecordedCertificationEvent);

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

/// Record an event of a certificate
///
/// What the certification body decided, an audit that was held, or the corrected printed dates, which replace the
/// registration before. Each type has its guard: what a rule speaks against is refused with 409, `breaches` names the
/// rule and what would be accepted instead, and nothing is written. What did happen so is stored when it is sent with
/// those rules in `acknowledge` and a `reason`, and flagged. With `dry_run=true` nothing is written, and the answer, a
/// 200, tells what would change.
#[utoipa::path(
    tag = "Certifications",
    params(("id" = CertificationId, Path, description = "The certificate"), DryRun),
    request_body = NewCertificationEvent,
    responses(
        (status = 200, description = "What would change", body = RecordedCertificationEvent),
        (status = 201, description = "The event, and what it changed", body = RecordedCertificationEvent),
    ),
)]
#[post("/v1/certifications/{id}/events")]
async fn record_certification_event(
    ctx: Ctx,
    id: PathId<CertificationId>,
    how: Query<DryRun>,
    input: Body<NewCertificationEvent>,
) -> Result<Recorded> {
    ctx.run(async move |ctx| service::record(&ctx, id.0, input.0, how.0.dry_run).await).await.map(Recorded)
}

/// Get an event of a certificate
///
/// What happened on a day, and whether it still stands.
#[utoipa::path(
    tag = "Certifications",
    params(
        ("id" = CertificationId, Path, description = "The certificate"),
        ("event_id" = CertificationEventId, Path, description = "The event"),
    ),
    responses((status = 200, description = "The event", body = CertificationEvent)),
)]
#[get("/v1/certifications/{id}/events/{event_id}")]
async fn get_certification_event(
    ctx: Ctx,
    id: PathId<CertificationId>,
    event: ChildId<CertificationEventId>,
) -> Result<Fresh<CertificationEvent>> {
    ctx.run(async move |ctx| service::event(&ctx, id.0, event.0).await).await.map(Fresh)
}

/// Void an event of a certificate
///
/// For an event that never happened so; it stays in the log, with the reason. A certificate whose registration is
/// voided stands no more, until it is registered again.
#[utoipa::path(
    tag = "Certifications",
    params(
        ("id" = CertificationId, Path, description = "The certificate"),
        ("event_id" = CertificationEventId, Path, description = "The event"),
    ),
    request_body = EventPatch,
    responses((status = 200, description = "The voided event", body = CertificationEvent)),
)]
#[patch("/v1/certifications/{id}/events/{event_id}")]
async fn void_certification_event(
    ctx: Ctx,
    id: PathId<CertificationId>,
    event: ChildId<CertificationEventId>,
    expected: Expected,
    input: Body<EventPatch>,
) -> Result<Fresh<CertificationEvent>> {
    ctx.run(async move |ctx| service::void(&ctx, id.0, event.0, expected, input.0).await).await.map(Fresh)
}
