//! The tables of attestation engagements and their events.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{
    engine::ReportCurrency,
    input::{AttestationEventSort, AttestationFilter, AttestationSort},
    log::AttestationEvent,
    model::{Dossier, Facts, Listed, ScopeName},
    scope::Why,
};
use crate::{
    assurance::audits,
    counted,
    kernel::{
        error::{Explain, Result},
        id::{AttestationEventId, AttestationId, AttestationKind},
        page::{Page, PageRequest},
        text::Title,
        time::{Date, Instant},
    },
    keyset, on_each,
    platform::db::{TenantTx, refs},
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    attestations (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        name -> Text,
        report -> Text,
        scope -> Text,
        boundary -> Text,
        systems -> Json,
        plan -> Json,
        counted_from -> Text,
        description -> Json,
        subservices -> Json,
        user_controls -> Json,
        report_evidence_id -> Nullable<Uid>,
        external_refs -> Json,
        state -> Text,
        covers_from -> Date,
        covers_to -> Date,
        report_date -> Date,
        ageing_from -> Date,
        stale_from -> Date,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    attestation_systems (tenant_id, attestation_id, system_id) {
        tenant_id -> Uid,
        attestation_id -> Uid,
        system_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    attestation_events (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        attestation_id -> Uid,
        sequence -> Integer,
        event -> Text,
        effective_on -> Date,
        details -> Json,
        contradicts -> Json,
        reason -> Nullable<Text>,
        recorded_at -> Instant,
        voided_at -> Nullable<Instant>,
        void_reason -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::allow_tables_to_appear_in_same_query!(attestations, attestation_systems);

crate::walked!(AttestationKind, attestations);

const NO_EVIDENCE: &str = "is no evidence of this tenant; GET /v1/evidence lists it";
const NO_SYSTEM: &str = "is no system of this tenant; GET /v1/systems lists them";

pub(super) async fn insert(tx: &mut TenantTx, facts: &Facts) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(attestations::table).values(facts).execute(conn).await)
        .or_missing("/report_evidence", NO_EVIDENCE)?;
    link(tx, facts).await?;
    refs::replace(tx, facts.id, &facts.external_refs).await
}

/// Stores the facts where they are still at version `seen`.
pub(super) async fn update(tx: &mut TenantTx, facts: &Facts, seen: i32) -> Result<bool> {
    use attestations as att;
    let tenant = tx.tenant();
    let met = on_each!(tx, |conn| {
        diesel::update(att::table.find((tenant, facts.id)).filter(att::version.eq(seen)))
            .set(facts)
            .execute(conn)
            .await
    })
    .or_missing("/report_evidence", NO_EVIDENCE)?;
    if met == 0 {
        return Ok(false);
    }
    on_each!(tx, |conn| {
        diesel::delete(
            attestation_systems::table
                .filter(attestation_systems::tenant_id.eq(tenant))
                .filter(attestation_systems::attestation_id.eq(facts.id)),
        )
        .execute(conn)
        .await
    })?;
    link(tx, facts).await?;
    refs::replace(tx, facts.id, &facts.external_refs).await?;
    Ok(true)
}

async fn link(tx: &mut TenantTx, facts: &Facts) -> Result<()> {
    let tenant = tx.tenant();
    for (n, system) in facts.systems.iter().enumerate() {
        on_each!(tx, |conn| {
            diesel::insert_into(attestation_systems::table)
                .values((
                    attestation_systems::tenant_id.eq(tenant),
                    attestation_systems::attestation_id.eq(facts.id),
                    attestation_systems::system_id.eq(system),
                ))
                .execute(conn)
                .await
        })
        .or_missing(&format!("/systems/{n}"), NO_SYSTEM)?;
    }
    Ok(())
}

/// Counts a version up, and holds the row until the transaction ends.
pub(super) async fn count_up(tx: &mut TenantTx, id: AttestationId) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(attestations::table.find((tenant, id)))
            .set(attestations::version.eq(attestations::version + 1))
            .execute(conn)
            .await
    })?;
    Ok(())
}

