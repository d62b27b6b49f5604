//! Readiness over REST.

use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    model::{Readiness, ReadinessFor},
    service,
};
use crate::{
    kernel::error::Result,
    platform::{
        access::Ctx,
        http::{Fresh, Query},
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_readiness);
}

/// Tell what is missing before an audit or a report
///
/// Everything that is asked before a stage 2, surveillance or recertification audit (ISO/IEC 27001:2022), or by a SOC 2 report
/// of either type: what is missing first, each with its rule and with where to see to it. `as_of` asks for a later day, such
/// as that of the audit.
#[utoipa::path(
    tag = "Readiness",
    params(ReadinessFor),
    responses((status = 200, description = "What is asked, and what is missing", body = Readiness)),
)]
#[get("/v1/readiness")]
async fn get_readiness(ctx: Ctx, asked: Query<ReadinessFor>) -> Result<Fresh<Readiness>> {
    ctx.run(async move |ctx| service::readiness(&ctx, asked.0).await).await.map(Fresh)
}
