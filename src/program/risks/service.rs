//! Risks: their rules, their acceptance and the heat map.

use serde_json::{Value, json};

use super::{
    acceptance::{Acceptance, NewAcceptance},
    engine::RiskView,
    filter::{RiskFilter, RiskSort},
    heatmap::Heatmap,
    matrix::RiskMatrix,
    model::{NewRisk, Risk, RiskPatch},
    rating::Basis,
    store,
};
use crate::{
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{ControlId, RiskId, RiskKind},
        page::{Page, PageRequest},
        patch::{self, Expected},
        time::Date,
    },
    platform::{
        access::{Action, Ctx, Role},
        db::{Doc, TenantTx},
        diary::Due,
        journal::{EventType, Write},
        room::{self, Actions, Head, Room, Stored, Told},
        sole,
    },
    program::organization::systems::System,
};

const NO_SYSTEM: &str = "is no system here; GET /v1/systems lists them";

impl Room for Risk {
    type New = NewRisk;
    type Patch = RiskPatch;
    type View = RiskView;
    const ACTIONS: Actions = Actions {
        read: Action::RiskRead,
        create: Action::RiskCreate,
        update: Action::RiskUpdate,
        delete: Action::RiskDelete,
    };
    const TOLD: Told = Told {
        created: EventType::RiskCreated,
        updated: EventType::RiskUpdated,
        deleted: EventType::RiskDeleted,
    };

    fn head(&mut self) -> Head<'_, RiskKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewRisk, ctx: &Ctx) -> Self {
        input.into_risk(ctx.caller().tenant, ctx.id(), ctx.now())
    }
    fn apply(&mut self, patch: RiskPatch) {
        patch.apply(self);
    }
    fn keep(&mut self, old: &Self) {
        self.acceptance.clone_from(&old.acceptance);
    }
    fn check(&self, _: Date) -> Result<()> {
        self.validate()
    }

    /// Estimates are made in the steps of the matrix, which is held so that it keeps them.
    async fn guard(tx: &mut Write, _: &Ctx, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        let Some(risk) = after else { return Ok(()) };
        let mut faults = Faults::default();
        // A database does not say which of two references leads nowhere, so one of them is looked up.
        let system = risk.system.filter(|_| risk.system != before.and_then(|risk| risk.system));
        if let Some(system) = system {
            faults.when(System::find(tx, system).await?.is_none(), "/system", NO_SYSTEM);
        }
        risk.within(sole::held::<RiskMatrix>(tx).await?.size(), &mut faults);
        faults.into_result()
    }

    fn dues(&self) -> Option<Vec<Due>> {
        Some(self.dates())
    }
    fn day(filter: &RiskFilter) -> Option<Date> {
        filter.as_of
    }
    async fn show(tx: &mut TenantTx, rows: Vec<Self>, day: Date) -> Result<Vec<RiskView>> {
        let matrix = sole::known::<RiskMatrix>(tx).await?;
        Ok(rows.into_iter().map(|risk| risk.on(day, &matrix)).collect())
    }
    fn place(sort: RiskSort) -> impl Fn(&RiskView) -> (Value, String) {
        move |risk| {
            let key = match sort {
                RiskSort::Code | RiskSort::CodeDescending => json!(risk.facts.code),
                RiskSort::Highest | RiskSort::Lowest => json!(risk.facts.score),
                RiskSort::Oldest | RiskSort::Newest => json!(risk.facts.created_at),
            };
            (key, risk.facts.id.to_string())
        }
    }
}

/// A page of risks, as they stand on the filter's day.
///
/// # Errors
/// As [`room::list`]; 422 when the filter names a level that the matrix does not have.
pub async fn list(ctx: &Ctx, filter: &RiskFilter, page: &PageRequest<RiskSort>) -> Result<Page<RiskView>> {
    let on_a_day = RiskFilter { as_of: filter.as_of.or(Some(ctx.today())), ..filter.clone() };
    room::list::<Risk>(ctx, &on_a_day, page).await
}

