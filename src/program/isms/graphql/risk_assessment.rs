//! Risk assessments over GraphQL.

use std::collections::HashMap;

use async_graphql::{async_trait::async_trait, dataloader::Loader};

use super::{owned, resolvers};
use crate::{
    kernel::id::RiskAssessmentId,
    platform::{access::Ctx, graphql::Failure},
    program::isms::assessments::{
        NewAssessmentCompletion, NewRiskAssessment, RiskAssessment, RiskAssessmentBatch,
        RiskAssessmentFilter, RiskAssessmentPatch, service,
    },
};

#[async_trait]
impl Loader<RiskAssessmentId> for Ctx {
    type Value = RiskAssessment;
    type Error = Failure;

    async fn load(&self, ids: &[RiskAssessmentId]) -> Result<HashMap<RiskAssessmentId, RiskAssessment>> {
        let found = room::by_ids::<RiskAssessment>(self, ids).await?;
        Ok(found.into_iter().map(|one| (one.id, one)).collect())
    }
}

owned!(RiskAssessment, |one| one.owner);

resolvers! {
    RiskAssessment as RiskAssessment, RiskAssessmentId, NewRiskAssessment, RiskAssessmentPatch, RiskAssessmentFilter, RiskAssessmentBatch;
    query RiskAssessmentQuery {
        /// Planned and completed, those with the level that each risk had then.
        risk_assessments
        /// One risk assessment.
        risk_assessment
    }
    mutation RiskAssessmentMutation {
        /// Plans a risk assessment.
        create_risk_assessment
        /// Changes a risk assessment.
        update_risk_assessment
        /// Removes a risk assessment.
        delete_risk_assessment
        /// Changes many at once, in one transaction.
        batch_risk_assessments
    }
}

/// Mutations of the completion.
#[derive(Default)]
pub struct AssessmentCompletionMutation;

#[Object]
impl AssessmentCompletionMutation {
    /// Completes a risk assessment: each risk is noted as it stands, and all of it is frozen.
    async fn complete_risk_assessment(
        &self,
        ctx: &Context<'_>,
        id: RiskAssessmentId,
        expected_version: i32,
        #[graphql(default)] input: NewAssessmentCompletion,
    ) -> Result<RiskAssessment> {
        Ok(service::complete(writing(ctx).await?, id, expected_version.into(), input).await?)
    }
}
