//! Reading the journal.

use super::model::{JournalEntry, JournalFilter, JournalSort};
use crate::{
    kernel::{
        error::Result,
        page::{Page, PageRequest},
    },
    platform::access::{Action, Ctx},
};

/// A page of the audit trail.
///
/// # Errors
/// When the caller may not read the journal, or `since` is not before `until`.
pub async fn list(
    ctx: &Ctx,
    filter: &JournalFilter,
    page: &PageRequest<JournalSort>,
) -> Result<Page<JournalEntry>> {
    let permit = ctx.may(Action::JournalRead)?;
    filter.validate()?;
    super::store::page(&mut *permit.read().await?, filter, page).await
}