/// Writes what lists compare, and nothing that anybody said.
pub(super) async fn relist(tx: &mut TenantTx, id: AttestationId, listed: &Listed) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(attestations::table.find((tenant, id))).set(listed).execute(conn).await
    })?;
    Ok(())
}

pub(super) async fn append(tx: &mut TenantTx, event: &AttestationEvent) -> Result<()> {
    on_each!(tx, |conn| {
        diesel::insert_into(attestation_events::table).values(event).execute(conn).await
    })?;
    Ok(())
}

/// Stores that an event does not stand.
pub(super) async fn void(tx: &mut TenantTx, id: AttestationEventId, at: Instant, reason: &Why) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(attestation_events::table.find((tenant, id)))
            .set((
                attestation_events::voided_at.eq(Some(at)),
                attestation_events::void_reason.eq(Some(reason)),
                attestation_events::version.eq(attestation_events::version + 1),
            ))
            .execute(conn)
            .await
    })?;
    Ok(())
}

/// An engagement with its whole log.
pub(super) async fn get(tx: &mut TenantTx, id: AttestationId) -> Result<Option<Dossier>> {
    let tenant = tx.tenant();
    if tx.own_attestations().is_some_and(|own| !own.contains(&id)) {
        return Ok(None);
    }
    let facts: Option<Facts> = on_each!(tx, |conn| {
        attestations::table.find((tenant, id)).select(Facts::as_select()).first(conn).await.optional()
    })?;
    let Some(facts) = facts else { return Ok(None) };
    Ok(with_logs(tx, vec![facts]).await?.pop())
}

/// Whether there is such an engagement.
pub(super) async fn exists(tx: &mut TenantTx, id: AttestationId) -> Result<bool> {
    let tenant = tx.tenant();
    if tx.own_attestations().is_some_and(|own| !own.contains(&id)) {
        return Ok(false);
    }
    let found: Option<AttestationId> = on_each!(tx, |conn| {
        attestations::table.find((tenant, id)).select(attestations::id).first(conn).await.optional()
    })?;
    Ok(found.is_some())
}

/// The engagements of these scopes with their logs, by the last day that their reports speak of; of every scope where
/// none is named.
pub(super) async fn of_scopes(tx: &mut TenantTx, scopes: Option<&[ScopeName]>) -> Result<Vec<Dossier>> {
    let tenant = tx.tenant();
    let rows: Vec<Facts> = on_each!(tx, |conn| {
        let mut query = attestations::table
            .filter(attestations::tenant_id.eq(tenant))
            .select(Facts::as_select())
            .into_boxed();
        if let Some(scopes) = scopes {
            query = query.filter(attestations::scope.eq_any(scopes.iter()));
        }
        query.order((attestations::covers_to, attestations::id)).load(conn).await
    })?;
    with_logs(tx, rows).await
}

