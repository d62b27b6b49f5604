//! The table of releases.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{AttestationRelease, AttestationReleaseFilter, AttestationReleaseSort};
use crate::{
    assurance::attestations::Why,
    counted,
    kernel::{
        error::Result,
        id::{AttestationId, AttestationReleaseId},
        page::{Page, PageRequest},
        time::{Date, Instant},
    },
    keyset, on_each,
    platform::db::TenantTx,
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Uid};
    attestation_releases (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        attestation_id -> Uid,
        recipient -> Text,
        agreement -> Text,
        released_on -> Date,
        released_by -> Uid,
        created_at -> Instant,
        voided_at -> Nullable<Instant>,
        void_reason -> Nullable<Text>,
        version -> Integer,
    }
}

pub(super) async fn insert(tx: &mut TenantTx, release: &AttestationRelease) -> Result<()> {
    on_each!(tx, |conn| {
        diesel::insert_into(attestation_releases::table).values(release).execute(conn).await
    })?;
    Ok(())
}

/// Stores that a line does not stand, where it is still at version 1; whether it was.
pub(super) async fn void(
    tx: &mut TenantTx,
    id: AttestationReleaseId,
    at: Instant,
    reason: &Why,
) -> Result<bool> {
    use attestation_releases as rel;
    let tenant = tx.tenant();
    let met = on_each!(tx, |conn| {
        diesel::update(rel::table.find((tenant, id)).filter(rel::version.eq(1)))
            .set((rel::voided_at.eq(Some(at)), rel::void_reason.eq(Some(reason)), rel::version.eq(2)))
            .execute(conn)
            .await
    })?;
    Ok(met > 0)
}

pub(super) async fn get(
    tx: &mut TenantTx,
    attestation: AttestationId,
    id: AttestationReleaseId,
) -> Result<Option<AttestationRelease>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        attestation_releases::table
            .find((tenant, id))
            .filter(attestation_releases::attestation_id.eq(attestation))
            .select(AttestationRelease::as_select())
            .first(conn)
            .await
            .optional()
    })?)
}

/// How many releases of a report stand.
///
/// # Errors
/// When the database fails.
pub async fn standing(tx: &mut TenantTx, attestation: AttestationId) -> Result<i64> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        attestation_releases::table
            .filter(attestation_releases::tenant_id.eq(tenant))
            .filter(attestation_releases::attestation_id.eq(attestation))
            .filter(attestation_releases::voided_at.is_null())
            .count()
            .get_result(conn)
            .await
    })?)
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $attestation:expr, $filter:expr) => {{
        let mut query = $query
            .filter(attestation_releases::tenant_id.eq($tenant))
            .filter(attestation_releases::attestation_id.eq($attestation))
            .into_boxed();
        if let Some(recipient) = &$filter.recipient {
            query = query.filter(attestation_releases::recipient.eq(recipient));
        }
        query
    }};
}

pub(super) async fn page(
    tx: &mut TenantTx,
    attestation: AttestationId,
    filter: &AttestationReleaseFilter,
    page: &PageRequest<AttestationReleaseSort>,
) -> Result<Page<AttestationRelease>> {
    use attestation_releases as rel;
    let tenant = tx.tenant();
    let rows = on_each!(tx, |conn| {
        let query =
            matching!(rel::table.select(AttestationRelease::as_select()), tenant, attestation, filter);
        match page.sort {
            AttestationReleaseSort::Newest => {
                keyset!(query, page, desc, rel::released_on => Date, rel::id => AttestationReleaseId)
            }
            AttestationReleaseSort::Oldest => {
                keyset!(query, page, asc, rel::released_on => Date, rel::id => AttestationReleaseId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, matching!(rel::table.count(), tenant, attestation, filter));
    Ok(page.page(rows, total, AttestationRelease::place))
}
