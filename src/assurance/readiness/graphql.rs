//! Readiness over GraphQL.

use async_graphql::{Context, Object};

use super::{
    model::{Readiness, ReadinessFor, ReadinessGoal},
    service,
};
use crate::{
    kernel::{id::AttestationId, time::Date},
    platform::graphql::{Result, request},
};

/// Queries of this room.
#[derive(Default)]
pub struct ReadinessQuery;

#[Object]
impl ReadinessQuery {
    /// What is asked before an audit or a report, and what of it is missing today, or will be on a later day. Of a SOC 2
    /// report, by the engagement, or else by the newest of its type that is still to report.
    async fn readiness(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "for")] goal: ReadinessGoal,
        attestation: Option<AttestationId>,
        as_of: Option<Date>,
    ) -> Result<Readiness> {
        Ok(service::readiness(request(ctx)?, ReadinessFor { goal, attestation, as_of }).await?)
    }
}
