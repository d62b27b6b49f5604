//! What the management system's records amount to: what a readiness check asks of them, with the records that answer.

use super::{
    assessments::{RiskAssessment, RiskAssessmentStatus},
    competence::{CompetenceRecord, CompetenceStatus},
    context::ClimateDecision,
    editions::EditionStatus,
    objectives::{Objective, ObjectiveStatus},
    plans::TreatmentPlan,
    policies::{Policy, PolicyLevel},
    programmes::{AuditProgramme, ProgrammeStatus},
    reviews::{ManagementReview, ManagementReviewStatus},
    scopes::ScopeStatement,
    store::{all, all_of},
    texts::RecordStatus,
};
use crate::{
    kernel::{
        error::Result,
        id::{
            AuditProgrammeId, ClimateDecisionId, CompetenceRecordId, ManagementReviewId, ObjectiveId,
            PolicyId, RiskAssessmentId, ScopeStatementId, TreatmentPlanId,
        },
        time::Date,
    },
    platform::{db::TenantTx, diary::Noted},
};

/// What is there. Each id is of the record that counts; none where there is no such one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// A scope that is approved and holds (4.3).
    pub scope: Option<ScopeStatementId>,
    /// The information security policy that is approved and holds (5.2).
    pub policy: Option<PolicyId>,
    /// The latest decision on climate change (4.1, Amd 1:2024).
    pub climate_decision: Option<ClimateDecisionId>,
    /// The latest completed assessment, with its method and criteria (6.1.2, 8.2), and its day.
    pub assessment: Option<(RiskAssessmentId, Date)>,
    /// A treatment plan that is approved, by the owners of all its risks too, and holds (6.1.3).
    pub plan: Option<TreatmentPlanId>,
    /// The objectives that are worked for or were achieved (6.2).
    pub objectives: Vec<ObjectiveTally>,
    /// The records of those who are competent (7.2).
    pub competent: Vec<CompetenceRecordId>,
    /// The records of those who are not yet.
    pub not_competent: Vec<CompetenceRecordId>,
    /// The latest programme of internal audits that is carried out, or was (9.2.2), and its last day.
    pub programme: Option<(AuditProgrammeId, Date)>,
    /// The latest complete management review (9.3), and its day.
    pub review: Option<(ManagementReviewId, Date)>,
}

/// An objective, and what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectiveTally {
    /// The objective.
    pub id: ObjectiveId,
    /// Whether it has a measure.
    pub measurable: bool,
    /// Whether something was measured.
    pub measured: bool,
}

/// What the tenant's records amount to.
///
/// # Errors
/// When the database fails.
pub async fn tally(tx: &mut TenantTx) -> Result<Tally> {
    let competent = all::<CompetenceRecord>(tx, CompetenceStatus::Competent.as_str()).await?;
    Ok(Tally {
        scope: holding::<ScopeStatement>(tx, |one| one.in_force.is_some()).await?.map(|one| one.id),
        policy: holding::<Policy>(tx, is_main).await?.map(|one| one.id),
        climate_decision: climate_decision(tx).await?,
        assessment: assessment(tx).await?,
        plan: holding::<TreatmentPlan>(tx, |one| one.in_force.is_some()).await?.map(|one| one.id),
        objectives: objectives(tx).await?,
        competent: competent.into_iter().map(|one| one.id).collect(),
        not_competent: not_competent(tx).await?,
        programme: programme(tx).await?,
        review: review(tx).await?,
    })
}

fn is_main(policy: &Policy) -> bool {
    policy.in_force.is_some() && policy.level == PolicyLevel::InformationSecurity
}

/// The first record with an edition that holds: it is approved, or a draft of the next one is written.
async fn holding<R: super::record::Record>(
    tx: &mut TenantTx,
    holds: impl Fn(&R) -> bool,
) -> Result<Option<R>> {
    let statuses = [EditionStatus::Approved.as_str(), EditionStatus::Draft.as_str()];
    Ok(all_of::<R>(tx, &statuses).await?.into_iter().find(|one| holds(one)))
}

async fn climate_decision(tx: &mut TenantTx) -> Result<Option<ClimateDecisionId>> {
    let known = all::<ClimateDecision>(tx, RecordStatus::Current.as_str()).await?;
    Ok(known.into_iter().max_by_key(|one| one.decided_on).map(|one| one.id))
}

async fn assessment(tx: &mut TenantTx) -> Result<Option<(RiskAssessmentId, Date)>> {
    let done = all::<RiskAssessment>(tx, RiskAssessmentStatus::Completed.as_str()).await?;
    let dated = done.into_iter().filter_map(|one| Some((one.id, one.carried_out_on?)));
    Ok(dated.max_by_key(|(_, day)| *day))
}

async fn objectives(tx: &mut TenantTx) -> Result<Vec<ObjectiveTally>> {
    let statuses = [ObjectiveStatus::Active.as_str(), ObjectiveStatus::Achieved.as_str()];
    let known = all_of::<Objective>(tx, &statuses).await?;
    let told = |one: Objective| ObjectiveTally {
        id: one.id,
        measurable: one.measure.is_some(),
        measured: one.latest.is_some(),
    };
    Ok(known.into_iter().map(told).collect())
}

async fn not_competent(tx: &mut TenantTx) -> Result<Vec<CompetenceRecordId>> {
    let statuses = [CompetenceStatus::Missing.as_str(), CompetenceStatus::InProgress.as_str()];
    let known = all_of::<CompetenceRecord>(tx, &statuses).await?;
    Ok(known.into_iter().map(|one| one.id).collect())
}

async fn programme(tx: &mut TenantTx) -> Result<Option<(AuditProgrammeId, Date)>> {
    let statuses = [ProgrammeStatus::Active.as_str(), ProgrammeStatus::Closed.as_str()];
    let known = all_of::<AuditProgramme>(tx, &statuses).await?;
    Ok(known.into_iter().map(|one| (one.id, one.period_to)).max_by_key(|(_, last)| *last))
}

async fn review(tx: &mut TenantTx) -> Result<Option<(ManagementReviewId, Date)>> {
    let dated = reviews(tx).await?.into_iter().filter_map(|one| Some((one.id, one.held_on?)));
    Ok(dated.max_by_key(|(_, day)| *day))
}

/// The days of the complete management reviews, each with when it was recorded.
///
/// # Errors
/// When the database fails.
pub async fn review_days(tx: &mut TenantTx) -> Result<Vec<Noted>> {
    Ok(reviews(tx).await?.iter().filter_map(ManagementReview::noted).collect())
}

async fn reviews(tx: &mut TenantTx) -> Result<Vec<ManagementReview>> {
    let mut held = all::<ManagementReview>(tx, ManagementReviewStatus::Held.as_str()).await?;
    held.retain(ManagementReview::is_complete);
    Ok(held)
}
