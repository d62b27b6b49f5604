//! Milestones: who may read them, and say who sees to them and when.

use super::model::MilestonePatch;
use crate::{
    kernel::{
        error::{Error, Result},
        id::MilestoneId,
        page::{Page, PageRequest},
        patch::{self, Expected},
        time::Date,
    },
    platform::{
        access::{Action, Ctx},
        diary::{self, AsOf, Milestone, MilestoneFilter, MilestoneSort},
        journal::EventType,
    },
};

/// A page of what is due, with its states on the filter's day.
///
/// # Errors
/// When the caller may not read milestones.
pub async fn list(
    ctx: &Ctx,
    filter: &MilestoneFilter,
    page: &PageRequest<MilestoneSort>,
) -> Result<Page<Milestone>> {
    let permit = ctx.may(Action::MilestoneRead)?;
    filter.validate()?;
    let as_of = AsOf::new(filter.as_of, ctx.today());
    let found = diary::page(&mut *permit.read().await?, filter, as_of, page).await?;
    let data = found.data.into_iter().map(|entry| entry.on(as_of)).collect();
    Ok(Page { data, next_cursor: found.next_cursor, total: found.total })
}

/// One milestone, with its state on a day; today unless given.
///
/// # Errors
/// When the caller may not read milestones or there is no such one.
pub async fn get(ctx: &Ctx, id: MilestoneId, as_of: Option<Date>) -> Result<Milestone> {
    let permit = ctx.may(Action::MilestoneRead)?;
    let entry = diary::get(&mut *permit.read().await?, id).await?.ok_or_else(|| Error::not_found(id))?;
    Ok(entry.on(AsOf::new(as_of, ctx.today())))
}

/// Changes who sees to a milestone and when.
///
/// # Errors
/// When the caller may not, there is no such milestone or member, or it has changed since.
pub async fn update(
    ctx: &Ctx,
    id: MilestoneId,
    expected: Expected,
    patch: MilestonePatch,
) -> Result<Milestone> {
    let permit = ctx.may(Action::MilestoneUpdate)?;
    let mut tx = permit.write().await?;
    let mut entry = diary::get(&mut tx, id).await?.ok_or_else(|| Error::not_found(id))?;
    expected.check(entry.version)?;
    patch.apply(&mut entry);
    let seen = entry.version;
    entry.version += 1;
    let entry = diary::update(&mut tx, &entry, seen).await?.ok_or_else(|| patch::stale(seen + 1))?;
    tx.record(EventType::MilestoneUpdated, &entry)?;
    tx.commit(entry.on(AsOf::new(None, ctx.today()))).await
}
