//! Risk assessments over REST.

use super::operations;
use crate::{
    kernel::id::RiskAssessmentId,
    program::isms::assessments::{
        NewAssessmentCompletion, NewRiskAssessment, RiskAssessment, RiskAssessmentBatch,
        RiskAssessmentFilter, RiskAssessmentPatch, service,
    },
};

operations! {
    RiskAssessment as RiskAssessment, RiskAssessmentId, NewRiskAssessment, RiskAssessmentPatch, RiskAssessmentFilter, RiskAssessmentBatch;
    "/v1/isms/risk-assessments" {
        /// List risk assessments
        ///
        /// Planned and completed, those with the level that each risk had then.
        list_risk_assessments
        /// Plan a risk assessment
        ///
        /// With its method, its criteria and the risks that it covers. The last one that was completed before
        /// it waits for no other then.
        create_risk_assessment
    }
    "/v1/isms/risk-assessments/{id}" {
        /// Get a risk assessment
        ///
        /// With the level that each risk had when it was completed.
        get_risk_assessment
        /// Change a risk assessment
        ///
        /// A merge patch: what is absent stays, null clears; a list replaces the whole list. A completed one
        /// stays as it is, but for who answers for it, when the next one is due and its references.
        update_risk_assessment
        /// Remove a risk assessment
        ///
        /// For one that was not completed.
        delete_risk_assessment
    }
    "/v1/isms/risk-assessments:batch" {
        /// Change many risk assessments at once
        ///
        /// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another
        /// system. What is refused is told for each item and leaves nothing; `atomic` makes it all or nothing;
        /// `dry_run` only tells.
        batch_risk_assessments
    }
}

/// Mounts the completion.
pub fn configure_completion(config: &mut ServiceConfig<'_>) {
    config.service(complete_risk_assessment);
}

/// Complete a risk assessment
///
/// Notes each risk as it stands in the matrix now, and freezes all of it. It needs a method, criteria and risks (ISO/IEC
/// 27001:2022 6.1.2); 409 names what is missing.
#[utoipa::path(
    tag = "Management system",
    params(("id" = RiskAssessmentId, Path, description = "The assessment")),
    request_body = NewAssessmentCompletion,
    responses((status = 200, description = "The completed assessment", body = RiskAssessment)),
)]
#[post("/v1/isms/risk-assessments/{id}/complete")]
async fn complete_risk_assessment(
    ctx: Ctx,
    id: PathId<RiskAssessmentId>,
    expected: Expected,
    input: Body<NewAssessmentCompletion>,
) -> Result<Fresh<RiskAssessment>> {
    ctx.run(async move |ctx| service::complete(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}
