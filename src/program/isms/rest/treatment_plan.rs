//! Risk treatment plans over REST.

use super::{editions, operations};
use crate::{
    kernel::id::TreatmentPlanId,
    program::isms::plans::{
        NewRiskOwnerApproval, NewTreatmentPlan, TreatmentPlan, TreatmentPlanBatch, TreatmentPlanFilter,
        TreatmentPlanPatch, service,
    },
};

operations! {
    TreatmentPlan as TreatmentPlan, TreatmentPlanId, NewTreatmentPlan, TreatmentPlanPatch, TreatmentPlanFilter, TreatmentPlanBatch;
    "/v1/isms/treatment-plans" {
        /// List risk treatment plans
        ///
        /// Each with the edition that is worked on or holds, and which owners of risks approved it.
        list_treatment_plans
        /// Enter a risk treatment plan
        ///
        /// As a draft of its first edition.
        create_treatment_plan
    }
    "/v1/isms/treatment-plans/{id}" {
        /// Get a risk treatment plan
        ///
        /// The edition that is worked on, or the one that holds while none is; `in_force` tells which one
        /// holds.
        get_treatment_plan
        /// Change a risk treatment plan
        ///
        /// A merge patch: what is absent stays, null clears; a list replaces the whole list. Changed actions take
        /// the approvals of risk owners with them. Of an approved edition only what was done may be said
        /// (`done_on` of its actions), beside who answers for it, when it is reviewed and its references.
        update_treatment_plan
        /// Remove a risk treatment plan
        ///
        /// For one that was never approved; what was approved is retired.
        delete_treatment_plan
    }
    "/v1/isms/treatment-plans:batch" {
        /// Change many risk treatment plans at once
        ///
        /// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another
        /// system. What is refused is told for each item and leaves nothing; `atomic` makes it all or nothing;
        /// `dry_run` only tells.
        batch_treatment_plans
    }
}

editions! {
    TreatmentPlan, TreatmentPlanId;
    "/v1/isms/treatment-plans/{id}/approve" {
        /// Approve a risk treatment plan
        ///
        /// Freezes the draft as an edition, which supersedes the one before. The approver is a person who is an
        /// owner or a manager. It needs something that is done, and the approval of the owner of each risk in
        /// it (ISO/IEC 27001:2022 6.1.3 f); 409 names what is missing.
        approve_treatment_plan
    }
    "/v1/isms/treatment-plans/{id}/revise" {
        /// Revise a risk treatment plan
        ///
        /// Opens the next edition, as a draft that says what the approved one says. That one holds until the
        /// draft is approved.
        revise_treatment_plan
    }
    "/v1/isms/treatment-plans/{id}/discard-draft" {
        /// Throw away the draft of a risk treatment plan
        ///
        /// For the draft of a later edition: the record says again, word for word, what was approved last, and is
        /// approved, or retired where it was. Its owner, its references and its review stay as they are
        /// now, and what was done of its actions stays done. The draft of a first edition is removed with the
        /// record.
        discard_treatment_plan_draft
    }
    "/v1/isms/treatment-plans/{id}/retire" {
        /// Retire a risk treatment plan
        ///
        /// Its last edition holds no more, and none takes its place; a draft of the next one is dropped. Its
        /// editions stay readable.
        retire_treatment_plan
    }
    "/v1/isms/treatment-plans/{id}/editions" {
        /// List the editions of a risk treatment plan
        ///
        /// Those that were approved: the one that holds, and those that it superseded.
        list_treatment_plan_editions
    }
    "/v1/isms/treatment-plans/{id}/editions/{number}" {
        /// Get an edition of a risk treatment plan
        ///
        /// The risk treatment plan as it was approved. Nothing in it changes any more.
        get_treatment_plan_edition
    }
}

/// Mounts the approvals of risk owners.
pub fn configure_owner_approvals(config: &mut ServiceConfig<'_>) {
    config.service(approve_treatment_plan_as_owner);
}

/// Approve a risk treatment plan as a risk owner
///
/// For every risk in the draft that the member owns, who also accepts what is left of it (ISO/IEC 27001:2022 6.1.3 f). The
/// member behind the credential, unless an owner or a manager of the tenant records it for somebody else.
#[utoipa::path(
    tag = "Management system",
    params(("id" = TreatmentPlanId, Path, description = "The plan")),
    request_body = NewRiskOwnerApproval,
    responses((status = 200, description = "The plan with the approvals", body = TreatmentPlan)),
)]
#[post("/v1/isms/treatment-plans/{id}/owner-approvals")]
async fn approve_treatment_plan_as_owner(
    ctx: Ctx,
    id: PathId<TreatmentPlanId>,
    expected: Expected,
    input: Body<NewRiskOwnerApproval>,
) -> Result<Fresh<TreatmentPlan>> {
    ctx.run(async move |ctx| service::approve(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}
