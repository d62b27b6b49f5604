//! The date planner over GraphQL.

use async_graphql::{Context, Object};

use super::{
    model::{NewPlan, SimulatedPlan},
    service,
};
use crate::platform::graphql::{Result, request};

/// Queries of this room.
#[derive(Default)]
pub struct PlanQuery;

#[Object]
impl PlanQuery {
    /// What a plan comes to: for each step the earliest and the latest day that the rules permit, what would be against a
    /// rule, and the timeline that follows. Nothing is written.
    async fn simulate_plan(&self, ctx: &Context<'_>, input: NewPlan) -> Result<SimulatedPlan> {
        Ok(service::simulate(request(ctx)?, input).await?)
    }
}
