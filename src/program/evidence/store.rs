//! The tables of evidence.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{
    engine,
    model::{Evidence, EvidenceFilter, EvidenceSort},
    period::Period,
    review::{ReviewState, Verification},
    versions,
};
use crate::{
    catalog::{RequirementRef, uses},
    counted,
    kernel::{
        error::{Explain, Result},
        id::{self, ControlId, EvidenceId},
        page::PageRequest,
        text::Title,
        time::{Date, Instant},
    },
    keyset, on_each,
    platform::{
        db::{Doc, TenantTx, firsts, nth, refs},
        held,
        room::Stored,
    },
    program::controls,
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    evidence (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        kind -> Text,
        title -> Text,
        description -> Text,
        owner_id -> Nullable<Uid>,
        source -> Nullable<Text>,
        covers_from -> Nullable<Date>,
        covers_to -> Nullable<Date>,
        collected_at -> Nullable<Instant>,
        valid_until -> Nullable<Date>,
        controls -> Json,
        requirements -> Json,
        risks -> Json,
        external_refs -> Json,
        content -> Nullable<Json>,
        content_version -> Integer,
        uploaded_at -> Nullable<Instant>,
        uploaded_by -> Nullable<Uid>,
        review -> Text,
        submitted_by -> Nullable<Uid>,
        submitted_at -> Nullable<Instant>,
        reviewed_by -> Nullable<Uid>,
        reviewed_at -> Nullable<Instant>,
        review_reason -> Nullable<Text>,
        accepted_version -> Nullable<Integer>,
        verification -> Nullable<Json>,
        replaced -> Json,
        expires_on -> Date,
        fresh_until -> Date,
        version -> Integer,
        created_at -> Instant,
        restricted -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    evidence_controls (tenant_id, control_id, evidence_id) {
        tenant_id -> Uid,
        control_id -> Uid,
        evidence_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    evidence_risks (tenant_id, risk_id, evidence_id) {
        tenant_id -> Uid,
        risk_id -> Uid,
        evidence_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    evidence_requirements (tenant_id, requirement, framework, evidence_id) {
        tenant_id -> Uid,
        requirement -> Text,
        framework -> Text,
        evidence_id -> Uid,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    evidence,
    evidence_controls,
    evidence_risks,
    evidence_requirements
);

const NO_OWNER: &str = "is not a member of this tenant; GET /v1/members lists them";
const NO_RISK: &str = "is not a risk of this tenant; GET /v1/risks lists them";
const NO_CONTROL: &str = "is not a control of this tenant; GET /v1/controls lists them";

/// The row with the days that lists compare: they hang on its controls.
pub(super) async fn dated(tx: &mut TenantTx, row: &Evidence) -> Result<Evidence> {
    let limits = controls::freshness(tx, &row.controls).await?;
    let (expires_on, fresh_until) = engine::ends(row, &limits);
    Ok(Evidence { expires_on, fresh_until, ..row.clone() })
}

crate::walked!(id::EvidenceKind, evidence);

impl Stored for Evidence {
    type Kind = id::EvidenceKind;
    type Filter = EvidenceFilter;
    type Sort = EvidenceSort;

    async fn find(tx: &mut TenantTx, id: EvidenceId) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        if tx.own_evidence().is_some_and(|own| !own.contains(&id)) {
            return Ok(None);
        }
        Ok(on_each!(tx, |conn| {
            evidence::table.find((tenant, id)).select(Self::as_select()).first(conn).await.optional()
        })?)
    }

    async fn by_ids(tx: &mut TenantTx, ids: &[EvidenceId]) -> Result<Vec<Self>> {
        let (tenant, own) = (tx.tenant(), tx.own_evidence());
        let seen = ids.iter().copied().filter(|id| own.as_ref().is_none_or(|own| own.contains(id)));
        let seen: Vec<_> = seen.collect();
        Ok(on_each!(tx, |conn| {
            evidence::table
                .filter(evidence::tenant_id.eq(tenant))
                .filter(evidence::id.eq_any(seen))
                .select(Self::as_select())
                .load(conn)
                .await
        })?)
    }

    async fn page(
        tx: &mut TenantTx,
        filter: &EvidenceFilter,
        page: &PageRequest<EvidenceSort>,
    ) -> Result<(Vec<Self>, Option<i64>)> {
        matching_page(tx, filter, page).await
    }

    async fn insert(tx: &mut TenantTx, row: &Self) -> Result<()> {
        on_each!(tx, |conn| diesel::insert_into(evidence::table).values(row).execute(conn).await)
            .or_missing("/owner", NO_OWNER)?;
        if row.content_version > 0 {
            versions::add(tx, row).await?;
        }
        link(tx, row).await?;
        refs::note(tx, row.id, &row.external_refs).await
    }

    async fn update(tx: &mut TenantTx, row: &Self, seen: i32) -> Result<Option<Self>> {
        let updated = put(tx, row, seen).await?;
        if updated.is_some() {
            unlink(tx, row.id).await?;
            link(tx, row).await?;
            refs::replace(tx, row.id, &row.external_refs).await?;
        }
        Ok(updated)
    }

    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        let (tenant, id) = (tx.tenant(), row.id);
        held::hold_at(tx, row.id, row.version).await?;
        unlink(tx, id).await?;
        refs::clear(tx, id).await?;
        versions::forget(tx, id).await?;
        on_each!(tx, |conn| diesel::delete(evidence::table.find((tenant, id))).execute(conn).await)
            .or_in_use("something still refers to the evidence")?;
        Ok(())
    }
}

/// Writes the row alone, where it still has the version seen: for what changes no link.
pub(super) async fn put(tx: &mut TenantTx, row: &Evidence, seen: i32) -> Result<Option<Evidence>> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(evidence::table.find((tenant, row.id)).filter(evidence::version.eq(seen)))
            .set(row)
            .returning(Evidence::as_returning())
            .get_result(conn)
            .await
            .optional()
    })
    .or_missing("/owner", NO_OWNER)
}

