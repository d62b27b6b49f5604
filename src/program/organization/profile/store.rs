//! The table of profiles: one row per tenant.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::Organization;
use crate::{kernel::error::Result, on_each, platform::db::TenantTx};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Json, Uid};
    organizations (tenant_id) {
        tenant_id -> Uid,
        legal_name -> Nullable<Text>,
        industry -> Nullable<Text>,
        regions -> Json,
        data_handled -> Json,
        size -> Nullable<Integer>,
        needs_public_certificate -> Nullable<Bool>,
        description -> Text,
        website -> Nullable<Text>,
        version -> Integer,
    }
}

/// The tenant's profile as it was last said; none while nothing was.
pub(super) async fn get(tx: &mut TenantTx) -> Result<Option<Organization>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        organizations::table.find(tenant).select(Organization::as_select()).first(conn).await.optional()
    })?)
}

/// Writes the profile over the version seen; false where another writer was first.
pub(super) async fn put(tx: &mut TenantTx, to: &Organization, seen: Option<i32>) -> Result<bool> {
    let tenant = tx.tenant();
    let rows = on_each!(tx, |conn| match seen {
        Some(seen) => {
            let as_read = organizations::table.find(tenant).filter(organizations::version.eq(seen));
            diesel::update(as_read).set(to).execute(conn).await
        }
        None => {
            diesel::insert_into(organizations::table).values(to).on_conflict_do_nothing().execute(conn).await
        }
    })?;
    Ok(rows == 1)
}
