//! Records that follow each other at planned intervals, as management reviews and risk assessments do: the next one is due
//! until it is planned.

use super::{
    editions::step,
    record::{Record, RecordId},
    rules, store,
};
use crate::{
    kernel::{error::Result, patch::Expected, text::Title, time::Date},
    platform::{
        db::TenantTx,
        diary::{Due, Rule},
        journal::Write,
    },
};

/// A record that is planned, then done, and followed by the next one.
pub trait Successive: Record {
    /// The word of its status before it is done, and after.
    const STATUSES: [&'static str; 2];

    /// The day on which it was done, or for which it is planned.
    fn day(&self) -> Date;
    /// Whether it was done.
    fn is_done(&self) -> bool;
    /// The one after it.
    fn followed_by(&mut self) -> &mut Option<RecordId<Self>>;
}

/// When the next one is due: on the day that was said, or 12 months after this one; while none is planned.
pub fn next_due(
    what: (&str, &str, &Rule),
    title: &Title,
    done_on: Option<Date>,
    said: Option<Date>,
) -> Option<Due> {
    let done_on = done_on?;
    let inputs = vec![rules::input("title", title), rules::input("done_on", done_on)];
    Some(rules::review(what, said, done_on, inputs))
}

/// One that was done is followed by the first of a later day that is planned, or was done. Others may be followed by this one
/// now, and are written here.
///
/// # Errors
/// When the database fails, or one of them changes at the same moment.
pub async fn completed<R: Successive>(tx: &mut Write, mut record: R) -> Result<R> {
    // What is stored may be this very one, as it was planned.
    let others = others::<R>(tx, id(&record)).await?;
    *record.followed_by() = if record.is_done() { after(&record, &others) } else { None };
    let all: Vec<_> = others.iter().chain([&record]).cloned().collect();
    follow(tx, others, &all).await?;
    Ok(record)
}

/// When one is removed, others may be followed by another one than before.
///
/// # Errors
/// As [`completed`].
pub async fn ripple<R: Successive>(tx: &mut Write, before: Option<&R>, after_it: Option<&R>) -> Result<()> {
    let (Some(removed), None) = (before, after_it) else { return Ok(()) };
    let others = others::<R>(tx, id(removed)).await?;
    let all = others.clone();
    follow(tx, others, &all).await
}

/// Writes those that are followed by another one of these than before.
async fn follow<R: Successive>(tx: &mut Write, others: Vec<R>, all: &[R]) -> Result<()> {
    for mut one in others.into_iter().filter(Successive::is_done) {
        let next = after(&one, all);
        if *one.followed_by() != next {
            *one.followed_by() = next;
            step(tx, one, Expected::Any, R::EVENTS.updated).await?;
        }
    }
    Ok(())
}

/// All of this kind but one.
async fn others<R: Successive>(tx: &mut TenantTx, but: RecordId<R>) -> Result<Vec<R>> {
    let mut all = store::all_of::<R>(tx, &R::STATUSES).await?;
    all.retain(|one| id(one) != but);
    Ok(all)
}

/// The first of these on a later day.
fn after<R: Successive>(record: &R, all: &[R]) -> Option<RecordId<R>> {
    let later = all.iter().filter(|one| one.day() > record.day());
    later.min_by_key(|one| one.day()).map(id)
}

fn id<R: Record>(record: &R) -> RecordId<R> {
    RecordId::<R>::from_uuid(record.core().id)
}