/// The evidence that is linked to a control.
pub(super) async fn linked(tx: &mut TenantTx, control: ControlId) -> Result<Vec<Evidence>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        let linked = evidence_controls::table
            .select(evidence_controls::evidence_id)
            .filter(evidence_controls::tenant_id.eq(tenant))
            .filter(evidence_controls::control_id.eq(control));
        evidence::table
            .filter(evidence::tenant_id.eq(tenant))
            .filter(evidence::id.eq_any(linked))
            .order(evidence::id)
            .select(Evidence::as_select())
            .load(conn)
            .await
    })?)
}

/// Writes the days that lists compare, and nothing that anybody said.
pub(super) async fn redate(tx: &mut TenantTx, row: &Evidence) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(evidence::table.find((tenant, row.id)))
            .set((evidence::expires_on.eq(row.expires_on), evidence::fresh_until.eq(row.fresh_until)))
            .execute(conn)
            .await
    })?;
    Ok(())
}

/// Notes how a file compared, whatever else has changed meanwhile; none where the evidence is gone.
pub(super) async fn verified(
    tx: &mut TenantTx,
    id: EvidenceId,
    told: &Verification,
) -> Result<Option<Evidence>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        diesel::update(evidence::table.find((tenant, id)))
            .set((
                evidence::verification.eq(Some(Doc(told.clone()))),
                evidence::version.eq(evidence::version + 1),
            ))
            .returning(Evidence::as_returning())
            .get_result(conn)
            .await
            .optional()
    })?)
}

