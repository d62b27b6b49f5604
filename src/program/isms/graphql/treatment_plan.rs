//! Risk treatment plans over GraphQL.

use super::{editions, owned, resolvers};
use crate::{
    kernel::id::TreatmentPlanId,
    platform::graphql::related,
    program::isms::{
        assessments::RiskAssessment,
        plans::{
            NewRiskOwnerApproval, NewTreatmentPlan, TreatmentPlan, TreatmentPlanBatch, TreatmentPlanFilter,
            TreatmentPlanPatch, service,
        },
    },
};

owned!(TreatmentPlan, |one| one.owner, {
    /// The assessment that it answers.
    #[graphql(name = "assessment")]
    async fn answers(&self, ctx: &Context<'_>) -> Result<Option<RiskAssessment>> {
        match self.assessment {
            Some(assessment) => related(ctx, assessment).await,
            None => Ok(None),
        }
    }
});

resolvers! {
    TreatmentPlan as TreatmentPlan, TreatmentPlanId, NewTreatmentPlan, TreatmentPlanPatch, TreatmentPlanFilter, TreatmentPlanBatch;
    query TreatmentPlanQuery {
        /// Each with the edition that is worked on or holds, and which owners of risks approved it.
        treatment_plans
        /// One risk treatment plan.
        treatment_plan
    }
    mutation TreatmentPlanMutation {
        /// Enters a risk treatment plan.
        create_treatment_plan
        /// Changes a risk treatment plan.
        update_treatment_plan
        /// Removes a risk treatment plan.
        delete_treatment_plan
        /// Changes many at once, in one transaction.
        batch_treatment_plans
    }
}

editions! {
    TreatmentPlan, TreatmentPlanId;
    query TreatmentPlanEditionQuery {
        /// The approved editions of a risk treatment plan.
        treatment_plan_editions
        /// A risk treatment plan as it was approved.
        treatment_plan_edition
    }
    mutation TreatmentPlanEditionMutation {
        /// Approves the draft of a risk treatment plan.
        approve_treatment_plan
        /// Opens the next edition of a risk treatment plan, as a draft.
        revise_treatment_plan
        /// Throws away the draft of a later edition of a risk treatment plan.
        discard_treatment_plan_draft
        /// Retires a risk treatment plan.
        retire_treatment_plan
    }
}

/// Mutations of the approvals of risk owners.
#[derive(Default)]
pub struct RiskOwnerApprovalMutation;

#[Object]
impl RiskOwnerApprovalMutation {
    /// Approves a risk treatment plan as the owner of risks in it.
    async fn approve_treatment_plan_as_owner(
        &self,
        ctx: &Context<'_>,
        id: TreatmentPlanId,
        expected_version: i32,
        #[graphql(default)] input: NewRiskOwnerApproval,
    ) -> Result<TreatmentPlan> {
        Ok(service::approve(writing(ctx).await?, id, expected_version.into(), input).await?)
    }
}
