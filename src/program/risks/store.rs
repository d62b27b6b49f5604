//! The risks' tables.

use std::ops::RangeInclusive;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{
    acceptance::AcceptanceState,
    filter::{RiskFilter, RiskSort},
    heatmap::Placed,
    line::{ResidualRisk, Treated},
    matrix::RiskMatrix,
    model::{Risk, RiskStatus, RiskTreatment},
    rating::{Basis, Rating},
};
use crate::{
    counted,
    kernel::{
        error::{Code, Error, Explain, Result},
        id::{ControlId, RiskId, RiskKind},
        page::PageRequest,
        text::ShortCode,
        time::{Date, Instant},
    },
    keyset, on_each,
    platform::{
        db::{Doc, TenantTx, firsts, nth, refs},
        held,
        room::Stored,
        sole,
    },
    program::controls::controls,
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    risks (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        code -> Text,
        title -> Text,
        description -> Text,
        category -> Nullable<Text>,
        asset -> Nullable<Text>,
        system_id -> Nullable<Uid>,
        threat -> Text,
        vulnerability -> Text,
        affects -> Json,
        owner_id -> Nullable<Uid>,
        inherent -> Nullable<Json>,
        residual -> Nullable<Json>,
        treatment -> Nullable<Text>,
        treatment_plan -> Text,
        controls -> Json,
        review_on -> Nullable<Date>,
        status -> Text,
        acceptance -> Nullable<Json>,
        external_refs -> Json,
        score -> Integer,
        highest_likelihood -> Integer,
        highest_impact -> Integer,
        accepted_by -> Nullable<Uid>,
        accepted_on -> Nullable<Date>,
        accepted_until -> Nullable<Date>,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    risk_controls (tenant_id, risk_id, control_id) {
        tenant_id -> Uid,
        risk_id -> Uid,
        control_id -> Uid,
    }
}

diesel::allow_tables_to_appear_in_same_query!(risks, risk_controls, controls);

const CODE_TAKEN: &str = "another risk has this code";
const NO_OWNER: &str = "is not a member of this tenant; GET /v1/members lists them";
const NO_CONTROL: &str = "is no control here; GET /v1/controls lists them";

/// The scores that a filter asks for, as the matrix is now.
async fn scores(tx: &mut TenantTx, filter: &RiskFilter) -> Result<[Option<RangeInclusive<i32>>; 2]> {
    if filter.level.is_none() && filter.above_appetite.is_none() {
        return Ok([None, None]);
    }
    let matrix = sole::known::<RiskMatrix>(tx).await?;
    let unknown =
        || Error::at(Code::Unprocessable, "level", "is no level here; GET /v1/risk-matrix lists them");
    let level = match &filter.level {
        Some(key) => Some(matrix.scores_of(key).ok_or_else(unknown)?),
        None => None,
    };
    let within = |above| if above { matrix.appetite + 1..=i32::MAX } else { 1..=matrix.appetite };
    Ok([level, filter.above_appetite.map(within)])
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $filter:expr, $scores:expr, $day:expr, $only:expr) => {{
        let mut query = $query.filter(risks::tenant_id.eq($tenant)).into_boxed();
        if let Some(status) = $filter.status {
            query = query.filter(risks::status.eq(status));
        }
        if let Some(owner) = $filter.owner {
            query = query.filter(risks::owner_id.eq(owner));
        }
        if let Some(system) = $filter.system {
            query = query.filter(risks::system_id.eq(system));
        }
        if let Some(category) = &$filter.category {
            query = query.filter(risks::category.eq(category));
        }
        if let Some(treatment) = $filter.treatment {
            query = query.filter(risks::treatment.eq(treatment));
        }
        if let Some(control) = $filter.control {
            let treated = risk_controls::table
                .select(risk_controls::risk_id)
                .filter(risk_controls::tenant_id.eq($tenant))
                .filter(risk_controls::control_id.eq(control));
            query = query.filter(risks::id.eq_any(treated));
        }
        for range in $scores.iter().flatten() {
            query = query.filter(risks::score.between(*range.start(), *range.end()));
        }
        if let Some(day) = $filter.review_before {
            query = query.filter(risks::review_on.le(day));
        }
        match $filter.acceptance_state {
            Some(AcceptanceState::None) => {
                query = query.filter(risks::accepted_until.is_null().or(risks::accepted_on.gt($day)));
            }
            Some(AcceptanceState::Valid) => {
                query = query.filter(risks::accepted_until.ge($day)).filter(risks::accepted_on.le($day));
            }
            Some(AcceptanceState::Expired) => query = query.filter(risks::accepted_until.lt($day)),
            None => {}
        }
        if let Some(only) = $only {
            query = query.filter(risks::id.eq::<RiskId>(only));
        }
        query
    }};
}

