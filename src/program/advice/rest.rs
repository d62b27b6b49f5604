//! Advice over REST.

use actix_web::post;
use utoipa_actix_web::service_config::ServiceConfig;

use super::service;
use crate::{
    catalog::advice::{Advice, FrameworkQuestion},
    kernel::error::Result,
    platform::{
        access::Ctx,
        http::{Answered, Body},
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(advise_framework);
}

/// Ask for advice on frameworks
///
/// Which framework fits, in which order, and why: each way with its points and the reason for each factor. What the
/// question leaves out comes from the organisation's profile and its open customer requirements; `{}` asks by those
/// alone. Nothing is written.
#[utoipa::path(
    tag = "Frameworks",
    request_body = FrameworkQuestion,
    responses((status = 200, description = "The advice", body = Advice)),
    extensions(("x-effect-free" = json!(true))),
)]
#[post("/v1/frameworks/advise")]
async fn advise_framework(ctx: Ctx, question: Body<FrameworkQuestion>) -> Result<Answered<Advice>> {
    ctx.run(async move |ctx| service::advise(&ctx, question.0).await).await.map(Answered)
}
