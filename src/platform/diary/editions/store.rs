//! The editions' table.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::EDITION;
use crate::{
    kernel::error::Result,
    on_each,
    platform::{db::TenantTx, journal::Write},
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    diary_editions (tenant_id) {
        tenant_id -> Uid,
        edition -> Integer,
    }
}

/// Whether a tenant's diary was written by an older edition than this release's: where none is noted, by the oldest.
///
/// # Errors
/// When the database fails.
pub async fn is_behind(tx: &mut TenantTx) -> Result<bool> {
    let tenant = tx.tenant();
    let edition: Option<i32> = on_each!(tx, |conn| {
        diary_editions::table.find(tenant).select(diary_editions::edition).first(conn).await.optional()
    })?;
    Ok(edition.is_none_or(|edition| edition < EDITION))
}

/// Notes that a tenant's diary is of this edition: a new one is.
///
/// # Errors
/// When the database fails.
pub async fn begin(tx: &mut TenantTx) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::insert_into(diary_editions::table)
            .values((diary_editions::tenant_id.eq(tenant), diary_editions::edition.eq(EDITION)))
            .on_conflict(diary_editions::tenant_id)
            .do_update()
            .set(diary_editions::edition.eq(EDITION))
            .execute(conn)
            .await
    })?;
    Ok(())
}

/// Lets a write bring dates up to date by this edition and journal what moves; false where the diary is of this edition
/// already, or a newer one. Of several processes one does so at a time: the row is held until the write ends.
///
/// # Errors
/// When the database fails.
pub async fn rewrite(tx: &mut Write) -> Result<bool> {
    let tenant = tx.tenant();
    let edition: i32 = on_each!(tx, |conn| {
        diesel::insert_into(diary_editions::table)
            .values((diary_editions::tenant_id.eq(tenant), diary_editions::edition.eq(0)))
            .on_conflict(diary_editions::tenant_id)
            .do_update()
            .set(diary_editions::edition.eq(diary_editions::edition))
            .returning(diary_editions::edition)
            .get_result(conn)
            .await
    })?;
    tx.tell_dates();
    Ok(edition < EDITION)
}
