//! Completing an assessment: each risk is noted as it stands, and nothing of it changes any more.

use super::{AssessedRisk, NewAssessmentCompletion, RiskAssessment, RiskAssessmentStatus};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::RiskAssessmentId,
        patch::Expected,
    },
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        journal::EventType,
        room::{self, Room, Stored},
    },
    program::{
        isms::{
            editions::step,
            record::check,
            rules::{self, Lacks},
            successive,
        },
        risks::{Risk, RiskView},
    },
};

/// Completes an assessment.
///
/// # Errors
/// When the caller may not, it is completed already or lacks something (409, naming each), or it has changed since.
pub async fn complete(
    ctx: &Ctx,
    id: RiskAssessmentId,
    expected: Expected,
    input: NewAssessmentCompletion,
) -> Result<RiskAssessment> {
    let permit = ctx.may(Action::IsmsUpdate)?;
    let mut tx = permit.write().await?;
    let mut record = room::found::<RiskAssessment>(&mut tx, id).await?;
    if record.status == RiskAssessmentStatus::Completed {
        return Err(Error::new(Code::Conflict, "the assessment is completed already"));
    }
    record.carried_out_on = Some(input.carried_out_on.unwrap_or(ctx.today()));
    record.summary = record.summary.or(input.summary);
    record.status = RiskAssessmentStatus::Completed;
    check(&record, ctx.today())?;
    refuse_lacks(&record)?;
    record.results = results(&mut tx, ctx, &record).await?;
    refuse_unestimated(&record.results)?;
    let record = successive::completed(&mut tx, record).await?;
    let record = step(&mut tx, record, expected, EventType::RiskAssessmentCompleted).await?;
    tx.commit(record).await
}

/// Each risk as it stands now, in the order in which they are named.
async fn results(tx: &mut TenantTx, ctx: &Ctx, record: &RiskAssessment) -> Result<Vec<AssessedRisk>> {
    let rows = Risk::by_ids(tx, &record.risks).await?;
    let mut shown = Risk::show(tx, rows, ctx.today()).await?;
    shown.sort_by_key(|one| record.risks.iter().position(|id| *id == one.facts.id));
    Ok(shown.into_iter().map(assessed).collect())
}

fn assessed(risk: RiskView) -> AssessedRisk {
    let standing = risk.residual_standing.as_ref().or(risk.inherent_standing.as_ref());
    AssessedRisk {
        risk: risk.facts.id,
        score: standing.map(|one| one.score),
        above_appetite: standing.map(|one| one.above_appetite),
        inherent_level: risk.inherent_standing.as_ref().map(|one| one.level.clone()),
        residual_level: risk.residual_standing.as_ref().map(|one| one.level.clone()),
        code: risk.facts.code,
        title: risk.facts.title,
    }
}

/// An assessment rests on a method and criteria, and covers some risks.
fn refuse_lacks(record: &RiskAssessment) -> Result<()> {
    let (mut faults, rule) = (Vec::new(), &rules::RISKS_HAVE_A_METHOD);
    let mut lacks = Lacks(&mut faults);
    let (method, criteria) = (record.method.is_none(), record.acceptance_criteria.is_none());
    lacks.when(method, "/method", rule, "say how risks are identified, analysed and evaluated");
    lacks.when(criteria, "/acceptance_criteria", rule, "say which risks are accepted");
    lacks.when(record.risks.is_empty(), "/risks", rule, "name the risks that it covers");
    rules::refuse_lacks(NOT_YET, faults)
}

/// A risk is assessed once its level is known, which is then held against the criteria.
fn refuse_unestimated(results: &[AssessedRisk]) -> Result<()> {
    let mut faults = Vec::new();
    let mut lacks = Lacks(&mut faults);
    for (n, one) in results.iter().enumerate() {
        let told = format!("{} is not estimated; PATCH /v1/risks/{} first", one.code, one.risk);
        lacks.when(one.score.is_none(), format!("/risks/{n}"), &rules::RISKS_HAVE_A_METHOD, &told);
    }
    rules::refuse_lacks(NOT_YET, faults)
}

const NOT_YET: &str = "it cannot be completed yet";
