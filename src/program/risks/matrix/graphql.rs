//! The risk matrix over GraphQL.

use async_graphql::{Context, Object};

use super::model::{RiskMatrix, RiskMatrixPatch};
use crate::platform::{
    graphql::{Result, request, writing},
    sole,
};

/// Queries of this room.
#[derive(Default)]
pub struct RiskMatrixQuery;

#[Object]
impl RiskMatrixQuery {
    /// The tenant's risk matrix.
    async fn risk_matrix(&self, ctx: &Context<'_>) -> Result<RiskMatrix> {
        Ok(sole::get::<RiskMatrix>(request(ctx)?).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct RiskMatrixMutation;

#[Object]
impl RiskMatrixMutation {
    /// Changes the tenant's risk matrix; every level is derived anew.
    async fn update_risk_matrix(
        &self,
        ctx: &Context<'_>,
        expected_version: i32,
        input: RiskMatrixPatch,
    ) -> Result<RiskMatrix> {
        Ok(sole::update::<RiskMatrix>(writing(ctx).await?, expected_version.into(), input).await?)
    }
}