crate::walked!(RiskKind, risks);

impl Stored for Risk {
    type Kind = RiskKind;
    type Filter = RiskFilter;
    type Sort = RiskSort;

    async fn find(tx: &mut TenantTx, id: RiskId) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        Ok(on_each!(tx, |conn| {
            risks::table.find((tenant, id)).select(Self::as_select()).first(conn).await.optional()
        })?)
    }

    async fn by_ids(tx: &mut TenantTx, ids: &[RiskId]) -> Result<Vec<Self>> {
        let tenant = tx.tenant();
        Ok(on_each!(tx, |conn| {
            risks::table
                .filter(risks::tenant_id.eq(tenant))
                .filter(risks::id.eq_any(ids.iter().copied()))
                .select(Self::as_select())
                .load(conn)
                .await
        })?)
    }

    /// The filter tells the day: see [`service::list`](super::service::list).
    async fn page(
        tx: &mut TenantTx,
        filter: &RiskFilter,
        page: &PageRequest<RiskSort>,
    ) -> Result<(Vec<Self>, Option<i64>)> {
        let (tenant, day) = (tx.tenant(), filter.as_of.unwrap_or(Date::MAX));
        let scores = scores(tx, filter).await?;
        let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
        let rows = on_each!(tx, |conn| {
            let query = risks::table.select(Self::as_select());
            let query = matching!(query, tenant, filter, scores, day, only);
            match page.sort {
                RiskSort::Code => keyset!(query, page, asc, risks::code => ShortCode, risks::id => RiskId),
                RiskSort::CodeDescending => {
                    keyset!(query, page, desc, risks::code => ShortCode, risks::id => RiskId)
                }
                RiskSort::Highest => keyset!(query, page, desc, risks::score => i32, risks::id => RiskId),
                RiskSort::Lowest => keyset!(query, page, asc, risks::score => i32, risks::id => RiskId),
                RiskSort::Oldest => {
                    keyset!(query, page, asc, risks::created_at => Instant, risks::id => RiskId)
                }
                RiskSort::Newest => {
                    keyset!(query, page, desc, risks::created_at => Instant, risks::id => RiskId)
                }
            }
            .load(conn)
            .await
        })?;
        let total = counted!(tx, page, matching!(risks::table.count(), tenant, filter, scores, day, only));
        Ok((rows, total))
    }

    async fn insert(tx: &mut TenantTx, row: &Self) -> Result<()> {
        on_each!(tx, |conn| diesel::insert_into(risks::table).values(row).execute(conn).await)
            .or_taken("/code", CODE_TAKEN)
            .or_missing("/owner", NO_OWNER)?;
        index_controls(tx, row.id, &row.controls).await?;
        refs::note(tx, row.id, &row.external_refs).await
    }

    async fn update(tx: &mut TenantTx, row: &Self, seen: i32) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        let updated = on_each!(tx, |conn| {
            diesel::update(risks::table.find((tenant, row.id)).filter(risks::version.eq(seen)))
                .set(row)
                .returning(Self::as_returning())
                .get_result(conn)
                .await
                .optional()
        })
        .or_taken("/code", CODE_TAKEN)
        .or_missing("/owner", NO_OWNER)?;
        if updated.is_none() {
            return Ok(None);
        }
        forget_controls(tx, row.id).await?;
        index_controls(tx, row.id, &row.controls).await?;
        refs::replace(tx, row.id, &row.external_refs).await?;
        Ok(updated)
    }

    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        let tenant = tx.tenant();
        held::hold_at(tx, row.id, row.version).await?;
        forget_controls(tx, row.id).await?;
        refs::clear(tx, row.id).await?;
        on_each!(tx, |conn| diesel::delete(risks::table.find((tenant, row.id))).execute(conn).await)
            .or_in_use("something still refers to the risk; remove that first, or close the risk")?;
        Ok(())
    }
}

async fn index_controls(tx: &mut TenantTx, id: RiskId, all: &[ControlId]) -> Result<()> {
    let tenant = tx.tenant();
    let mut ordered: Vec<_> = all.iter().enumerate().collect();
    // In one order for all writers, as with references.
    ordered.sort_by_key(|(_, control)| control.uuid());
    for (n, control) in ordered {
        on_each!(tx, |conn| {
            diesel::insert_into(risk_controls::table)
                .values((
                    risk_controls::tenant_id.eq(tenant),
                    risk_controls::risk_id.eq(id),
                    risk_controls::control_id.eq(control),
                ))
                .execute(conn)
                .await
        })
        .or_missing(&format!("/controls/{n}"), NO_CONTROL)?;
    }
    Ok(())
}

