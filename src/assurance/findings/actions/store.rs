//! The tables of corrective actions.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{CorrectiveAction, CorrectiveActionFilter, CorrectiveActionSort};
use crate::{
    assurance::findings::{engine::ActionDates, store},
    counted,
    kernel::{
        error::{Explain, Result},
        id::{AuditId, CorrectiveActionId, CorrectiveActionKind, EvidenceId, FindingId},
        page::PageRequest,
        time::{Date, Instant},
    },
    keyset, links, on_each,
    platform::{
        db::{TenantTx, firsts, nth, refs},
        diary::Moment,
        held,
        room::Stored,
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    corrective_actions (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        finding_id -> Uid,
        round -> Integer,
        title -> Text,
        description -> Text,
        owner_id -> Nullable<Uid>,
        approved_by -> Nullable<Uid>,
        approved_on -> Nullable<Date>,
        plan_accepted_on -> Nullable<Date>,
        due_on -> Nullable<Date>,
        implemented_on -> Nullable<Date>,
        evidence -> Json,
        external_refs -> Json,
        version -> Integer,
        created_at -> Instant,
    }
}

links! {
    link_evidence: corrective_action_evidence(action_id: CorrectiveActionId, evidence_id: EvidenceId),
    "/evidence", "is no evidence of this tenant; GET /v1/evidence lists it"
}

const NO_OWNER: &str = "is not a member of this tenant; GET /v1/members lists them";

macro_rules! matching {
    ($query:expr, $tenant:expr, $own:expr, $filter:expr, $only:expr) => {{
        use corrective_actions as act;
        let mut query = $query.filter(act::tenant_id.eq($tenant)).into_boxed();
        if let Some(own) = &$own {
            query = query.filter(act::finding_id.eq_any(own.iter().copied()));
        }
        if let Some(finding) = $filter.finding {
            query = query.filter(act::finding_id.eq(finding));
        }
        if let Some(owner) = $filter.owner {
            query = query.filter(act::owner_id.eq(owner));
        }
        match $filter.implemented {
            Some(true) => query = query.filter(act::implemented_on.is_not_null()),
            Some(false) => query = query.filter(act::implemented_on.is_null()),
            None => {}
        }
        if let Some(day) = $filter.due_before {
            query = query.filter(act::due_on.le(day));
        }
        if let Some(only) = $only {
            query = query.filter(act::id.eq::<CorrectiveActionId>(only));
        }
        query
    }};
}

crate::walked!(CorrectiveActionKind, corrective_actions);

impl Stored for CorrectiveAction {
    type Kind = CorrectiveActionKind;
    type Filter = CorrectiveActionFilter;
    type Sort = CorrectiveActionSort;

    async fn find(tx: &mut TenantTx, id: CorrectiveActionId) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        let found: Option<Self> = on_each!(tx, |conn| {
            corrective_actions::table
                .find((tenant, id))
                .select(Self::as_select())
                .first(conn)
                .await
                .optional()
        })?;
        Ok(seen(tx, found.into_iter().collect()).await?.pop())
    }

    async fn by_ids(tx: &mut TenantTx, ids: &[CorrectiveActionId]) -> Result<Vec<Self>> {
        let tenant = tx.tenant();
        let found: Vec<Self> = on_each!(tx, |conn| {
            corrective_actions::table
                .filter(corrective_actions::tenant_id.eq(tenant))
                .filter(corrective_actions::id.eq_any(ids.iter().copied()))
                .select(Self::as_select())
                .load(conn)
                .await
        })?;
        seen(tx, found).await
    }

    async fn page(
        tx: &mut TenantTx,
        filter: &CorrectiveActionFilter,
        page: &PageRequest<CorrectiveActionSort>,
    ) -> Result<(Vec<Self>, Option<i64>)> {
        use corrective_actions as act;
        let tenant = tx.tenant();
        let own = match tx.engaged() {
            Some(audits) => Some(findings_of(tx, &audits).await?),
            None => None,
        };
        let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
        let rows = on_each!(tx, |conn| {
            let query = matching!(act::table.select(Self::as_select()), tenant, own, filter, only);
            match page.sort {
                CorrectiveActionSort::Newest => {
                    keyset!(query, page, desc, act::created_at => Instant, act::id => CorrectiveActionId)
                }
                CorrectiveActionSort::Oldest => {
                    keyset!(query, page, asc, act::created_at => Instant, act::id => CorrectiveActionId)
                }
            }
            .load(conn)
            .await
        })?;
        let total = counted!(tx, page, matching!(act::table.count(), tenant, own, filter, only));
        Ok((rows, total))
    }

    async fn insert(tx: &mut TenantTx, row: &Self) -> Result<()> {
        on_each!(tx, |conn| diesel::insert_into(corrective_actions::table).values(row).execute(conn).await)
            .or_missing("/owner", NO_OWNER)?;
        link_evidence(tx, row.id, &row.evidence).await?;
        refs::replace(tx, row.id, &row.external_refs).await
    }

    async fn update(tx: &mut TenantTx, row: &Self, seen: i32) -> Result<Option<Self>> {
        use corrective_actions as act;
        let tenant = tx.tenant();
        let updated = on_each!(tx, |conn| {
            diesel::update(act::table.find((tenant, row.id)).filter(act::version.eq(seen)))
                .set(row)
                .returning(Self::as_returning())
                .get_result(conn)
                .await
                .optional()
        })
        .or_missing("/owner", NO_OWNER)?;
        if updated.is_some() {
            link_evidence(tx, row.id, &row.evidence).await?;
            refs::replace(tx, row.id, &row.external_refs).await?;
        }
        Ok(updated)
    }

    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        use corrective_actions as act;
        let (tenant, id) = (tx.tenant(), row.id);
        held::hold_at(tx, row.id, row.version).await?;
        link_evidence(tx, id, &[]).await?;
        refs::clear(tx, id).await?;
        on_each!(tx, |conn| diesel::delete(act::table.find((tenant, id))).execute(conn).await)
            .or_in_use("something still refers to the corrective action")?;
        Ok(())
    }
}

