//! The year view over REST.

use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    model::{OfYear, YearView},
    service,
};
use crate::{
    kernel::error::Result,
    platform::{
        access::Ctx,
        http::{
            Fresh, Query,
            picture::{Picture, SvgDocument},
        },
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_year_view).service(draw_year_view);
}

/// Get the timelines of a year
///
/// All certificates and attestations on whose line something lies in the year: what holds from when to when, what happened
/// and what is due. The caller must be allowed to read both.
#[utoipa::path(
    tag = "Milestones",
    params(OfYear),
    responses((status = 200, description = "The year", body = YearView)),
)]
#[get("/v1/timelines")]
async fn get_year_view(ctx: Ctx, asked: Query<OfYear>) -> Result<Fresh<YearView>> {
    ctx.run(async move |ctx| service::year(&ctx, asked.0).await).await.map(Fresh)
}

/// Draw the timelines of a year
///
/// A line for each certificate and attestation, month by month, for a page or a report: everything is said in words too,
/// contrast AA, no script.
#[utoipa::path(
    tag = "Milestones",
    params(OfYear),
    responses((status = 200, description = "The picture", content_type = "image/svg+xml",
        body = inline(SvgDocument), example = json!("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"/>"))),
)]
#[get("/v1/timelines.svg")]
async fn draw_year_view(ctx: Ctx, asked: Query<OfYear>) -> Result<Picture> {
    ctx.run(async move |ctx| service::year(&ctx, asked.0).await).await.map(|view| view.draw())
}
