//! The table of a practitioner's tests.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{AttestationTest, AttestationTestFilter, AttestationTestSort};
use crate::{
    counted,
    kernel::{
        error::{Explain, Result},
        id::{AttestationId, AttestationTestId},
        page::{Page, PageRequest},
        patch,
        time::Instant,
    },
    keyset, on_each,
    platform::db::TenantTx,
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Uid};
    attestation_tests (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        attestation_id -> Uid,
        control_id -> Uid,
        criterion -> Text,
        procedure -> Text,
        result -> Text,
        exception -> Nullable<Text>,
        management_response -> Nullable<Text>,
        version -> Integer,
        created_at -> Instant,
    }
}

const NO_CONTROL: &str = "is not a control of this tenant; GET /v1/controls lists them";

pub(super) async fn insert(tx: &mut TenantTx, test: &AttestationTest) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(attestation_tests::table).values(test).execute(conn).await)
        .or_missing("/control", NO_CONTROL)?;
    Ok(())
}

pub(super) async fn get(
    tx: &mut TenantTx,
    attestation: AttestationId,
    id: AttestationTestId,
) -> Result<Option<AttestationTest>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        attestation_tests::table
            .find((tenant, id))
            .filter(attestation_tests::attestation_id.eq(attestation))
            .select(AttestationTest::as_select())
            .first(conn)
            .await
            .optional()
    })?)
}

/// All tests of an examination, in the order recorded.
///
/// # Errors
/// When the database fails.
pub async fn of_attestation(tx: &mut TenantTx, attestation: AttestationId) -> Result<Vec<AttestationTest>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        attestation_tests::table
            .filter(attestation_tests::tenant_id.eq(tenant))
            .filter(attestation_tests::attestation_id.eq(attestation))
            .order((attestation_tests::created_at, attestation_tests::id))
            .select(AttestationTest::as_select())
            .load(conn)
            .await
    })?)
}

pub(super) async fn update(
    tx: &mut TenantTx,
    test: &AttestationTest,
    seen: i32,
) -> Result<Option<AttestationTest>> {
    use attestation_tests as ats;
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        diesel::update(ats::table.find((tenant, test.id)).filter(ats::version.eq(seen)))
            .set(test)
            .returning(AttestationTest::as_returning())
            .get_result(conn)
            .await
            .optional()
    })?)
}

pub(super) async fn delete(tx: &mut TenantTx, id: AttestationTestId, seen: i32) -> Result<()> {
    use attestation_tests as ats;
    let tenant = tx.tenant();
    let gone = on_each!(tx, |conn| {
        diesel::delete(ats::table.find((tenant, id)).filter(ats::version.eq(seen))).execute(conn).await
    })?;
    patch::met(gone, seen)
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $attestation:expr, $filter:expr) => {{
        let mut query = $query
            .filter(attestation_tests::tenant_id.eq($tenant))
            .filter(attestation_tests::attestation_id.eq($attestation))
            .into_boxed();
        if let Some(control) = $filter.control {
            query = query.filter(attestation_tests::control_id.eq(control));
        }
        if let Some(criterion) = &$filter.criterion {
            query = query.filter(attestation_tests::criterion.eq(criterion));
        }
        if let Some(result) = $filter.result {
            query = query.filter(attestation_tests::result.eq(result));
        }
        query
    }};
}

pub(super) async fn page(
    tx: &mut TenantTx,
    attestation: AttestationId,
    filter: &AttestationTestFilter,
    page: &PageRequest<AttestationTestSort>,
) -> Result<Page<AttestationTest>> {
    use attestation_tests as ats;
    let tenant = tx.tenant();
    let rows = on_each!(tx, |conn| {
        let query = matching!(ats::table.select(AttestationTest::as_select()), tenant, attestation, filter);
        match page.sort {
            AttestationTestSort::Oldest => {
                keyset!(query, page, asc, ats::created_at => Instant, ats::id => AttestationTestId)
            }
            AttestationTestSort::Newest => {
                keyset!(query, page, desc, ats::created_at => Instant, ats::id => AttestationTestId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, matching!(ats::table.count(), tenant, attestation, filter));
    Ok(page.page(rows, total, AttestationTest::place))
}
