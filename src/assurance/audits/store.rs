//! The tables of audits.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{
    filter::{AuditFilter, AuditSort},
    life::AuditStatus,
    model::Audit,
};
use crate::{
    catalog::{RequirementRef, uses},
    counted,
    kernel::{
        error::{Explain, Result},
        id::{AttestationId, AuditId, AuditKind, CertificationId, ControlId, MemberId},
        page::PageRequest,
        time::{Date, Instant},
    },
    keyset, links, on_each,
    platform::{
        db::{Doc, TenantTx, refs},
        diary::Noted,
        held,
        identity::engagements,
        room::Stored,
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    audits (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        kind -> Text,
        title -> Text,
        certification_id -> Nullable<Uid>,
        planned_start -> Date,
        planned_end -> Date,
        started_on -> Nullable<Date>,
        ended_on -> Nullable<Date>,
        owner_id -> Nullable<Uid>,
        team -> Json,
        auditors -> Json,
        criteria -> Text,
        scope -> Text,
        sites -> Json,
        agenda -> Json,
        controls -> Json,
        requirements -> Json,
        topics -> Json,
        plan_days -> Nullable<Integer>,
        major_days -> Nullable<Integer>,
        status -> Text,
        conclusion -> Nullable<Text>,
        summary -> Text,
        completed_at -> Nullable<Instant>,
        acknowledged -> Nullable<Json>,
        voided_at -> Nullable<Instant>,
        end_reason -> Nullable<Text>,
        external_refs -> Json,
        version -> Integer,
        created_at -> Instant,
        attestation_id -> Nullable<Uid>,
        programme_id -> Nullable<Uid>,
        programme_audit -> Nullable<Integer>,
    }
}

// Only to see whether it is there: certificates and engagements read audits, and not the other way round.
diesel::table! {
    use crate::platform::db::sql::Uid;
    certifications (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
    }
}
diesel::table! {
    use crate::platform::db::sql::Uid;
    attestations (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
    }
}

links! {
    link_controls: audit_controls(audit_id: AuditId, control_id: ControlId),
    "/controls", "is not a control of this tenant; GET /v1/controls lists them"
}
links! {
    link_members: audit_members(audit_id: AuditId, member_id: MemberId),
    "/team", "is not a member of this tenant; GET /v1/members lists them"
}

diesel::allow_tables_to_appear_in_same_query!(audits, audit_controls, audit_members);

const NO_OWNER: &str = "is not a member of this tenant; GET /v1/members lists them";
const PLANNED_TWICE: &str =
    "is another audit already; GET /v1/audits?programme=… lists those of the programme";

macro_rules! matching {
    ($query:expr, $tenant:expr, $own:expr, $filter:expr, $only:expr) => {{
        let mut query = $query.filter(audits::tenant_id.eq($tenant)).into_boxed();
        if let Some(own) = &$own {
            query = query.filter(audits::id.eq_any(own.iter().copied()));
        }
        if let Some(kind) = $filter.kind {
            query = query.filter(audits::kind.eq(kind));
        }
        if let Some(status) = $filter.status {
            query = query.filter(audits::status.eq(status));
        }
        if let Some(certification) = $filter.certification {
            query = query.filter(audits::certification_id.eq(certification));
        }
        if let Some(attestation) = $filter.attestation {
            query = query.filter(audits::attestation_id.eq(attestation));
        }
        if let Some(programme) = $filter.programme {
            query = query.filter(audits::programme_id.eq(programme));
        }
        if let Some(owner) = $filter.owner {
            query = query.filter(audits::owner_id.eq(owner));
        }
        if let Some(member) = $filter.member {
            let linked = audit_members::table
                .select(audit_members::audit_id)
                .filter(audit_members::tenant_id.eq($tenant))
                .filter(audit_members::member_id.eq(member));
            query = query.filter(audits::id.eq_any(linked));
        }
        if let Some(control) = $filter.control {
            let linked = audit_controls::table
                .select(audit_controls::audit_id)
                .filter(audit_controls::tenant_id.eq($tenant))
                .filter(audit_controls::control_id.eq(control));
            query = query.filter(audits::id.eq_any(linked));
        }
        if let Some(day) = $filter.planned_before {
            query = query.filter(audits::planned_start.le(day));
        }
        if let Some(day) = $filter.planned_after {
            query = query.filter(audits::planned_start.ge(day));
        }
        if let Some(only) = $only {
            query = query.filter(audits::id.eq::<AuditId>(only));
        }
        query
    }};
}

crate::walked!(AuditKind, audits);

impl Stored for Audit {
    type Kind = AuditKind;
    type Filter = AuditFilter;
    type Sort = AuditSort;

    async fn find(tx: &mut TenantTx, id: AuditId) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        if !tx.sees(Some(id)) {
            return Ok(None);
        }
        Ok(on_each!(tx, |conn| {
            audits::table.find((tenant, id)).select(Self::as_select()).first(conn).await.optional()
        })?)
    }

    async fn by_ids(tx: &mut TenantTx, ids: &[AuditId]) -> Result<Vec<Self>> {
        let tenant = tx.tenant();
        let seen: Vec<_> = ids.iter().copied().filter(|id| tx.sees(Some(*id))).collect();
        Ok(on_each!(tx, |conn| {
            audits::table
                .filter(audits::tenant_id.eq(tenant))
                .filter(audits::id.eq_any(seen))
                .select(Self::as_select())
                .load(conn)
                .await
        })?)
    }

    async fn page(
        tx: &mut TenantTx,
        filter: &AuditFilter,
        page: &PageRequest<AuditSort>,
    ) -> Result<(Vec<Self>, Option<i64>)> {
        let (tenant, own) = (tx.tenant(), tx.engaged());
        let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
        let rows = on_each!(tx, |conn| {
            let query = matching!(audits::table.select(Self::as_select()), tenant, own, filter, only);
            match page.sort {
                AuditSort::Latest => {
                    keyset!(query, page, desc, audits::planned_start => Date, audits::id => AuditId)
                }
                AuditSort::Earliest => {
                    keyset!(query, page, asc, audits::planned_start => Date, audits::id => AuditId)
                }
            }
            .load(conn)
            .await
        })?;
        let total = counted!(tx, page, matching!(audits::table.count(), tenant, own, filter, only));
        Ok((rows, total))
    }

    async fn insert(tx: &mut TenantTx, row: &Self) -> Result<()> {
        on_each!(tx, |conn| diesel::insert_into(audits::table).values(row).execute(conn).await)
            .or_taken("/programme_audit", PLANNED_TWICE)
            .or_missing("/owner", NO_OWNER)?;
        link(tx, row).await
    }

    async fn update(tx: &mut TenantTx, row: &Self, seen: i32) -> Result<Option<Self>> {
        let tenant = tx.tenant();
        let updated = on_each!(tx, |conn| {
            diesel::update(audits::table.find((tenant, row.id)).filter(audits::version.eq(seen)))
                .set(row)
                .returning(Self::as_returning())
                .get_result(conn)
                .await
                .optional()
        })
        .or_taken("/programme_audit", PLANNED_TWICE)
        .or_missing("/owner", NO_OWNER)?;
        if updated.is_some() {
            link(tx, row).await?;
        }
        Ok(updated)
    }

    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        let (tenant, id) = (tx.tenant(), row.id);
        held::hold_at(tx, row.id, row.version).await?;
        link_controls(tx, id, &[]).await?;
        link_members(tx, id, &[]).await?;
        uses::clear(tx, &id.to_string()).await?;
        refs::clear(tx, id).await?;
        on_each!(tx, |conn| diesel::delete(audits::table.find((tenant, id))).execute(conn).await)
            .or_in_use("the audit has findings, evidence requests or bound auditors; cancel it instead")?;
        Ok(())
    }
}

