//! The table of invitations.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{Invitation, InvitationFilter, InvitationSort};
use crate::{
    counted,
    kernel::{
        error::Result,
        id::{InvitationId, MemberId},
        page::PageRequest,
        time::Instant,
    },
    keyset, on_each,
    platform::{
        db::TenantTx,
        identity::members::{Email, Member, members},
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Uid};
    invitations (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        email -> Text,
        name -> Text,
        role -> Text,
        access_ends_on -> Nullable<Date>,
        secret_hash -> Text,
        expires_at -> Instant,
        accepted_at -> Nullable<Instant>,
        accepted_by -> Nullable<Uid>,
        revoked_at -> Nullable<Instant>,
        created_at -> Instant,
    }
}

pub(super) async fn insert(tx: &mut TenantTx, invitation: &Invitation) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(invitations::table).values(invitation).execute(conn).await)?;
    Ok(())
}

pub(super) async fn get(tx: &mut TenantTx, id: InvitationId) -> Result<Option<Invitation>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        invitations::table.find((tenant, id)).select(Invitation::as_select()).first(conn).await.optional()
    })?)
}

/// The member that has an address, exactly as written.
pub(super) async fn holder(tx: &mut TenantTx, email: &Email) -> Result<Option<Member>> {
    let tenant = tx.tenant();
    let theirs = members::tenant_id.eq(tenant).and(members::email.eq(email));
    Ok(on_each!(tx, |conn| {
        members::table.filter(theirs).select(Member::as_select()).first(conn).await.optional()
    })?)
}

/// Takes an open invitation back; false where it is no longer open.
pub(super) async fn revoke(tx: &mut TenantTx, id: InvitationId, now: Instant) -> Result<bool> {
    let tenant = tx.tenant();
    let open = invitations::accepted_at.is_null().and(invitations::revoked_at.is_null());
    let rows = on_each!(tx, |conn| {
        diesel::update(invitations::table.find((tenant, id)).filter(open))
            .set(invitations::revoked_at.eq(Some(now)))
            .execute(conn)
            .await
    })?;
    Ok(rows == 1)
}

/// Notes who accepted an open invitation; false where it is no longer open.
pub(super) async fn accept(tx: &mut TenantTx, id: InvitationId, by: MemberId, now: Instant) -> Result<bool> {
    let tenant = tx.tenant();
    let open = invitations::accepted_at.is_null().and(invitations::revoked_at.is_null());
    let rows = on_each!(tx, |conn| {
        diesel::update(invitations::table.find((tenant, id)).filter(open))
            .set((invitations::accepted_at.eq(Some(now)), invitations::accepted_by.eq(Some(by))))
            .execute(conn)
            .await
    })?;
    Ok(rows == 1)
}

/// Forgets what a member accepted, before it is deleted.
///
/// # Errors
/// When the database fails.
pub async fn forget_member(tx: &mut TenantTx, member: MemberId) -> Result<()> {
    let tenant = tx.tenant();
    let theirs = invitations::tenant_id.eq(tenant).and(invitations::accepted_by.eq(member));
    on_each!(tx, |conn| {
        diesel::update(invitations::table.filter(theirs))
            .set(invitations::accepted_by.eq(None::<MemberId>))
            .execute(conn)
            .await
    })?;
    Ok(())
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $filter:expr) => {{
        let mut query = $query.filter(invitations::tenant_id.eq($tenant)).into_boxed();
        if let Some(email) = &$filter.email {
            query = query.filter(invitations::email.eq(email));
        }
        query
    }};
}

pub(super) async fn page(
    tx: &mut TenantTx,
    filter: &InvitationFilter,
    page: &PageRequest<InvitationSort>,
) -> Result<(Vec<Invitation>, Option<i64>)> {
    use invitations as inv;
    let tenant = tx.tenant();
    let rows = on_each!(tx, |conn| {
        let query = matching!(inv::table.select(Invitation::as_select()), tenant, filter);
        match page.sort {
            InvitationSort::Oldest => {
                keyset!(query, page, asc, inv::created_at => Instant, inv::id => InvitationId)
            }
            InvitationSort::Newest => {
                keyset!(query, page, desc, inv::created_at => Instant, inv::id => InvitationId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, matching!(inv::table.count(), tenant, filter));
    Ok((rows, total))
}
