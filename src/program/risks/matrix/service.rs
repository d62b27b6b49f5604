//! Reading and changing the risk matrix.

use super::{
    model::{RiskMatrix, RiskMatrixPatch},
    store,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        patch::Expected,
    },
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        journal::EventType,
    },
    program::risks::beyond,
};

/// The codes that a refusal names.
const NAMED: usize = 10;

/// The tenant's matrix.
///
/// # Errors
/// When the caller may not read risks.
pub async fn get(ctx: &Ctx) -> Result<RiskMatrix> {
    let permit = ctx.may(Action::RiskRead)?;
    store::get(&mut *permit.read().await?).await
}

/// Changes the tenant's matrix. What changes nothing writes nothing.
///
/// # Errors
/// When the caller may not, it has changed since, its parts do not fit together, or risks stand on steps that it
/// would lose.
pub async fn update(ctx: &Ctx, expected: Expected, patch: RiskMatrixPatch) -> Result<RiskMatrix> {
    let permit = ctx.may(Action::RiskMatrixUpdate)?;
    let mut tx = permit.write().await?;
    let before = store::hold(&mut tx).await?;
    let mut matrix = before.clone();
    patch.apply(&mut matrix);
    matrix.validate()?;
    keep_every_risk(&mut tx, &matrix).await?;
    expected.check(before.version)?;
    if matrix == before {
        return Ok(before);
    }
    matrix.version += 1;
    store::update(&mut tx, &matrix).await?;
    tx.record(EventType::RiskMatrixUpdated, &matrix)?;
    tx.commit(matrix).await
}

/// Refuses a matrix that has no place for an estimate that is stored.
async fn keep_every_risk(tx: &mut TenantTx, matrix: &RiskMatrix) -> Result<()> {
    let (likelihood, impact) = matrix.size();
    let codes = beyond(tx, likelihood, impact).await?;
    if codes.is_empty() {
        return Ok(());
    }
    let named: Vec<_> = codes.iter().take(NAMED).map(ToString::to_string).collect();
    let more = if codes.len() > NAMED { " and others" } else { "" };
    Err(Error::new(
        Code::Conflict,
        format!(
            "{} risks are estimated beyond {likelihood} steps of likelihood or {impact} of impact ({}{more}); \
             estimate them anew first",
            codes.len(),
            named.join(", ")
        ),
    ))
}