async fn link(tx: &mut TenantTx, row: &Audit) -> Result<()> {
    link_controls(tx, row.id, &row.controls).await?;
    let members: Vec<_> = row.team.iter().filter_map(|one| one.member).collect();
    link_members(tx, row.id, &members).await?;
    let bound: Vec<_> = row.auditors.iter().map(|one| (one.member, one.until)).collect();
    engagements::bind(tx, row.id, &bound).await?;
    uses::replace(tx, &row.id.to_string(), &row.requirements).await?;
    refs::replace(tx, row.id, &row.external_refs).await
}

/// Whether there is such a certificate.
pub(super) async fn is_certification(tx: &mut TenantTx, id: CertificationId) -> Result<bool> {
    let tenant = tx.tenant();
    let found: Option<CertificationId> = on_each!(tx, |conn| {
        certifications::table.find((tenant, id)).select(certifications::id).first(conn).await.optional()
    })?;
    Ok(found.is_some())
}

/// Whether there is such an engagement.
pub(super) async fn is_attestation(tx: &mut TenantTx, id: AttestationId) -> Result<bool> {
    let tenant = tx.tenant();
    let found: Option<AttestationId> = on_each!(tx, |conn| {
        attestations::table.find((tenant, id)).select(attestations::id).first(conn).await.optional()
    })?;
    Ok(found.is_some())
}

