//! Which dates turned and were not told.

use diesel::{dsl::min, prelude::*};
use diesel_async::RunQueryDsl;

use super::{Turn, Turned};
use crate::{
    kernel::{error::Result, id::MilestoneId, time::Date},
    on_each,
    platform::{
        db::TenantTx,
        diary::{model::Entry, store::milestones},
        journal::Write,
    },
};

/// Turns of one kind that are claimed together.
const AT_ONCE: i64 = 500;

/// Picks the two columns of a turn: the date that counts, and the one by which it was told.
macro_rules! of_turn {
    ($turn:expr, |$date:ident, $told:ident| $body:expr) => {
        match $turn {
            Turn::Approaching => {
                let ($date, $told) = (milestones::reminds_on, milestones::reminder_told);
                $body
            }
            Turn::Opened => {
                let ($date, $told) = (milestones::window_opens, milestones::opened_told);
                $body
            }
            Turn::Due => {
                let ($date, $told) = (milestones::due.nullable(), milestones::due_told);
                $body
            }
            Turn::Overdue => {
                let ($date, $told) = (milestones::due.nullable(), milestones::overdue_told);
                $body
            }
        }
    };
}

/// What is in force, is not done, and was not told for the date that it has now.
macro_rules! untold {
    ($tenant:expr, $date:expr, $told:expr) => {
        milestones::table
            .filter(milestones::tenant_id.eq($tenant))
            .filter(milestones::cancelled_at.is_null())
            .filter(milestones::done_on.is_null())
            .filter($told.is_null().or($told.ne($date)))
    };
}

/// The earliest day up to `today` on which something turned that was not told.
///
/// # Errors
/// When the database fails.
pub async fn untold(tx: &mut TenantTx, today: Date) -> Result<Option<Date>> {
    let (tenant, mut days) = (tx.tenant(), Vec::new());
    for turn in Turn::ALL {
        let last = turn.date(today);
        let first: Option<Date> = of_turn!(turn, |date, told| {
            on_each!(tx, |conn| {
                untold!(tenant, date, told).filter(date.le(last)).select(min(date)).first(conn).await
            })?
        });
        days.extend(first.map(|date| turn.day(date)));
    }
    Ok(days.into_iter().min())
}

/// Claims what turned on a day and was not told, at most some hundreds of each kind: this write alone tells it.
///
/// # Errors
/// When the database fails.
pub async fn claim(tx: &mut Write, day: Date) -> Result<Vec<Turned>> {
    let mut turned = Vec::new();
    for turn in Turn::ALL {
        let mut entries = claim_each(tx, turn, turn.date(day)).await?;
        entries.sort_by_key(|entry| entry.id.uuid());
        if turn == Turn::Approaching {
            for entry in &entries {
                remind_next(tx, entry).await?;
            }
        }
        turned.extend(entries.into_iter().map(|entry| Turned { turn, entry }));
    }
    Ok(turned)
}

async fn claim_each(tx: &mut TenantTx, turn: Turn, on: Date) -> Result<Vec<Entry>> {
    let tenant = tx.tenant();
    Ok(of_turn!(turn, |date, told| {
        let found: Vec<MilestoneId> = on_each!(tx, |conn| {
            let rows = untold!(tenant, date, told).filter(date.eq(on)).select(milestones::id);
            rows.order(milestones::id).limit(AT_ONCE).load(conn).await
        })?;
        if found.is_empty() {
            return Ok(Vec::new());
        }
        // Asked again under the rows' locks: what another process has told meanwhile is not told twice.
        on_each!(tx, |conn| {
            let still = untold!(tenant, date, told).filter(date.eq(on));
            diesel::update(still.filter(milestones::id.eq_any(found)))
                .set(told.eq(date))
                .returning(Entry::as_returning())
                .get_results(conn)
                .await
        })?
    }))
}

/// Waits for the next day on which a milestone is reminded of, now that this one is told.
async fn remind_next(tx: &mut TenantTx, entry: &Entry) -> Result<()> {
    let (tenant, next) = (tx.tenant(), entry.reminders.next(entry.due.due));
    on_each!(tx, |conn| {
        diesel::update(milestones::table.find((tenant, entry.id)))
            .set(milestones::reminds_on.eq(next))
            .execute(conn)
            .await
    })?;
    Ok(())
}
