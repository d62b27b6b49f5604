//! The OAuth clients' table.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{OauthClient, OauthClientFilter, OauthClientSort};
use crate::{
    counted,
    kernel::{
        error::{Explain, Result},
        id::OauthClientId,
        page::{Page, PageRequest},
        time::Instant,
    },
    keyset, on_each,
    platform::{
        db::{TenantTx, refs},
        identity::{
            members::{Member, members},
            tenants::{Tenant, tenants},
        },
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    oauth_clients (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        member_id -> Uid,
        name -> Text,
        secret_hash -> Text,
        previous_secret_hash -> Nullable<Text>,
        previous_secret_ends_at -> Nullable<Instant>,
        scopes -> Json,
        expires_at -> Nullable<Instant>,
        last_used_at -> Nullable<Instant>,
        external_refs -> Json,
        created_at -> Instant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(oauth_clients, members);
diesel::allow_tables_to_appear_in_same_query!(oauth_clients, tenants);

/// A client with the member and the tenant it acts for: all that authentication needs, in one statement.
///
/// # Errors
/// When the database fails.
pub async fn credential(
    tx: &mut TenantTx,
    id: OauthClientId,
) -> Result<Option<(OauthClient, Member, Tenant)>> {
    let tenant = tx.tenant();
    let member =
        members::tenant_id.eq(oauth_clients::tenant_id).and(members::id.eq(oauth_clients::member_id));
    Ok(on_each!(tx, |conn| {
        oauth_clients::table
            .inner_join(members::table.on(member))
            .inner_join(tenants::table.on(tenants::id.eq(oauth_clients::tenant_id)))
            .filter(oauth_clients::tenant_id.eq(tenant).and(oauth_clients::id.eq(id)))
            .select((OauthClient::as_select(), Member::as_select(), Tenant::as_select()))
            .first(conn)
            .await
            .optional()
    })?)
}

/// Notes that a client was used.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &mut TenantTx, id: OauthClientId, now: Instant) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(oauth_clients::table.find((tenant, id)))
            .set(oauth_clients::last_used_at.eq(Some(now)))
            .execute(conn)
            .await
    })?;
    Ok(())
}

pub(super) async fn insert(tx: &mut TenantTx, client: &OauthClient) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(oauth_clients::table).values(client).execute(conn).await)
        .or_missing("/member_id", "there is no such member")?;
    refs::note(tx, client.id, &client.external_refs).await
}

pub(super) async fn get(tx: &mut TenantTx, id: OauthClientId) -> Result<Option<OauthClient>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        oauth_clients::table.find((tenant, id)).select(OauthClient::as_select()).first(conn).await.optional()
    })?)
}

/// Stores a client's secrets; false where it is gone, or another rotation was first.
pub(super) async fn set_secrets(tx: &mut TenantTx, client: &OauthClient, seen: &str) -> Result<bool> {
    let tenant = tx.tenant();
    let as_seen = oauth_clients::table.find((tenant, client.id)).filter(oauth_clients::secret_hash.eq(seen));
    let rows = on_each!(tx, |conn| {
        diesel::update(as_seen)
            .set((
                oauth_clients::secret_hash.eq(&client.secret_hash),
                oauth_clients::previous_secret_hash.eq(&client.previous_secret_hash),
                oauth_clients::previous_secret_ends_at.eq(client.previous_secret_ends_at),
            ))
            .execute(conn)
            .await
    })?;
    Ok(rows == 1)
}

/// Removes a client; false where it is gone.
pub(super) async fn delete(tx: &mut TenantTx, id: OauthClientId) -> Result<bool> {
    let tenant = tx.tenant();
    let rows =
        on_each!(tx, |conn| diesel::delete(oauth_clients::table.find((tenant, id))).execute(conn).await)?;
    refs::clear(tx, id).await?;
    Ok(rows == 1)
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $filter:expr, $only:expr) => {{
        let mut query = $query.filter(oauth_clients::tenant_id.eq($tenant)).into_boxed();
        if let Some(member) = $filter.member {
            query = query.filter(oauth_clients::member_id.eq(member));
        }
        if let Some(only) = $only {
            query = query.filter(oauth_clients::id.eq::<OauthClientId>(only));
        }
        query
    }};
}

pub(super) async fn page(
    tx: &mut TenantTx,
    filter: &OauthClientFilter,
    page: &PageRequest<OauthClientSort>,
) -> Result<Page<OauthClient>> {
    let tenant = tx.tenant();
    let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
    let rows = on_each!(tx, |conn| {
        let query = matching!(oauth_clients::table.select(OauthClient::as_select()), tenant, filter, only);
        match page.sort {
            OauthClientSort::Oldest => {
                keyset!(query, page, asc, oauth_clients::created_at => Instant, oauth_clients::id => OauthClientId)
            }
            OauthClientSort::Newest => {
                keyset!(query, page, desc, oauth_clients::created_at => Instant, oauth_clients::id => OauthClientId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, matching!(oauth_clients::table.count(), tenant, filter, only));
    Ok(page.page(rows, total, |client: &OauthClient| (client.created_at, client.id.to_string())))
}
