//! The diary's table.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{AsOf, Due, Entry, MilestoneFilter, MilestoneSort, MilestoneState, Reminders, Told};
use crate::{
    counted,
    kernel::{
        error::{Explain, Result},
        id::{MemberId, MilestoneId},
        page::{Page, PageRequest},
        time::{Date, Instant},
    },
    keyset, on_each,
    platform::db::TenantTx,
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Json, Uid};
    milestones (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        resource_kind -> Text,
        resource_id -> Text,
        code -> Text,
        cycle -> Integer,
        title -> Text,
        window_opens -> Nullable<Date>,
        due -> Date,
        done_on -> Nullable<Date>,
        assumed -> Bool,
        rule -> Json,
        inputs -> Json,
        owner_id -> Nullable<Uid>,
        planned_on -> Nullable<Date>,
        cancelled_at -> Nullable<Instant>,
        opened_told -> Nullable<Date>,
        due_told -> Nullable<Date>,
        overdue_told -> Nullable<Date>,
        remind_days -> Json,
        reminds_on -> Nullable<Date>,
        reminder_told -> Nullable<Date>,
        version -> Integer,
    }
}

/// Every row of these resources, cancelled ones too.
pub(super) async fn all_of(tx: &mut TenantTx, resources: &[String]) -> Result<Vec<Entry>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        milestones::table
            .filter(milestones::tenant_id.eq(tenant))
            .filter(milestones::resource_id.eq_any(resources))
            .select(Entry::as_select())
            .load(conn)
            .await
    })?)
}

/// The milestones of these resources, soonest first.
///
/// # Errors
/// When the database fails.
pub async fn of_resources(tx: &mut TenantTx, resources: &[String]) -> Result<Vec<Entry>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        milestones::table
            .filter(milestones::tenant_id.eq(tenant))
            .filter(milestones::resource_id.eq_any(resources))
            .filter(milestones::cancelled_at.is_null())
            .order((milestones::due, milestones::id))
            .select(Entry::as_select())
            .load(conn)
            .await
    })?)
}

pub(super) async fn insert(tx: &mut TenantTx, entry: &Entry) -> Result<()> {
    on_each!(tx, |conn| diesel::insert_into(milestones::table).values(entry).execute(conn).await)?;
    Ok(())
}

/// Puts a date in its row, and the row back in force. Reminders that stay are not written: another write may just have told
/// one.
pub(super) async fn put(
    tx: &mut TenantTx,
    id: MilestoneId,
    due: &Due,
    told: Told,
    reminders: Option<&Reminders>,
) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(milestones::table.find((tenant, id)))
            .set((due, told, reminders, milestones::cancelled_at.eq(None::<Instant>)))
            .execute(conn)
            .await
    })?;
    Ok(())
}

pub(super) async fn cancel(tx: &mut TenantTx, ids: &[MilestoneId], at: Instant) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(
            milestones::table
                .filter(milestones::tenant_id.eq(tenant))
                .filter(milestones::id.eq_any(ids.iter().copied())),
        )
        .set(milestones::cancelled_at.eq(at))
        .execute(conn)
        .await
    })?;
    Ok(())
}

/// Takes a member off cancelled rows, which nobody can see, before the member is deleted.
///
/// # Errors
/// When the database fails.
pub async fn release(tx: &mut TenantTx, owner: MemberId) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(
            milestones::table
                .filter(milestones::tenant_id.eq(tenant))
                .filter(milestones::owner_id.eq(Some(owner)))
                .filter(milestones::cancelled_at.is_not_null()),
        )
        .set(milestones::owner_id.eq(None::<MemberId>))
        .execute(conn)
        .await
    })?;
    Ok(())
}

/// One milestone in force.
///
/// # Errors
/// When the database fails.
pub async fn get(tx: &mut TenantTx, id: MilestoneId) -> Result<Option<Entry>> {
    let tenant = tx.tenant();
    Ok(on_each!(tx, |conn| {
        milestones::table
            .find((tenant, id))
            .filter(milestones::cancelled_at.is_null())
            .select(Entry::as_select())
            .first(conn)
            .await
            .optional()
    })?)
}