async fn forget_controls(tx: &mut TenantTx, id: RiskId) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::delete(
            risk_controls::table
                .filter(risk_controls::tenant_id.eq(tenant))
                .filter(risk_controls::risk_id.eq(id)),
        )
        .execute(conn)
        .await
    })?;
    Ok(())
}

/// The first risks of these controls by code, so many of each, with the control that each was asked for.
pub(super) async fn of_controls(
    tx: &mut TenantTx,
    controls: &[ControlId],
    each: u32,
) -> Result<Vec<(ControlId, Risk)>> {
    let tenant = tx.tenant();
    let rows: Vec<(ControlId, Risk, i64)> = on_each!(tx, |conn| {
        let place = nth(risk_controls::control_id, (risks::code, risks::id));
        let all =
            risk_controls::table
                .inner_join(risks::table.on(
                    risks::tenant_id.eq(risk_controls::tenant_id).and(risks::id.eq(risk_controls::risk_id)),
                ))
                .filter(risk_controls::tenant_id.eq(tenant))
                .filter(risk_controls::control_id.eq_any(controls.iter().copied()))
                .select((risk_controls::control_id, Risk::as_select(), place));
        firsts(all, each).load(conn).await
    })?;
    Ok(rows.into_iter().map(|(control, risk, _)| (control, risk)).collect())
}

/// The codes of the risks that are estimated beyond so many steps, in order.
pub(super) async fn beyond(tx: &mut TenantTx, likelihood: i32, impact: i32) -> Result<Vec<ShortCode>> {
    let tenant = tx.tenant();
    let of = risks::table.filter(risks::tenant_id.eq(tenant)).select(risks::code).order(risks::code);
    let steps = risks::highest_likelihood.gt(likelihood).or(risks::highest_impact.gt(impact));
    Ok(on_each!(tx, |conn| of.filter(steps).load(conn).await)?)
}

/// Every open risk with its estimate, by code.
pub(super) async fn placed(tx: &mut TenantTx, basis: Basis) -> Result<Vec<Placed>> {
    type Row = (RiskId, ShortCode, Option<Doc<Rating>>);
    let tenant = tx.tenant();
    let open = risks::table
        .filter(risks::tenant_id.eq(tenant))
        .filter(risks::status.ne(RiskStatus::Closed))
        .order((risks::code, risks::id));
    let rows: Vec<Row> = on_each!(tx, |conn| match basis {
        Basis::Inherent => open.select((risks::id, risks::code, risks::inherent)).load(conn).await,
        Basis::Residual => open.select((risks::id, risks::code, risks::residual)).load(conn).await,
    })?;
    let placed = |(id, code, rating): Row| Placed { id, code, rating: rating.map(|one| one.0) };
    Ok(rows.into_iter().map(placed).collect())
}

/// The controls that treat open risks by modifying them, each with its risk, in no order.
///
/// # Errors
/// When the database fails.
pub async fn treated(tx: &mut TenantTx) -> Result<Vec<Treated>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        risks::table
            .inner_join(
                risk_controls::table.on(risk_controls::tenant_id
                    .eq(risks::tenant_id)
                    .and(risk_controls::risk_id.eq(risks::id))),
            )
            .inner_join(
                controls::table.on(controls::tenant_id
                    .eq(risk_controls::tenant_id)
                    .and(controls::id.eq(risk_controls::control_id))),
            )
            .filter(risks::tenant_id.eq(tenant))
            .filter(risks::treatment.eq(RiskTreatment::Modify))
            .filter(risks::status.ne(RiskStatus::Closed))
            .select((risks::code, controls::id, controls::code, controls::status))
            .load(conn)
            .await
    })?)
}

/// The open risks of which something is left to accept, in no order: what is avoided is gone with what it came from, and
/// of what is not decided nobody knows yet what will be left.
///
/// # Errors
/// When the database fails.
pub async fn residual(tx: &mut TenantTx) -> Result<Vec<ResidualRisk>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        risks::table
            .filter(risks::tenant_id.eq(tenant))
            // Leaves out what is not decided too: null is unlike anything.
            .filter(risks::treatment.ne(RiskTreatment::Avoid))
            .filter(risks::status.ne(RiskStatus::Closed))
            .select((risks::id, risks::code, risks::accepted_on, risks::accepted_until))
            .load(conn)
            .await
    })?)
}
