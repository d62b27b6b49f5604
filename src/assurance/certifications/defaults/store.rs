//! The table of default settings: one row per tenant.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::Defaults;
use crate::{kernel::error::Result, on_each, platform::db::TenantTx};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Json, Uid};
    certification_settings (tenant_id) {
        tenant_id -> Uid,
        settings -> Json,
        version -> Integer,
    }
}

/// The tenant's default settings: its own, or those that every tenant starts with.
pub(in crate::assurance::certifications) async fn get(tx: &mut TenantTx) -> Result<Defaults> {
    let tenant = tx.tenant();
    let own = on_each!(tx, |conn| {
        certification_settings::table.find(tenant).select(Defaults::as_select()).first(conn).await.optional()
    })?;
    Ok(own.unwrap_or_else(|| Defaults::first(tenant)))
}

/// The tenant's default settings, held until the transaction ends: a certificate that takes them and a change of them wait
/// for each other. The row is made where there is none yet, so that there is something to hold.
pub(in crate::assurance::certifications) async fn hold(tx: &mut TenantTx) -> Result<Defaults> {
    let first = Defaults::first(tx.tenant());
    Ok(on_each!(tx, |conn| {
        diesel::insert_into(certification_settings::table)
            .values(&first)
            .on_conflict(certification_settings::tenant_id)
            .do_update()
            .set(certification_settings::version.eq(certification_settings::version))
            .returning(Defaults::as_returning())
            .get_result(conn)
            .await
    })?)
}

/// Stores the settings, whose row is held.
pub(super) async fn update(tx: &mut TenantTx, to: &Defaults) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(certification_settings::table.find(tenant))
            .set((
                certification_settings::settings.eq(&to.settings),
                certification_settings::version.eq(to.version),
            ))
            .execute(conn)
            .await
    })?;
    Ok(())
}