/// Stores what people may change, where the row is still at version `seen`.
///
/// # Errors
/// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) at `/owner` when there is no such member.
pub async fn update(tx: &mut TenantTx, entry: &Entry, seen: i32) -> Result<Option<Entry>> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(milestones::table.find((tenant, entry.id)).filter(milestones::version.eq(seen)))
            .set((
                milestones::owner_id.eq(entry.owner),
                milestones::planned_on.eq(entry.planned_on),
                milestones::version.eq(entry.version),
            ))
            .returning(Entry::as_returning())
            .get_result(conn)
            .await
            .optional()
    })
    .or_missing("/owner", "must be a member of this tenant")
}

macro_rules! matching {
    ($query:expr, $tenant:expr, $filter:expr, $as_of:expr) => {{
        let mut query = $query
            .filter(milestones::tenant_id.eq($tenant))
            .filter(milestones::cancelled_at.is_null())
            .into_boxed();
        if let Some(day) = $filter.due_before {
            query = query.filter(milestones::due.le(day));
        }
        if let Some(day) = $filter.due_after {
            query = query.filter(milestones::due.ge(day));
        }
        if let Some(owner) = $filter.owner {
            query = query.filter(milestones::owner_id.eq(Some(owner)));
        }
        if let Some(kind) = &$filter.kind {
            query = query.filter(milestones::resource_kind.eq(kind));
        }
        if let Some(resource) = &$filter.resource {
            query = query.filter(milestones::resource_id.eq(resource));
        }
        if let Some(code) = &$filter.code {
            query = query.filter(milestones::code.eq(code));
        }
        let unwanted =
            |state| !$filter.state.is_empty() && !$filter.state.contains(&state);
        let AsOf { day, past } = $as_of;
        let settled_by = $as_of.settled_by();
        // Each state that is not asked for is ruled out, so that several can be asked for without an OR around all.
        if unwanted(MilestoneState::Done) {
            // The bare IS NULL lets the index of unsettled rows answer.
            query = if past {
                query.filter(milestones::done_on.is_null().or(milestones::done_on.gt(settled_by)))
            } else {
                query.filter(milestones::done_on.is_null())
            };
            if unwanted(MilestoneState::Overdue) {
                query = query.filter(milestones::due.ge(day));
            }
            if unwanted(MilestoneState::Upcoming) && unwanted(MilestoneState::Open) {
                query = query.filter(milestones::due.lt(day));
            }
        }
        if unwanted(MilestoneState::Overdue) {
            query = query.filter(milestones::done_on.le(settled_by).or(milestones::due.ge(day)));
        }
        if unwanted(MilestoneState::Upcoming) {
            query = query.filter(
                milestones::done_on
                    .le(settled_by)
                    .or(milestones::due.lt(day))
                    .or(milestones::window_opens.is_null())
                    .or(milestones::window_opens.le(day)),
            );
        }
        if unwanted(MilestoneState::Open) {
            query = query.filter(
                milestones::done_on
                    .le(settled_by)
                    .or(milestones::due.lt(day))
                    .or(milestones::window_opens.gt(day)),
            );
        }
        query
    }};
}

/// A page of the diary.
///
/// # Errors
/// When the cursor does not fit or the database fails.
pub async fn page(
    tx: &mut TenantTx,
    filter: &MilestoneFilter,
    as_of: AsOf,
    page: &PageRequest<MilestoneSort>,
) -> Result<Page<Entry>> {
    let tenant = tx.tenant();
    let rows = on_each!(tx, |conn| {
        let query = matching!(milestones::table.select(Entry::as_select()), tenant, filter, as_of);
        match page.sort {
            MilestoneSort::Soonest => {
                keyset!(query, page, asc, milestones::due => Date, milestones::id => MilestoneId)
            }
            MilestoneSort::Latest => {
                keyset!(query, page, desc, milestones::due => Date, milestones::id => MilestoneId)
            }
        }
        .load(conn)
        .await
    })?;
    let total = counted!(tx, page, matching!(milestones::table.count(), tenant, filter, as_of));
    Ok(page.page(rows, total, |entry: &Entry| (entry.due.due, entry.id.to_string())))
}
