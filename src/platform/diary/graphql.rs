//! What a milestone refers to, over GraphQL.

use async_graphql::{ComplexObject, Context};

use super::model::Milestone;
use crate::platform::{
    graphql::{Result, related},
    identity::members::Member,
};

#[ComplexObject]
impl Milestone {
    /// The member who sees to it.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.entry.owner {
            Some(owner) => related(ctx, owner).await,
            None => Ok(None),
        }
    }
}
