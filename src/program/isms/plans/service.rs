//! The approval of a plan by the owners of its risks.

use super::{NewRiskOwnerApproval, RiskOwnerApproval, TreatmentPlan};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::{MemberId, RiskId, TreatmentPlanId},
        patch::Expected,
    },
    platform::{
        access::{Action, Ctx, Role},
        db::TenantTx,
        identity::members::Member,
        journal::EventType,
        room::{self, Stored},
    },
    program::{
        isms::editions::{EditionStatus, step},
        risks::Risk,
    },
};

/// Records that a risk owner approves a draft for every risk of theirs in it, and accepts what is left of them.
///
/// # Errors
/// When the caller may not, or not for somebody else; when there is no draft, or the owner has no risk in it (409); when it
/// has changed since.
pub async fn approve(
    ctx: &Ctx,
    id: TreatmentPlanId,
    expected: Expected,
    input: NewRiskOwnerApproval,
) -> Result<TreatmentPlan> {
    let permit = ctx.may(Action::RiskAccept)?;
    let owner = input.risk_owner.unwrap_or(ctx.caller().member);
    let mut tx = permit.write().await?;
    let mut plan = room::found::<TreatmentPlan>(&mut tx, id).await?;
    may_speak_for(ctx, owner)?;
    if plan.status != EditionStatus::Draft {
        let detail = "there is no draft; open the next edition with POST …/revise first";
        return Err(Error::new(Code::Conflict, detail));
    }
    is_there(&mut tx, owner).await?;
    let own = own_risks(&mut tx, &plan, owner).await?;
    if own.is_empty() {
        let detail = "the member owns no risk in this plan; a risk's owner is set at PATCH /v1/risks/{id}";
        return Err(Error::new(Code::Conflict, detail));
    }
    plan.owner_approvals.retain(|one| !own.contains(&one.risk));
    let approved = |risk| RiskOwnerApproval { risk, by: owner, at: ctx.now(), note: input.note.clone() };
    plan.owner_approvals.extend(own.into_iter().map(approved));
    let plan = step(&mut tx, plan, expected, EventType::TreatmentPlanOwnerApproved).await?;
    tx.commit(plan).await
}

/// The risks in a plan that this member owns.
async fn own_risks(tx: &mut TenantTx, plan: &TreatmentPlan, owner: MemberId) -> Result<Vec<RiskId>> {
    let rows = Risk::by_ids(tx, &plan.risks()).await?;
    let own = |id: &RiskId| rows.iter().any(|risk| risk.id == *id && risk.owner == Some(owner));
    Ok(plan.risks().into_iter().filter(own).collect())
}

async fn is_there(tx: &mut TenantTx, owner: MemberId) -> Result<()> {
    let told = "is not a member of this tenant; GET /v1/members lists them";
    let missing = || Error::at(Code::Unprocessable, "/risk_owner", told);
    Member::find(tx, owner).await?.map(drop).ok_or_else(missing)
}

fn may_speak_for(ctx: &Ctx, owner: MemberId) -> Result<()> {
    let caller = ctx.caller();
    if owner == caller.member || matches!(caller.role, Role::Owner | Role::Manager) {
        return Ok(());
    }
    let detail = "risk.accept for somebody else is for an owner or manager of the tenant";
    Err(Error::new(Code::Forbidden, detail))
}
