//! Advice over GraphQL.

use async_graphql::{Context, Object};

use super::service;
use crate::{
    catalog::advice::{Advice, FrameworkQuestion},
    platform::graphql::{Result, request},
};

/// Queries of this room.
#[derive(Default)]
pub struct AdviceQuery;

#[Object]
impl AdviceQuery {
    /// Which framework fits, in which order, and why. What the question leaves out comes from the organisation's
    /// profile and its open customer requirements.
    async fn advise_framework(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] input: FrameworkQuestion,
    ) -> Result<Advice> {
        Ok(service::advise(request(ctx)?, input).await?)
    }
}
