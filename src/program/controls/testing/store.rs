//! The table of control tests.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{ControlTest, ControlTestFilter, ControlTestSort};
use crate::{
    counted,
    kernel::{
        error::{Explain, Result},
        id::{ControlId, ControlTestId},
        page::{Page, PageRequest},
        patch,
        time::Date,
    },
    keyset, on_each,
    platform::db::{TenantTx, firsts, nth, refs},
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    control_tests (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        control_id -> Uid,
        kind -> Text,
        procedure -> Text,
        population -> Text,
        population_size -> Nullable<Integer>,
        sample_size -> Nullable<Integer>,
        result -> Text,
        exceptions -> Json,
        tester_id -> Nullable<Uid>,
        performed_on -> Date,
        next_due -> Nullable<Date>,
        external_refs -> Json,
        version -> Integer,
        created_at -> Instant,
    }
}

const NO_TESTER: &str = "is not a member of this tenant; GET /v1/members lists them";

pub(super) async fn insert(tx: &mut TenantTx, test: &ControlTest) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(control_tests::table).values(test).execute(conn).await)
        .or_missing("/tester", NO_TESTER)?;
    refs::note(tx, test.id, &test.external_refs).await
}

/// One test of this control.
pub(super) async fn get(
    tx: &mut TenantTx,
    control: ControlId,
    id: ControlTestId,
) -> Result<Option<ControlTest>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        control_tests::table
            .find((tenant, id))
            .filter(control_tests::control_id.eq(control))
            .select(ControlTest::as_select())
            .first(conn)
            .await
            .optional()
    })?)
}

/// The newest tests of these controls, newest first, so many of each.
pub(super) async fn newest(tx: &mut TenantTx, controls: &[ControlId], each: u32) -> Result<Vec<ControlTest>> {
    let tenant = tx.tenant();
    let rows: Vec<(ControlTest, i64)> = on_each!(tx, |conn| {
        let newest = (control_tests::performed_on.desc(), control_tests::id.desc());
        let all = control_tests::table
            .filter(control_tests::tenant_id.eq(tenant))
            .filter(control_tests::control_id.eq_any(controls.iter().copied()))
            .select((ControlTest::as_select(), nth(control_tests::control_id, newest)));
        firsts(all, each).load(conn).await
    })?;
    Ok(rows.into_iter().map(|(test, _)| test).collect())
}

/// The newest test of each kind of each of these controls, in no order.
pub(super) async fn newest_of_kinds(tx: &mut TenantTx, controls: &[ControlId]) -> Result<Vec<ControlTest>> {
    let tenant = tx.tenant();
    let rows: Vec<(ControlTest, i64)> = on_each!(tx, |conn| {
        let newest = (control_tests::performed_on.desc(), control_tests::id.desc());
        let all = control_tests::table
            .filter(control_tests::tenant_id.eq(tenant))
            .filter(control_tests::control_id.eq_any(controls.iter().copied()))
            .select((
                ControlTest::as_select(),
                nth((control_tests::control_id, control_tests::kind), newest),
            ));
        firsts(all, 1).load(conn).await
    })?;
    Ok(rows.into_iter().map(|(test, _)| test).collect())
}

pub(super) async fn update(tx: &mut TenantTx, test: &ControlTest, seen: i32) -> Result<Option<ControlTest>> {
    let tenant = tx.tenant();
    let updated = on_each!(tx, |conn| {
        diesel::update(control_tests::table.find((tenant, test.id)).filter(control_tests::version.eq(seen)))
            .set(test)
            .returning(ControlTest::as_returning())
            .get_result(conn)
            .await
            .optional()
    })
    .or_missing("/tester", NO_TESTER)?;
    if updated.is_some() {
        refs::replace(tx, test.id, &test.external_refs).await?;
    }
    Ok(updated)
}

pub(super) async fn delete(tx: &mut TenantTx, id: ControlTestId, seen: i32) -> Result<()> {
    let tenant = tx.tenant();
    let gone = on_each!(tx, |conn| {
        diesel::delete(control_tests::table.find((tenant, id)).filter(control_tests::version.eq(seen)))
            .execute(conn)
            .await
    })?;
    patch::met(gone, seen)?;
    refs::clear(tx, id).await
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $control:expr, $filter:expr, $only:expr) => {{
        let mut query = $query
            .filter(control_tests::tenant_id.eq($tenant))
            .filter(control_tests::control_id.eq($control))
            .into_boxed();
        if let Some(kind) = $filter.kind {
            query = query.filter(control_tests::kind.eq(kind));
        }
        if let Some(result) = $filter.result {
            query = query.filter(control_tests::result.eq(result));
        }
        if let Some(only) = $only {
            query = query.filter(control_tests::id.eq::<ControlTestId>(only));
        }
        query
    }};
}

pub(super) async fn page(
    tx: &mut TenantTx,
    control: ControlId,
    filter: &ControlTestFilter,
    page: &PageRequest<ControlTestSort>,
) -> Result<Page<ControlTest>> {
    let tenant = tx.tenant();
    let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
    let rows = on_each!(tx, |conn| {
        let query = control_tests::table.select(ControlTest::as_select());
        let query = matching!(query, tenant, control, filter, only);
        match page.sort {
            ControlTestSort::Newest => {
                keyset!(query, page, desc, control_tests::performed_on => Date, control_tests::id => ControlTestId)
            }
            ControlTestSort::Oldest => {
                keyset!(query, page, asc, control_tests::performed_on => Date, control_tests::id => ControlTestId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, matching!(control_tests::table.count(), tenant, control, filter, only));
    Ok(page.page(rows, total, ControlTest::place))
}