/// Those whose findings the caller may see.
async fn seen(tx: &mut TenantTx, mut rows: Vec<CorrectiveAction>) -> Result<Vec<CorrectiveAction>> {
    if let Some(audits) = tx.engaged() {
        let own = findings_of(tx, &audits).await?;
        rows.retain(|row| own.contains(&row.finding));
    }
    Ok(rows)
}

async fn findings_of(tx: &mut TenantTx, audits: &[AuditId]) -> Result<Vec<FindingId>> {
    Ok(store::of_audits(tx, audits).await?.into_iter().map(|one| one.id).collect())
}

/// How far each action of a finding was at a moment.
pub async fn dates(tx: &mut TenantTx, finding: FindingId, moment: Moment) -> Result<Vec<ActionDates>> {
    Ok(dates_of(tx, &[finding], moment).await?.remove(&finding).unwrap_or_default())
}

type Row = (FindingId, i32, Option<Date>, Option<Date>, Instant);

/// How far each action of these findings was at a moment; one statement. Nobody notes when a day was recorded: it counts once
/// the action was.
pub async fn dates_of(
    tx: &mut TenantTx,
    findings: &[FindingId],
    moment: Moment,
) -> Result<HashMap<FindingId, Vec<ActionDates>>> {
    use corrective_actions as act;
    let tenant = tx.tenant();
    let rows: Vec<Row> = on_each!(tx, |conn| {
        act::table
            .filter(act::tenant_id.eq(tenant))
            .filter(act::finding_id.eq_any(findings.iter().copied()))
            .select((
                act::finding_id,
                act::round,
                act::plan_accepted_on,
                act::implemented_on,
                act::created_at,
            ))
            .load(conn)
            .await
    })?;
    let by_then = |day: Option<Date>| day.filter(|day| *day <= moment.as_of.settled_by());
    let mut all: HashMap<FindingId, Vec<ActionDates>> = HashMap::new();
    for (finding, round, accepted, implemented, recorded_at) in rows {
        if moment.knows(recorded_at) {
            let dates = ActionDates {
                round,
                plan_accepted_on: by_then(accepted),
                implemented_on: by_then(implemented),
            };
            all.entry(finding).or_default().push(dates);
        }
    }
    Ok(all)
}

/// The first actions of these findings in the order of their making, so many of each.
pub(super) async fn first(
    tx: &mut TenantTx,
    findings: &[FindingId],
    each: u32,
) -> Result<Vec<CorrectiveAction>> {
    use corrective_actions as act;
    let tenant = tx.tenant();
    let rows: Vec<(CorrectiveAction, i64)> = on_each!(tx, |conn| {
        let all = act::table
            .filter(act::tenant_id.eq(tenant))
            .filter(act::finding_id.eq_any(findings.iter().copied()))
            .select((CorrectiveAction::as_select(), nth(act::finding_id, (act::created_at, act::id))));
        firsts(all, each).load(conn).await
    })?;
    Ok(rows.into_iter().map(|(action, _)| action).collect())
}

/// The actions of these findings, in the order of their making.
pub async fn of_findings(tx: &mut TenantTx, all: &[FindingId]) -> Result<Vec<CorrectiveAction>> {
    use corrective_actions as act;
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        act::table
            .filter(act::tenant_id.eq(tenant))
            .filter(act::finding_id.eq_any(all.iter().copied()))
            .order((act::finding_id, act::created_at, act::id))
            .select(CorrectiveAction::as_select())
            .load(conn)
            .await
    })?)
}
