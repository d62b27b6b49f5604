//! The journal's tables.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{JournalEntry, JournalFilter, JournalSort};
use crate::{
    counted,
    kernel::{
        error::Result,
        page::{Page, PageRequest},
    },
    on_each,
    platform::db::TenantTx,
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    journal (tenant_id, seq) {
        tenant_id -> Uid,
        seq -> BigInt,
        at -> Instant,
        actor -> Text,
        credential -> Text,
        request_id -> Text,
        event -> Text,
        resource_kind -> Text,
        resource_id -> Text,
        version -> Nullable<Integer>,
        after -> Nullable<Json>,
        commitment -> Text,
        salt -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    journal_heads (tenant_id) {
        tenant_id -> Uid,
        seq -> BigInt,
    }
}

/// Takes the next `count` numbers and answers the last of them. Holds the tenant's head until the transaction
/// ends, which is what makes the numbers gapless.
pub(super) async fn advance(tx: &mut TenantTx, count: i64) -> Result<i64> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        diesel::insert_into(journal_heads::table)
            .values((journal_heads::tenant_id.eq(tenant), journal_heads::seq.eq(count)))
            .on_conflict(journal_heads::tenant_id)
            .do_update()
            .set(journal_heads::seq.eq(journal_heads::seq + count))
            .returning(journal_heads::seq)
            .get_result(conn)
            .await
    })?)
}

pub(super) async fn append(tx: &mut TenantTx, entry: &JournalEntry) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(journal::table).values(entry).execute(conn).await)?;
    Ok(())
}

/// A kind of resource is one of our words; everything else names one resource, such as `ctl_…` or `x-schedule/3.2`.
fn is_id(resource: &str) -> bool {
    resource.len() > 34 || !resource.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $filter:expr) => {{
        let mut query = $query.filter(journal::tenant_id.eq($tenant)).into_boxed();
        if let Some(resource) = &$filter.resource {
            query = if is_id(resource.as_str()) {
                query.filter(journal::resource_id.eq(resource))
            } else {
                query.filter(journal::resource_kind.eq(resource))
            };
        }
        if let Some(actor) = &$filter.actor {
            query = query.filter(journal::actor.eq(actor));
        }
        if let Some(event) = $filter.event {
            query = query.filter(journal::event.eq(event));
        }
        if let Some(since) = $filter.since {
            query = query.filter(journal::at.ge(since));
        }
        if let Some(until) = $filter.until {
            query = query.filter(journal::at.lt(until));
        }
        query
    }};
}

pub(super) async fn page(
    tx: &mut TenantTx,
    filter: &JournalFilter,
    page: &PageRequest<JournalSort>,
) -> Result<Page<JournalEntry>> {
    let tenant = tx.tenant();
    let after: Option<(i64, i64)> = page.after()?;
    let rows = on_each!(tx, |conn| {
        let query = matching!(journal::table.select(JournalEntry::as_select()), tenant, filter);
        let query = match (page.sort, after) {
            (JournalSort::Newest, Some((seq, _))) => query.filter(journal::seq.lt(seq)),
            (JournalSort::Oldest, Some((seq, _))) => query.filter(journal::seq.gt(seq)),
            (_, None) => query,
        };
        let query = match page.sort {
            JournalSort::Newest => query.order(journal::seq.desc()),
            JournalSort::Oldest => query.order(journal::seq.asc()),
        };
        query.limit(page.fetch()).load(conn).await
    })?;
    let total = counted!(tx, page, matching!(journal::table.count(), tenant, filter));
    Ok(page.page(rows, total, |entry: &JournalEntry| (entry.seq, entry.seq.to_string())))
}
