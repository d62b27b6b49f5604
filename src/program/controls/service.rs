//! Controls: their rules and what they cover.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    engine::{self, Coverage, CoverageState},
    model::{Control, ControlPatch, ControlSort, NewControl},
    proposals::{self, Proposals},
    store,
};
use crate::{
    catalog::{FrameworkKey, RequirementId, framework, outward},
    kernel::{
        error::{Error, Result},
        id::ControlKind,
        time::Date,
    },
    platform::{
        access::{Action, Ctx},
        batch::Operation,
        db::TenantTx,
        held,
        journal::{EventType, Ripple, Write},
        room::{self, Actions, Head, Room, Told},
    },
};

impl Room for Control {
    type New = NewControl;
    type Patch = ControlPatch;
    type View = Self;
    const ACTIONS: Actions = Actions {
        read: Action::ControlRead,
        create: Action::ControlCreate,
        update: Action::ControlUpdate,
        delete: Action::ControlDelete,
    };
    const TOLD: Told = Told {
        created: EventType::ControlCreated,
        updated: EventType::ControlUpdated,
        deleted: EventType::ControlDeleted,
    };

    fn head(&mut self) -> Head<'_, ControlKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewControl, ctx: &Ctx) -> Self {
        input.into_control(ctx.caller().tenant, ctx.id(), ctx.now())
    }
    fn apply(&mut self, patch: ControlPatch) {
        patch.apply(self);
    }
    fn check(&self, _: Date) -> Result<()> {
        self.validate()
    }
    /// Controls, which evidence holds in the order of their ids.
    async fn hold_first(tx: &mut Write, operations: &[Operation<Self>]) -> Result<()> {
        let ids = room::named(tx, operations).await?;
        held::hold_all(tx, &ids).await
    }
    /// Evidence is as fresh as its strictest control lets it be; only what is in use is performed and tested again, and
    /// nothing is due of what is gone.
    async fn guard(tx: &mut Write, _: &Ctx, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        let Some(after) = after else {
            return match before {
                Some(before) => tx.expect(before, &[]).await,
                None => Ok(()),
            };
        };
        if before.is_some_and(|before| before.freshness_days != after.freshness_days) {
            tx.stir(Ripple::ControlFreshness(after.id));
        }
        let said = |control: &Self| (control.status, control.frequency, control.code.clone());
        if before.map_or(after.frequency.is_some(), |before| said(before) != said(after)) {
            tx.stir(Ripple::ControlSchedule(after.id));
        }
        Ok(())
    }
    /// Its dates follow from its tests and its evidence too.
    async fn renewed(tx: &mut Write, row: Self) -> Result<Self> {
        tx.stir(Ripple::ControlSchedule(row.id));
        Ok(row)
    }
    async fn show(_: &mut TenantTx, rows: Vec<Self>, _: Date) -> Result<Vec<Self>> {
        Ok(rows)
    }
    fn place(sort: ControlSort) -> impl Fn(&Self) -> (Value, String) {
        move |control| {
            let key = match sort {
                ControlSort::Code | ControlSort::CodeDescending => json!(control.code),
                ControlSort::Oldest | ControlSort::Newest => json!(control.created_at),
            };
            (key, control.id.to_string())
        }
    }
}

/// What could cover the uncovered requirements of a framework: controls that satisfy their counterparts elsewhere.
///
/// # Errors
/// When the caller may not read controls or there is no such framework.
pub async fn proposals(ctx: &Ctx, key: &FrameworkKey) -> Result<Proposals> {
    let permit = ctx.may(Action::ControlRead)?;
    ctx.unbound()?;
    let mut tx = permit.read().await?;
    let framework =
        framework(&mut tx, key).await?.ok_or_else(|| Error::not_found(format!("framework {key}")))?;
    let counts = store::counts(&mut tx, key).await?;
    let covered: HashMap<_, _> = engine::coverage(&framework, counts, None)
        .requirements
        .into_iter()
        .map(|one| (one.requirement, one.state))
        .collect();
    let mappings = outward(&mut tx, &framework).await?;
    let satisfied = store::satisfying(&mut tx, &mappings).await?;
    let state = |id: &RequirementId| covered.get(id).copied().unwrap_or(CoverageState::Uncovered);
    Ok(proposals::propose(&framework, state, &mappings, &satisfied))
}

/// Which requirements of a framework have an implemented control.
///
/// # Errors
/// When the caller may not read controls or there is no such framework.
pub async fn coverage(ctx: &Ctx, key: &FrameworkKey, only: Option<CoverageState>) -> Result<Coverage> {
    let permit = ctx.may(Action::ControlRead)?;
    ctx.unbound()?;
    let mut tx = permit.read().await?;
    let framework =
        framework(&mut tx, key).await?.ok_or_else(|| Error::not_found(format!("framework {key}")))?;
    let counts = store::counts(&mut tx, key).await?;
    Ok(engine::coverage(&framework, counts, only))
}
