//! The register of tenants and the locators: the two tables outside tenants, without row-level security.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{Tenant, TenantSort};
use crate::{
    counted,
    kernel::{
        error::{Explain, Result},
        id::TenantId,
        page::{Page, PageRequest},
    },
    keyset, on_each,
    platform::db::{SystemTx, TenantTx},
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Uid};
    tenants (id) {
        id -> Uid,
        slug -> Text,
        name -> Text,
        time_zone -> Text,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Uid;
    locators (kind, hash) {
        kind -> Text,
        hash -> Text,
        tenant_id -> Uid,
    }
}

/// Whose tenant the hash belongs to.
pub async fn locate(tx: &mut SystemTx, kind: &str, hash: &str) -> Result<Option<TenantId>> {
    Ok(on_each!(tx, |conn| {
        locators::table.find((kind, hash)).select(locators::tenant_id).first(conn).await.optional()
    })?)
}

/// The tenants, each once, that any of these hashes belongs to.
pub async fn locate_any(tx: &mut SystemTx, kind: &str, hashes: &[String]) -> Result<Vec<TenantId>> {
    Ok(on_each!(tx, |conn| {
        locators::table
            .filter(locators::kind.eq(kind).and(locators::hash.eq_any(hashes)))
            .select(locators::tenant_id)
            .distinct()
            .load(conn)
            .await
    })?)
}

/// Lets a hash of this transaction's tenant lead nowhere.
pub async fn remove_locator(tx: &mut TenantTx, kind: &str, hash: &str) -> Result<()> {
    let tenant = tx.tenant();
    let own = locators::table.find((kind, hash)).filter(locators::tenant_id.eq(tenant));
    on_each!(tx, |conn| diesel::delete(own).execute(conn).await)?;
    Ok(())
}

/// Makes a hash lead to this transaction's tenant.
pub async fn add_locator(tx: &mut TenantTx, kind: &str, hash: &str) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::insert_into(locators::table)
            .values((locators::kind.eq(kind), locators::hash.eq(hash), locators::tenant_id.eq(tenant)))
            .execute(conn)
            .await
    })?;
    Ok(())
}

/// Makes a hash lead to this transaction's tenant, wherever it led before.
pub(super) async fn point_locator(tx: &mut TenantTx, kind: &str, hash: &str) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::insert_into(locators::table)
            .values((locators::kind.eq(kind), locators::hash.eq(hash), locators::tenant_id.eq(tenant)))
            .on_conflict((locators::kind, locators::hash))
            .do_update()
            .set(locators::tenant_id.eq(tenant))
            .execute(conn)
            .await
    })?;
    Ok(())
}

pub(super) async fn insert(tx: &mut TenantTx, tenant: &Tenant) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(tenants::table).values(tenant).execute(conn).await)
        .or_taken("/slug", "another tenant has this slug")?;
    Ok(())
}

/// Whether the transaction's tenant is in the register.
pub async fn here(tx: &mut TenantTx) -> Result<bool> {
    Ok(get(tx).await?.is_some())
}

pub(super) async fn get(tx: &mut TenantTx) -> Result<Option<Tenant>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        tenants::table.find(tenant).select(Tenant::as_select()).first(conn).await.optional()
    })?)
}

pub(super) async fn update(tx: &mut TenantTx, tenant: &Tenant, seen: i32) -> Result<Option<Tenant>> {
    Ok(on_each!(tx, |conn| {
        diesel::update(tenants::table.find(tenant.id).filter(tenants::version.eq(seen)))
            .set(tenant)
            .returning(Tenant::as_returning())
            .get_result(conn)
            .await
            .optional()
    })?)
}

pub(super) async fn find(tx: &mut SystemTx, id: TenantId) -> Result<Option<Tenant>> {
    Ok(on_each!(tx, |conn| {
        tenants::table.find(id).select(Tenant::as_select()).first(conn).await.optional()
    })?)
}

pub(super) async fn find_by_slug(tx: &mut SystemTx, slug: &str) -> Result<Option<Tenant>> {
    Ok(on_each!(tx, |conn| {
        tenants::table.filter(tenants::slug.eq(slug)).select(Tenant::as_select()).first(conn).await.optional()
    })?)
}

pub(super) async fn all(tx: &mut SystemTx) -> Result<Vec<Tenant>> {
    Ok(on_each!(tx, |conn| {
        tenants::table.order(tenants::slug).select(Tenant::as_select()).load(conn).await
    })?)
}

pub(super) async fn page(tx: &mut SystemTx, page: &PageRequest<TenantSort>) -> Result<Page<Tenant>> {
    let rows = on_each!(tx, |conn| {
        let query = tenants::table.select(Tenant::as_select()).into_boxed();
        keyset!(query, page, asc, tenants::slug => String, tenants::id => TenantId).load(conn).await
    })?;
    let total = counted!(tx, page, tenants::table.count());
    Ok(page.page(rows, total, |tenant: &Tenant| (tenant.slug.clone(), tenant.id.to_string())))
}