/// The last days of the internal audits that serve no certificate in particular and were recorded as completed, voided ones
/// too.
///
/// # Errors
/// When the database fails.
pub async fn internal_days(tx: &mut TenantTx) -> Result<Vec<Noted>> {
    let tenant = tx.tenant();
    let rows: Vec<(Option<Date>, Option<Instant>, Option<Instant>)> = on_each!(tx, |conn| {
        audits::table
            .filter(audits::tenant_id.eq(tenant))
            .filter(audits::kind.eq(super::AuditKind::Internal))
            .filter(audits::status.eq_any([AuditStatus::Completed, AuditStatus::Voided]))
            .filter(audits::certification_id.is_null())
            .select((audits::ended_on, audits::completed_at, audits::voided_at))
            .load(conn)
            .await
    })?;
    let noted = |(on, recorded_at, voided_at)| Some(Noted { on: on?, recorded_at: recorded_at?, voided_at });
    Ok(rows.into_iter().filter_map(noted).collect())
}

/// Those of these audits that look at the management system: neither at a supplier nor for a SOC 2 report.
///
/// # Errors
/// When the database fails.
pub async fn of_the_system(tx: &mut TenantTx, ids: &[AuditId]) -> Result<Vec<AuditId>> {
    use super::AuditKind::{Soc2Fieldwork, Supplier};
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        audits::table
            .filter(audits::tenant_id.eq(tenant))
            .filter(audits::id.eq_any(ids.iter().copied()))
            .filter(audits::kind.ne_all([Soc2Fieldwork, Supplier]))
            .select(audits::id)
            .load(conn)
            .await
    })?)
}

/// Completed internal audits that are read at the most.
const MAX_INTERNAL: i64 = 500;

/// A completed audit: its last day, and the requirements that it sampled.
pub type Held = (AuditId, Date, Doc<Vec<RequirementRef>>);

/// The internal audits that were completed, the last one first.
///
/// # Errors
/// When the database fails.
pub async fn completed_internal(tx: &mut TenantTx) -> Result<Vec<Held>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        audits::table
            .filter(audits::tenant_id.eq(tenant))
            .filter(audits::kind.eq(super::AuditKind::Internal))
            .filter(audits::status.eq(AuditStatus::Completed))
            .filter(audits::ended_on.is_not_null())
            .order((audits::ended_on.desc(), audits::id))
            .limit(MAX_INTERNAL)
            .select((audits::id, audits::ended_on.assume_not_null(), audits::requirements))
            .load(conn)
            .await
    })?)
}

/// The audits of these certificates that were completed, voided ones too.
pub(super) async fn completed_of(tx: &mut TenantTx, ids: &[CertificationId]) -> Result<Vec<Audit>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        audits::table
            .filter(audits::tenant_id.eq(tenant))
            .filter(audits::certification_id.eq_any(ids.iter().copied()))
            .filter(audits::status.eq_any([AuditStatus::Completed, AuditStatus::Voided]))
            .select(Audit::as_select())
            .load(conn)
            .await
    })?)
}

/// The fieldwork of these engagements that was completed, voided too.
pub(super) async fn fieldwork_of(tx: &mut TenantTx, ids: &[AttestationId]) -> Result<Vec<Audit>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        audits::table
            .filter(audits::tenant_id.eq(tenant))
            .filter(audits::attestation_id.eq_any(ids.iter().copied()))
            .filter(audits::status.eq_any([AuditStatus::Completed, AuditStatus::Voided]))
            .select(Audit::as_select())
            .load(conn)
            .await
    })?)
}

/// The audits that serve an engagement, each with when it was voided.
pub(super) async fn serving(
    tx: &mut TenantTx,
    attestation: AttestationId,
) -> Result<Vec<(AuditId, Option<Instant>)>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        audits::table
            .filter(audits::tenant_id.eq(tenant))
            .filter(audits::attestation_id.eq(attestation))
            .select((audits::id, audits::voided_at))
            .load(conn)
            .await
    })?)
}
