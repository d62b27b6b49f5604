//! The keys' table.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{ApiKey, ApiKeyFilter, ApiKeySort};
use crate::{
    counted,
    kernel::{
        error::{Explain, Result},
        id::ApiKeyId,
        page::{Page, PageRequest},
        time::Instant,
    },
    keyset, on_each,
    platform::{
        db::TenantTx,
        identity::{
            members::{Member, members},
            tenants::{Tenant, tenants},
        },
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    api_keys (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        member_id -> Uid,
        name -> Text,
        secret_hash -> Text,
        scopes -> Json,
        expires_at -> Nullable<Instant>,
        last_used_at -> Nullable<Instant>,
        created_at -> Instant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(api_keys, members, tenants);

/// A key with the member and the tenant it acts for: all that authentication needs, in one statement.
///
/// # Errors
/// When the database fails.
pub async fn credential(tx: &mut TenantTx, id: ApiKeyId) -> Result<Option<(ApiKey, Member, Tenant)>> {
    let tenant = tx.tenant();
    let member = members::tenant_id.eq(api_keys::tenant_id).and(members::id.eq(api_keys::member_id));
    Ok(on_each!(tx, |conn| {
        api_keys::table
            .inner_join(members::table.on(member))
            .inner_join(tenants::table.on(tenants::id.eq(api_keys::tenant_id)))
            .filter(api_keys::tenant_id.eq(tenant).and(api_keys::id.eq(id)))
            .select((ApiKey::as_select(), Member::as_select(), Tenant::as_select()))
            .first(conn)
            .await
            .optional()
    })?)
}

/// Notes that a key was used.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &mut TenantTx, id: ApiKeyId, now: Instant) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(api_keys::table.find((tenant, id)))
            .set(api_keys::last_used_at.eq(Some(now)))
            .execute(conn)
            .await
    })?;
    Ok(())
}

pub(super) async fn insert(tx: &mut TenantTx, key: &ApiKey) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(api_keys::table).values(key).execute(conn).await)
        .or_missing("/member_id", "there is no such member")?;
    Ok(())
}

pub(super) async fn get(tx: &mut TenantTx, id: ApiKeyId) -> Result<Option<ApiKey>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        api_keys::table.find((tenant, id)).select(ApiKey::as_select()).first(conn).await.optional()
    })?)
}

/// Lets a key end; false where it is gone.
pub(super) async fn end_at(tx: &mut TenantTx, id: ApiKeyId, at: Instant) -> Result<bool> {
    let tenant = tx.tenant();
    let rows = on_each!(tx, |conn| {
        diesel::update(api_keys::table.find((tenant, id)))
            .set(api_keys::expires_at.eq(Some(at)))
            .execute(conn)
            .await
    })?;
    Ok(rows == 1)
}

/// Removes a key; false where it is gone.
pub(super) async fn delete(tx: &mut TenantTx, id: ApiKeyId) -> Result<bool> {
    let tenant = tx.tenant();
    let rows = on_each!(tx, |conn| diesel::delete(api_keys::table.find((tenant, id))).execute(conn).await)?;
    Ok(rows == 1)
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $filter:expr) => {{
        let mut query = $query.filter(api_keys::tenant_id.eq($tenant)).into_boxed();
        if let Some(member) = $filter.member {
            query = query.filter(api_keys::member_id.eq(member));
        }
        query
    }};
}

pub(super) async fn page(
    tx: &mut TenantTx,
    filter: &ApiKeyFilter,
    page: &PageRequest<ApiKeySort>,
) -> Result<Page<ApiKey>> {
    let tenant = tx.tenant();
    let rows = on_each!(tx, |conn| {
        let query = matching!(api_keys::table.select(ApiKey::as_select()), tenant, filter);
        match page.sort {
            ApiKeySort::Oldest => {
                keyset!(query, page, asc, api_keys::created_at => Instant, api_keys::id => ApiKeyId)
            }
            ApiKeySort::Newest => {
                keyset!(query, page, desc, api_keys::created_at => Instant, api_keys::id => ApiKeyId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, matching!(api_keys::table.count(), tenant, filter));
    Ok(page.page(rows, total, |key: &ApiKey| (key.created_at, key.id.to_string())))
}