async fn link(tx: &mut TenantTx, row: &Evidence) -> Result<()> {
    let tenant = tx.tenant();
    // In one order for all writers: two that name the same controls wait for each other and do not deadlock.
    let mut ordered: Vec<_> = row.controls.iter().enumerate().collect();
    ordered.sort_by_key(|(_, control)| control.uuid());
    for (n, control) in ordered {
        on_each!(tx, |conn| {
            diesel::insert_into(evidence_controls::table)
                .values((
                    evidence_controls::tenant_id.eq(tenant),
                    evidence_controls::control_id.eq(control),
                    evidence_controls::evidence_id.eq(row.id),
                ))
                .execute(conn)
                .await
        })
        .or_missing(&format!("/controls/{n}"), NO_CONTROL)?;
    }
    let mut ordered: Vec<_> = row.risks.iter().enumerate().collect();
    ordered.sort_by_key(|(_, risk)| risk.uuid());
    for (n, risk) in ordered {
        on_each!(tx, |conn| {
            diesel::insert_into(evidence_risks::table)
                .values((
                    evidence_risks::tenant_id.eq(tenant),
                    evidence_risks::risk_id.eq(risk),
                    evidence_risks::evidence_id.eq(row.id),
                ))
                .execute(conn)
                .await
        })
        .or_missing(&format!("/risks/{n}"), NO_RISK)?;
    }
    uses::note(tx, &row.id.to_string(), &row.requirements).await?;
    for RequirementRef { framework, id } in row.requirements.iter() {
        on_each!(tx, |conn| {
            diesel::insert_into(evidence_requirements::table)
                .values((
                    evidence_requirements::tenant_id.eq(tenant),
                    evidence_requirements::requirement.eq(id),
                    evidence_requirements::framework.eq(framework),
                    evidence_requirements::evidence_id.eq(row.id),
                ))
                .execute(conn)
                .await
        })?;
    }
    Ok(())
}

async fn unlink(tx: &mut TenantTx, id: EvidenceId) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        let links = evidence_controls::table.filter(evidence_controls::tenant_id.eq(tenant));
        diesel::delete(links.filter(evidence_controls::evidence_id.eq(id))).execute(conn).await?;
        let links = evidence_risks::table.filter(evidence_risks::tenant_id.eq(tenant));
        diesel::delete(links.filter(evidence_risks::evidence_id.eq(id))).execute(conn).await?;
        let links = evidence_requirements::table.filter(evidence_requirements::tenant_id.eq(tenant));
        diesel::delete(links.filter(evidence_requirements::evidence_id.eq(id))).execute(conn).await
    })?;
    uses::clear(tx, &id.to_string()).await
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $own:expr, $filter:expr, $day:expr, $only:expr) => {{
        use super::engine::FreshnessState as State;
        let mut query = $query.filter(evidence::tenant_id.eq($tenant)).into_boxed();
        if let Some(own) = &$own {
            query = query.filter(evidence::id.eq_any(own.iter().copied()));
        }
        if let Some(kind) = $filter.kind {
            query = query.filter(evidence::kind.eq(kind));
        }
        if let Some(review) = $filter.review {
            query = query.filter(evidence::review.eq(review));
        }
        if let Some(owner) = $filter.owner {
            query = query.filter(evidence::owner_id.eq(owner));
        }
        if let Some(period) = $filter.covers {
            query =
                query.filter(evidence::covers_from.le(period.to)).filter(evidence::covers_to.ge(period.from));
        }
        // Compares as the engine does when the evidence is read.
        if let Some(state) = $filter.state {
            query = match state {
                State::Expired => query.filter(evidence::expires_on.lt($day)),
                _ => query.filter(evidence::expires_on.ge($day)),
            };
            query = match state {
                State::Expired => query,
                State::Stale => query.filter(evidence::fresh_until.lt($day)),
                State::Fresh => query
                    .filter(evidence::fresh_until.ge($day))
                    .filter(evidence::expires_on.lt(Date::MAX).or(evidence::fresh_until.lt(Date::MAX))),
                State::None => query
                    .filter(evidence::expires_on.eq(Date::MAX))
                    .filter(evidence::fresh_until.eq(Date::MAX)),
            };
        }
        if let Some(control) = $filter.control {
            let linked = evidence_controls::table
                .select(evidence_controls::evidence_id)
                .filter(evidence_controls::tenant_id.eq($tenant))
                .filter(evidence_controls::control_id.eq(control));
            query = query.filter(evidence::id.eq_any(linked));
        }
        if let Some(risk) = $filter.risk {
            let linked = evidence_risks::table
                .select(evidence_risks::evidence_id)
                .filter(evidence_risks::tenant_id.eq($tenant))
                .filter(evidence_risks::risk_id.eq(risk));
            query = query.filter(evidence::id.eq_any(linked));
        }
        if $filter.requirement.is_some() || $filter.framework.is_some() {
            let mut named = evidence_requirements::table
                .select(evidence_requirements::evidence_id)
                .filter(evidence_requirements::tenant_id.eq($tenant))
                .into_boxed();
            if let Some(requirement) = &$filter.requirement {
                named = named.filter(evidence_requirements::requirement.eq(requirement));
            }
            if let Some(framework) = &$filter.framework {
                named = named.filter(evidence_requirements::framework.eq(framework));
            }
            query = query.filter(evidence::id.eq_any(named));
        }
        if let Some(only) = $only {
            query = query.filter(evidence::id.eq::<EvidenceId>(only));
        }
        query
    }};
}