/// Adds the logs, and the fieldwork that was held, each in one statement.
async fn with_logs(tx: &mut TenantTx, all: Vec<Facts>) -> Result<Vec<Dossier>> {
    let tenant = tx.tenant();
    let ids: Vec<_> = all.iter().map(|facts| facts.id).collect();
    let events: Vec<AttestationEvent> = on_each!(tx, |conn| {
        attestation_events::table
            .filter(attestation_events::tenant_id.eq(tenant))
            .filter(attestation_events::attestation_id.eq_any(ids))
            .order((attestation_events::attestation_id, attestation_events::sequence))
            .select(AttestationEvent::as_select())
            .load(conn)
            .await
    })?;
    let mut logs: HashMap<AttestationId, Vec<AttestationEvent>> = HashMap::new();
    for event in events {
        logs.entry(event.attestation_id).or_default().push(event);
    }
    let engagements: Vec<_> = all.iter().map(|facts| facts.id).collect();
    let held = audits::fieldwork_of(tx, &engagements).await?;
    let with_log = |facts: Facts| Dossier {
        events: logs.remove(&facts.id).unwrap_or_default(),
        fieldwork: held.iter().filter(|one| one.attestation == facts.id).cloned().collect(),
        facts,
    };
    Ok(all.into_iter().map(with_log).collect())
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $own:expr, $filter:expr, $day:expr, $only:expr) => {{
        let mut query = $query.filter(attestations::tenant_id.eq($tenant)).into_boxed();
        if let Some(own) = &$own {
            query = query.filter(attestations::id.eq_any(own.iter().copied()));
        }
        if let Some(report) = $filter.report {
            query = query.filter(attestations::report.eq(report));
        }
        if let Some(scope) = &$filter.scope {
            query = query.filter(attestations::scope.eq(scope));
        }
        if let Some(state) = $filter.state {
            query = query.filter(attestations::state.eq(state));
        }
        // Compares as the engine does when the engagement is read.
        if let Some(currency) = $filter.currency {
            query = query.filter(attestations::report_date.le($day));
            query = match currency {
                ReportCurrency::Stale => query.filter(attestations::stale_from.le($day)),
                _ => query.filter(attestations::stale_from.gt($day)),
            };
            query = match currency {
                ReportCurrency::Stale => query,
                ReportCurrency::Ageing => query.filter(attestations::ageing_from.le($day)),
                ReportCurrency::Current => query
                    .filter(attestations::ageing_from.gt($day))
                    .filter(attestations::stale_from.lt(Date::MAX)),
            };
        }
        if let Some(period) = $filter.covers {
            query = query
                .filter(attestations::covers_from.le(period.to))
                .filter(attestations::covers_to.ge(period.from));
        }
        if let Some(system) = $filter.system {
            let linked = attestation_systems::table
                .select(attestation_systems::attestation_id)
                .filter(attestation_systems::tenant_id.eq($tenant))
                .filter(attestation_systems::system_id.eq(system));
            query = query.filter(attestations::id.eq_any(linked));
        }
        if let Some(only) = $only {
            query = query.filter(attestations::id.eq::<AttestationId>(only));
        }
        query
    }};
}

/// The engagements of a page with their logs, and how many match where that is asked for.
pub(super) async fn page(
    tx: &mut TenantTx,
    filter: &AttestationFilter,
    day: Date,
    page: &PageRequest<AttestationSort>,
) -> Result<(Vec<Dossier>, Option<i64>)> {
    use attestations as att;
    let (tenant, own) = (tx.tenant(), tx.own_attestations());
    let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
    let rows: Vec<Facts> = on_each!(tx, |conn| {
        let query = matching!(att::table.select(Facts::as_select()), tenant, own, filter, day, only);
        match page.sort {
            AttestationSort::Latest => {
                keyset!(query, page, desc, att::covers_to => Date, att::id => AttestationId)
            }
            AttestationSort::Earliest => {
                keyset!(query, page, asc, att::covers_to => Date, att::id => AttestationId)
            }
            AttestationSort::Name => keyset!(query, page, asc, att::name => Title, att::id => AttestationId),
            AttestationSort::Oldest => {
                keyset!(query, page, asc, att::created_at => Instant, att::id => AttestationId)
            }
            AttestationSort::Newest => {
                keyset!(query, page, desc, att::created_at => Instant, att::id => AttestationId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, matching!(att::table.count(), tenant, own, filter, day, only));
    Ok((with_logs(tx, rows).await?, total))
}

/// A page of an engagement's events.
pub(super) async fn events(
    tx: &mut TenantTx,
    id: AttestationId,
    page: &PageRequest<AttestationEventSort>,
) -> Result<Page<AttestationEvent>> {
    use attestation_events as aev;
    let tenant = tx.tenant();
    macro_rules! of_one {
        ($query:expr) => {
            $query.filter(aev::tenant_id.eq(tenant)).filter(aev::attestation_id.eq(id)).into_boxed()
        };
    }
    let rows = on_each!(tx, |conn| {
        let query = of_one!(aev::table.select(AttestationEvent::as_select()));
        match page.sort {
            AttestationEventSort::First => {
                keyset!(query, page, asc, aev::sequence => i32, aev::id => AttestationEventId)
            }
            AttestationEventSort::Last => {
                keyset!(query, page, desc, aev::sequence => i32, aev::id => AttestationEventId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, of_one!(aev::table.count()));
    Ok(page.page(rows, total, AttestationEvent::place))
}
