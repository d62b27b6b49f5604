//! What the dates of findings take from audits and certificates: read here, written by their own rooms alone.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::{
    assurance::findings::engine::{AuditKind, Basis, MAJOR_DAYS, PLAN_DAYS},
    kernel::{
        error::Result,
        id::{AuditId, CertificationId},
        time::Date,
    },
    on_each,
    platform::db::TenantTx,
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    audits (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        kind -> Text,
        certification_id -> Nullable<Uid>,
        planned_start -> Date,
        planned_end -> Date,
        ended_on -> Nullable<Date>,
        plan_days -> Nullable<Integer>,
        major_days -> Nullable<Integer>,
        status -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    certifications (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        expires_on -> Nullable<Date>,
    }
}

/// What an audit may be whose day counts.
const COUNTS: [&str; 3] = ["planned", "in_progress", "completed"];

/// The audits whose findings' dates can hang on one: itself, and those of the same certificate, or the internal ones
/// that serve none.
pub async fn line_of(
    tx: &mut TenantTx,
    audit: AuditId,
    certification: Option<CertificationId>,
) -> Result<Vec<AuditId>> {
    let tenant = tx.tenant();
    let mut all: Vec<AuditId> = on_each!(tx, |conn| {
        let line = audits::table.select(audits::id).filter(audits::tenant_id.eq(tenant)).into_boxed();
        let line = match certification {
            Some(certification) => line.filter(audits::certification_id.eq(certification)),
            None => {
                line.filter(audits::certification_id.is_null()).filter(audits::kind.eq(AuditKind::Internal))
            }
        };
        line.load(conn).await
    })?;
    if !all.contains(&audit) {
        all.push(audit);
    }
    Ok(all)
}

/// The certificates that these audits serve, each once.
///
/// # Errors
/// When the database fails.
pub async fn certifications_of(tx: &mut TenantTx, all: &[AuditId]) -> Result<Vec<CertificationId>> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        audits::table
            .filter(audits::tenant_id.eq(tenant))
            .filter(audits::id.eq_any(all.iter().copied()))
            .filter(audits::certification_id.is_not_null())
            .select(audits::certification_id.assume_not_null())
            .distinct()
            .load(conn)
            .await
    })?)
}

/// Whether there is such an audit.
pub async fn is_audit(tx: &mut TenantTx, id: AuditId) -> Result<bool> {
    let tenant = tx.tenant();
    let found: Option<AuditId> = on_each!(tx, |conn| {
        audits::table.find((tenant, id)).select(audits::id).first(conn).await.optional()
    })?;
    Ok(found.is_some())
}

type AuditRow = (AuditKind, Option<CertificationId>, Date, Option<Date>, Option<i32>, Option<i32>);

/// What a finding's dates take from its audit; none where that was cancelled or voided.
pub async fn basis(tx: &mut TenantTx, id: AuditId) -> Result<Option<Basis>> {
    let tenant = tx.tenant();
    let found: Option<AuditRow> = on_each!(tx, |conn| {
        audits::table
            .find((tenant, id))
            .filter(audits::status.eq_any(COUNTS))
            .select((
                audits::kind,
                audits::certification_id,
                audits::planned_end,
                audits::ended_on,
                audits::plan_days,
                audits::major_days,
            ))
            .first(conn)
            .await
            .optional()
    })?;
    let Some((kind, certification, planned_end, ended_on, plan_days, major_days)) = found else {
        return Ok(None);
    };
    let last_day = ended_on.unwrap_or(planned_end);
    let expires_on = match certification.filter(|_| kind == AuditKind::Recertification) {
        Some(certification) => expiry(tx, certification).await?,
        None => None,
    };
    Ok(Some(Basis {
        kind,
        last_day,
        held: ended_on.is_some(),
        plan_days: plan_days.unwrap_or(PLAN_DAYS),
        major_days: major_days.unwrap_or(MAJOR_DAYS),
        next: next(tx, kind, certification, last_day).await?,
        expires_on,
    }))
}

/// The last day of the next audit in the line: of the same certificate, or internal as well.
async fn next(
    tx: &mut TenantTx,
    kind: AuditKind,
    certification: Option<CertificationId>,
    after: Date,
) -> Result<Option<Date>> {
    let tenant = tx.tenant();
    let of_body = kind.is_certification();
    if !(kind == AuditKind::Internal || of_body && certification.is_some()) {
        return Ok(None);
    }
    let kinds = AuditKind::ALL
        .iter()
        .copied()
        .filter(move |one| if of_body { one.is_certification() } else { *one == AuditKind::Internal });
    let kinds: Vec<_> = kinds.collect();
    let found: Option<(Date, Option<Date>)> = on_each!(tx, |conn| {
        let line = audits::table
            .filter(audits::tenant_id.eq(tenant))
            .filter(audits::kind.eq_any(&kinds))
            .filter(audits::status.eq_any(COUNTS))
            .filter(audits::planned_start.gt(after))
            .select((audits::planned_end, audits::ended_on))
            .order((audits::planned_start, audits::id))
            .limit(1)
            .into_boxed();
        let line = match certification {
            Some(certification) => line.filter(audits::certification_id.eq(certification)),
            None => line.filter(audits::certification_id.is_null()),
        };
        line.first(conn).await.optional()
    })?;
    Ok(found.map(|(planned, ended)| ended.unwrap_or(planned)))
}

async fn expiry(tx: &mut TenantTx, id: CertificationId) -> Result<Option<Date>> {
    let tenant = tx.tenant();
    let found: Option<Option<Date>> = on_each!(tx, |conn| {
        certifications::table
            .find((tenant, id))
            .select(certifications::expires_on)
            .first(conn)
            .await
            .optional()
    })?;
    Ok(found.flatten())
}
