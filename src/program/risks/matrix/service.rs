//! The risk matrix: who may read and change it, and that every risk keeps its place.

use super::model::{RiskMatrix, RiskMatrixPatch};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::TenantId,
    },
    platform::{
        access::Action,
        db::TenantTx,
        journal::{EventType, Write},
        sole::Sole,
    },
    program::risks::beyond,
};

/// The codes that a refusal names.
const NAMED: usize = 10;

impl Sole for RiskMatrix {
    type Patch = RiskMatrixPatch;
    type View = Self;
    const READ: Action = Action::RiskRead;
    const UPDATE: Action = Action::RiskMatrixUpdate;
    const UPDATED: EventType = EventType::RiskMatrixUpdated;

    fn initial(tenant: TenantId) -> Self {
        Self::first(tenant)
    }
    fn version_mut(&mut self) -> &mut i32 {
        &mut self.version
    }
    fn apply(&mut self, patch: RiskMatrixPatch) {
        patch.apply(self);
    }
    fn check(&self) -> Result<()> {
        self.validate()
    }
    async fn guard(tx: &mut Write, after: &Self) -> Result<()> {
        keep_every_risk(tx, after).await
    }
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