/// The page; a state is asked for a day, which the use case has filled in.
async fn matching_page(
    tx: &mut TenantTx,
    filter: &EvidenceFilter,
    page: &PageRequest<EvidenceSort>,
) -> Result<(Vec<Evidence>, Option<i64>)> {
    let (tenant, own, day) = (tx.tenant(), tx.own_evidence(), filter.as_of.unwrap_or(Date::MIN));
    let only: Option<EvidenceId> = refs::asked(tx, filter.external_ref.as_ref()).await?;
    let rows = on_each!(tx, |conn| {
        let query = matching!(evidence::table.select(Evidence::as_select()), tenant, own, filter, day, only);
        match page.sort {
            EvidenceSort::Newest => {
                keyset!(query, page, desc, evidence::created_at => Instant, evidence::id => EvidenceId)
            }
            EvidenceSort::Oldest => {
                keyset!(query, page, asc, evidence::created_at => Instant, evidence::id => EvidenceId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, matching!(evidence::table.count(), tenant, own, filter, day, only));
    Ok((rows, total))
}

/// A piece of accepted evidence of a control, and the period that it is about.
pub type Accepted = (ControlId, EvidenceId, Title, Period);

type AcceptedRow = (ControlId, EvidenceId, Title, Option<Date>, Option<Date>);

/// The accepted evidence of these controls that is about some day of this period.
///
/// # Errors
/// When the database fails.
pub async fn accepted(tx: &mut TenantTx, controls: &[ControlId], window: Period) -> Result<Vec<Accepted>> {
    let tenant = tx.tenant();
    let rows: Vec<AcceptedRow> = on_each!(tx, |conn| {
        evidence_controls::table
            .inner_join(
                evidence::table.on(evidence::tenant_id
                    .eq(evidence_controls::tenant_id)
                    .and(evidence::id.eq(evidence_controls::evidence_id))),
            )
            .filter(evidence_controls::tenant_id.eq(tenant))
            .filter(evidence_controls::control_id.eq_any(controls.iter().copied()))
            .filter(evidence::review.eq(ReviewState::Accepted))
            .filter(evidence::covers_from.le(window.to))
            .filter(evidence::covers_to.ge(window.from))
            .select((
                evidence_controls::control_id,
                evidence::id,
                evidence::title,
                evidence::covers_from,
                evidence::covers_to,
            ))
            .load(conn)
            .await
    })?;
    let piece = |(control, id, title, from, to): (_, _, _, Option<Date>, Option<Date>)| {
        Some((control, id, title, Period::new(from?, to?)?))
    };
    Ok(rows.into_iter().filter_map(piece).collect())
}

/// Links of these controls to their newest evidence, at most so many of each. Ids are in the order of their making.
pub(super) async fn newest(
    tx: &mut TenantTx,
    controls: &[ControlId],
    each: u32,
) -> Result<Vec<(ControlId, EvidenceId)>> {
    use evidence_controls as link;
    let (tenant, own) = (tx.tenant(), tx.own_evidence());
    let rows: Vec<(ControlId, EvidenceId, i64)> = on_each!(tx, |conn| {
        let mut all = link::table
            .filter(link::tenant_id.eq(tenant))
            .filter(link::control_id.eq_any(controls.iter().copied()))
            .select((link::control_id, link::evidence_id, nth(link::control_id, link::evidence_id.desc())))
            .into_boxed();
        if let Some(own) = &own {
            all = all.filter(link::evidence_id.eq_any(own.iter().copied()));
        }
        firsts(all, each).load(conn).await
    })?;
    Ok(rows.into_iter().map(|(control, evidence, _)| (control, evidence)).collect())
}
