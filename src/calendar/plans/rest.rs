//! The date planner over REST.

use actix_web::post;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    model::{NewPlan, SimulatedPlan},
    service,
};
use crate::{
    kernel::error::Result,
    platform::{
        access::Ctx,
        http::{Answered, Body},
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(simulate_plan);
}

/// Simulate a plan
///
/// Takes what is to happen and what is wished, for certificates and SOC 2 reports together, and tells for each step the
/// earliest and the latest day that the rules permit, what would be against a rule, and the timeline that follows. What has
/// to come beside it is assumed on the day by which it is due; with `until`, through further cycles and reports. The caller
/// must be allowed to read each certificate and attestation that is named. Nothing is written.
#[utoipa::path(
    tag = "Milestones",
    request_body = NewPlan,
    responses((status = 200, description = "What the plan comes to", body = SimulatedPlan)),
    extensions(("x-effect-free" = json!(true))),
)]
#[post("/v1/plans:simulate")]
async fn simulate_plan(ctx: Ctx, plan: Body<NewPlan>) -> Result<Answered<SimulatedPlan>> {
    ctx.run(async move |ctx| service::simulate(&ctx, plan.0).await).await.map(Answered)
}
