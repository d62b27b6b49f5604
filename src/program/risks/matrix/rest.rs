//! The risk matrix over REST.

use actix_web::{get, patch};
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{RiskMatrix, RiskMatrixPatch};
use crate::{
    kernel::{error::Result, patch::Expected},
    platform::{
        access::Ctx,
        http::{Body, Fresh},
        sole,
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_risk_matrix).service(update_risk_matrix);
}

/// Get the risk matrix
///
/// The tenant's scales of likelihood and impact, its levels over score = likelihood × impact, and its appetite. A tenant
/// that has set none has five steps each and the levels low, medium, high and critical.
#[utoipa::path(
    tag = "Risks",
    responses((status = 200, description = "The matrix", body = RiskMatrix)),
)]
#[get("/v1/risk-matrix")]
async fn get_risk_matrix(ctx: Ctx) -> Result<Fresh<RiskMatrix>> {
    ctx.run(async move |ctx| sole::get::<RiskMatrix>(&ctx).await).await.map(Fresh)
}

/// Change the risk matrix
///
/// A merge patch; a list replaces the whole list. Every level is derived anew. Refused while a risk is estimated on a
/// step that the new matrix does not have.
#[utoipa::path(
    tag = "Risks",
    request_body = RiskMatrixPatch,
    responses((status = 200, description = "The changed matrix", body = RiskMatrix)),
)]
#[patch("/v1/risk-matrix")]
async fn update_risk_matrix(
    ctx: Ctx,
    expected: Expected,
    input: Body<RiskMatrixPatch>,
) -> Result<Fresh<RiskMatrix>> {
    ctx.run(async move |ctx| sole::update::<RiskMatrix>(&ctx, expected, input.0).await).await.map(Fresh)
}
