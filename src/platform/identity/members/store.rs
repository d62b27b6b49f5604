//! The members' table.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{Member, MemberFilter, MemberSort};
use crate::{
    counted,
    kernel::{
        error::{Explain, Result},
        id::{MemberId, MemberKind},
        page::PageRequest,
        patch,
        time::{Date, Instant},
    },
    keyset, on_each,
    platform::{
        access::Role,
        db::{TenantTx, refs},
        room::Stored,
    },
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    members (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        kind -> Text,
        name -> Text,
        email -> Nullable<Text>,
        role -> Text,
        access_ends_on -> Nullable<Date>,
        external_refs -> Json,
        version -> Integer,
        created_at -> Instant,
    }
}

const EMAIL_TAKEN: &str = "another member has this address";

macro_rules! matching {
    ($query:expr, $tenant:expr, $filter:expr, $only:expr) => {{
        let mut query = $query.filter(members::tenant_id.eq($tenant)).into_boxed();
        if let Some(role) = $filter.role {
            query = query.filter(members::role.eq(role));
        }
        if let Some(kind) = $filter.kind {
            query = query.filter(members::kind.eq(kind));
        }
        if let Some(only) = $only {
            query = query.filter(members::id.eq::<MemberId>(only));
        }
        query
    }};
}

impl Stored for Member {
    type Kind = MemberKind;
    type Filter = MemberFilter;
    type Sort = MemberSort;

    async fn insert(tx: &mut TenantTx, member: &Member) -> Result<()> {
        on_each!(tx, |conn| diesel::insert_into(members::table).values(member).execute(conn).await)
            .or_taken("/email", EMAIL_TAKEN)?;
        refs::note(tx, member.id, &member.external_refs).await
    }

    async fn find(tx: &mut TenantTx, id: MemberId) -> Result<Option<Member>> {
        let tenant = tx.tenant();
        Ok(on_each!(tx, |conn| {
            members::table.find((tenant, id)).select(Member::as_select()).first(conn).await.optional()
        })?)
    }

    async fn by_ids(tx: &mut TenantTx, ids: &[MemberId]) -> Result<Vec<Member>> {
        let tenant = tx.tenant();
        Ok(on_each!(tx, |conn| {
            members::table
                .filter(members::tenant_id.eq(tenant))
                .filter(members::id.eq_any(ids.iter().copied()))
                .select(Member::as_select())
                .load(conn)
                .await
        })?)
    }

    async fn update(tx: &mut TenantTx, member: &Member, seen: i32) -> Result<Option<Member>> {
        let tenant = tx.tenant();
        let updated = on_each!(tx, |conn| {
            diesel::update(members::table.find((tenant, member.id)).filter(members::version.eq(seen)))
                .set(member)
                .returning(Member::as_returning())
                .get_result(conn)
                .await
                .optional()
        })
        .or_taken("/email", EMAIL_TAKEN)?;
        if updated.is_none() {
            return Ok(None);
        }
        refs::replace(tx, member.id, &member.external_refs).await?;
        Ok(updated)
    }

    async fn page(
        tx: &mut TenantTx,
        filter: &MemberFilter,
        page: &PageRequest<MemberSort>,
    ) -> Result<(Vec<Member>, Option<i64>)> {
        let tenant = tx.tenant();
        let only = refs::asked(tx, filter.external_ref.as_ref()).await?;
        let rows = on_each!(tx, |conn| {
            let query = matching!(members::table.select(Member::as_select()), tenant, filter, only);
            match page.sort {
                MemberSort::Oldest => {
                    keyset!(query, page, asc, members::created_at => Instant, members::id => MemberId)
                }
                MemberSort::Newest => {
                    keyset!(query, page, desc, members::created_at => Instant, members::id => MemberId)
                }
            }
            .load(conn)
            .await
        })?;
        let total = counted!(tx, page, matching!(members::table.count(), tenant, filter, only));
        Ok((rows, total))
    }

    async fn remove(tx: &mut TenantTx, row: &Self) -> Result<()> {
        let tenant = tx.tenant();
        // Its row first, as in an update: writers that take their locks in one order cannot stand in each other's way.
        let as_read = members::table.find((tenant, row.id)).filter(members::version.eq(row.version));
        let gone = on_each!(tx, |conn| diesel::delete(as_read).execute(conn).await).or_in_use(
            "the member still owns something or has credentials; hand those over or remove them first",
        )?;
        patch::met(gone, row.version)?;
        refs::clear(tx, row.id).await
    }
}

/// How many owners have access on this day. Their rows stay locked, so that two owners who go at once see each other.
pub(super) async fn lock_owners(tx: &mut TenantTx, today: Date) -> Result<usize> {
    let tenant = tx.tenant();
    let lasting = members::access_ends_on.is_null().or(members::access_ends_on.ge(today));
    let owners = members::table
        .filter(members::tenant_id.eq(tenant).and(members::role.eq(Role::Owner)))
        .filter(lasting);
    Ok(on_each!(tx, |conn| {
        diesel::update(owners).set(members::role.eq(Role::Owner)).execute(conn).await
    })?)
}