/// The first risks by code that these controls treat, so many of each, with their controls and as they stand today.
///
/// # Errors
/// When the caller may not read risks.
pub async fn of_controls(ctx: &Ctx, all: &[ControlId], each: u32) -> Result<Vec<(ControlId, RiskView)>> {
    let permit = ctx.may(Action::RiskRead)?;
    let mut tx = permit.read().await?;
    let found = store::of_controls(&mut tx, all, each).await?;
    let (controls, risks): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let shown = Risk::show(&mut tx, risks, ctx.today()).await?;
    Ok(controls.into_iter().zip(shown).collect())
}

/// How the open risks lie in the matrix; by what is left after treatment unless asked otherwise.
///
/// # Errors
/// When the caller may not read risks.
pub async fn heatmap(ctx: &Ctx, basis: Option<Basis>) -> Result<Heatmap> {
    let permit = ctx.may(Action::RiskRead)?;
    let mut tx = permit.read().await?;
    let basis = basis.unwrap_or(Basis::Residual);
    let matrix = sole::known::<RiskMatrix>(&mut tx).await?;
    Ok(Heatmap::of(matrix, basis, store::placed(&mut tx, basis).await?))
}

/// Accepts a risk at the level it has now, as the member behind the credential: its owner, or an owner or manager of
/// the tenant. An acceptance that was there before is replaced.
///
/// # Errors
/// When the caller may not, the risk has changed since, is closed or was never estimated.
pub async fn accept(ctx: &Ctx, id: RiskId, input: NewAcceptance) -> Result<RiskView> {
    let permit = ctx.may(Action::RiskAccept)?;
    input.validate(ctx.today())?;
    let mut tx = permit.write().await?;
    let before = room::found::<Risk>(&mut tx, id).await?;
    may_accept(ctx, &before)?;
    before.open()?;
    let matrix = sole::held::<RiskMatrix>(&mut tx).await?;
    let (basis, rating) = before.rating().ok_or_else(never_estimated)?;
    let level = matrix.level(rating.score()).ok_or_else(never_estimated)?.key.clone();
    let NewAcceptance { until, reason, on, expected_version } = input;
    let on = on.unwrap_or(ctx.today());
    let acceptance = Acceptance { by: ctx.caller().member, on, until, reason, basis, rating, level };
    let expected = expected_version.map_or(Expected::Any, Expected::from);
    settle(ctx, tx, before, expected, EventType::RiskAccepted, Some(acceptance)).await
}

/// Withdraws an acceptance.
///
/// # Errors
/// When the caller may not, nobody has accepted the risk, or it has changed since.
pub async fn withdraw_acceptance(ctx: &Ctx, id: RiskId, expected: Expected) -> Result<RiskView> {
    let permit = ctx.may(Action::RiskAccept)?;
    let mut tx = permit.write().await?;
    let before = room::found::<Risk>(&mut tx, id).await?;
    may_accept(ctx, &before)?;
    if before.acceptance.is_none() {
        return Err(Error::not_found(format!("acceptance of {id}")));
    }
    settle(ctx, tx, before, expected, EventType::RiskAcceptanceWithdrawn, None).await
}

fn may_accept(ctx: &Ctx, risk: &Risk) -> Result<()> {
    let caller = ctx.caller();
    if risk.owner == Some(caller.member) || matches!(caller.role, Role::Owner | Role::Manager) {
        return Ok(());
    }
    let detail = "risk.accept is for the risk's own owner, or an owner or manager of the tenant";
    Err(Error::new(Code::Forbidden, detail))
}

fn never_estimated() -> Error {
    Error::new(
        Code::Conflict,
        "the risk has no estimate; give it inherent or residual likelihood and impact first",
    )
}

async fn settle(
    ctx: &Ctx,
    mut tx: Write,
    mut risk: Risk,
    expected: Expected,
    told: EventType,
    acceptance: Option<Acceptance>,
) -> Result<RiskView> {
    let seen = risk.version;
    expected.check(seen)?;
    risk.acceptance = acceptance.map(Doc);
    risk.index();
    risk.version += 1;
    let risk = Risk::update(&mut tx, &risk, seen).await?.ok_or_else(|| patch::stale(seen + 1))?;
    tx.expect(&risk, &risk.dates()).await?;
    tx.record(told, &risk)?;
    let matrix = sole::known::<RiskMatrix>(&mut tx).await?;
    tx.commit(risk.on(ctx.today(), &matrix)).await
}
