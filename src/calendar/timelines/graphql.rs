//! The year view over GraphQL.

use async_graphql::{Context, Object};

use super::{
    model::{OfYear, YearView},
    service,
};
use crate::{
    kernel::time::{Date, Instant},
    platform::graphql::{Result, request},
};

/// Queries of this room.
#[derive(Default)]
pub struct TimelineQuery;

#[Object]
impl TimelineQuery {
    /// The timelines of all certificates and attestations, for the days of one year: that of `asOf` unless given.
    async fn year_view(
        &self,
        ctx: &Context<'_>,
        year: Option<i32>,
        as_of: Option<Date>,
        known_at: Option<Instant>,
    ) -> Result<YearView> {
        Ok(service::year(request(ctx)?, OfYear { year, as_of, known_at }).await?)
    }
}
