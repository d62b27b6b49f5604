//! What is said of each control in the draft of a statement.

use super::{
    entry::{Entry, EntryBatch, EntryChange, EntryFilter, EntryKey, EntryPatch, EntrySort, EntryView, Item},
    entry::{MAX_OWN, NewEntry},
    model::StatementOfApplicability,
    service::{self, framework},
    store,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::{ControlId, StatementOfApplicabilityId},
        page::{Page, PageRequest},
        patch::Expected,
    },
    platform::{
        access::{Action, Ctx},
        batch::{self, BatchResult, Done, ItemOutcome, Manner, Task},
        db::{Doc, TenantTx},
        journal::{EventType, Write},
        room::{self, Stored},
    },
    program::controls::Control,
};

/// A page of a statement's entries, as they stand today.
///
/// # Errors
/// When the caller may not read statements or there is no such one.
pub async fn list(
    ctx: &Ctx,
    id: StatementOfApplicabilityId,
    filter: &EntryFilter,
    page: &PageRequest<EntrySort>,
) -> Result<Page<EntryView>> {
    let permit = ctx.may(Action::ApplicabilityRead)?;
    let mut tx = permit.read().await?;
    let statement = room::found::<StatementOfApplicability>(&mut tx, id).await?;
    let all = service::entries(&mut tx, &statement).await?;
    // A row that the filter no longer finds still has its place among all of them.
    let start = match page.after::<String, String>()? {
        Some(last) => all.iter().position(|one| one.place() == last).map_or(all.len(), |at| at + 1),
        None => 0,
    };
    let total = page.count.then(|| all.iter().filter(|one| filter.fits(one)).count() as i64);
    let rest = all.into_iter().skip(start).filter(|one| filter.fits(one));
    let most = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
    Ok(page.page(rest.take(most).collect(), total, EntryView::place))
}

/// One entry, as it stands today.
///
/// # Errors
/// When the caller may not read statements, or there is no such statement or entry.
pub async fn get(ctx: &Ctx, id: StatementOfApplicabilityId, key: &EntryKey) -> Result<EntryView> {
    let permit = ctx.may(Action::ApplicabilityRead)?;
    let mut tx = permit.read().await?;
    let statement = room::found::<StatementOfApplicability>(&mut tx, id).await?;
    shown(&mut tx, &statement, key).await
}

/// Lists a control of the tenant's own as necessary.
///
/// # Errors
/// When the caller may not, there is no such statement or control, or it is listed already.
pub async fn add(ctx: &Ctx, id: StatementOfApplicabilityId, input: NewEntry) -> Result<EntryView> {
    let permit = ctx.may(Action::ApplicabilityUpdate)?;
    let NewEntry { control, reasons, note } = input;
    let entry = Entry { reasons: Doc(reasons), note, ..Entry::own(ctx.caller().tenant, id, control) };
    entry.validate()?;
    let mut tx = permit.write().await?;
    let statement = room::found::<StatementOfApplicability>(&mut tx, id).await?;
    if store::entry(&mut tx, id, &entry.id).await?.is_some() {
        return Err(Error::at(Code::AlreadyExists, "/control", "is listed already"));
    }
    there_is(&mut tx, control).await?;
    put(&mut tx, entry.clone(), 0, EventType::ApplicabilityEntryCreated).await?;
    let view = shown(&mut tx, &statement, &entry.id).await?;
    tx.commit(view).await
}

/// Changes what is said of a control. What changes nothing writes nothing.
///
/// # Errors
/// When the caller may not, there is no such statement or entry, it has changed since, or the values do not fit
/// together.
pub async fn update(
    ctx: &Ctx,
    id: StatementOfApplicabilityId,
    key: &EntryKey,
    expected: Expected,
    patch: EntryPatch,
) -> Result<EntryView> {
    let permit = ctx.may(Action::ApplicabilityUpdate)?;
    let mut tx = permit.write().await?;
    let statement = room::found::<StatementOfApplicability>(&mut tx, id).await?;
    let before = current(&mut tx, &statement, key).await?;
    let changed = change(&mut tx, before, expected, patch).await?.is_some();
    let view = shown(&mut tx, &statement, key).await?;
    if changed { tx.commit(view).await } else { Ok(view) }
}

/// Takes a control of the tenant's own off the list.
///
/// # Errors
/// When the caller may not, there is no such entry, it has changed since, or it is of Annex A.
pub async fn remove(
    ctx: &Ctx,
    id: StatementOfApplicabilityId,
    key: &EntryKey,
    expected: Expected,
) -> Result<()> {
    let permit = ctx.may(Action::ApplicabilityUpdate)?;
    let mut tx = permit.write().await?;
    let statement = room::found::<StatementOfApplicability>(&mut tx, id).await?;
    let entry = current(&mut tx, &statement, key).await?;
    if entry.control_id.is_none() {
        let detail = "each control of Annex A keeps its entry; exclude it, or set its decision to undecided";
        return Err(Error::new(Code::Conflict, detail));
    }
    expected.check(entry.version)?;
    store::remove_entry(&mut tx, &entry).await?;
    tx.record_deleted(EventType::ApplicabilityEntryDeleted, &entry);
    tx.commit(()).await
}

/// Says something of many controls in one transaction, in their order. What is refused is told and leaves nothing.
///
/// # Errors
/// As [`batch::run`]; when there is no such statement.
pub async fn batch(ctx: &Ctx, id: StatementOfApplicabilityId, input: EntryBatch) -> Result<BatchResult> {
    let EntryBatch { atomic, dry_run, items } = input;
    batch::bounded(&items)?;
    let permit = ctx.may(Action::ApplicabilityUpdate)?;
    let mut tx = permit.write().await?;
    let statement = room::found::<StatementOfApplicability>(&mut tx, id).await?;
    let said = items.into_iter().map(|change| Said { statement: &statement, change }).collect();
    batch::each(ctx, tx, Manner { atomic, dry_run }, said).await
}

/// What is said of one control of a statement.
struct Said<'a> {
    statement: &'a StatementOfApplicability,
    change: EntryChange,
}

impl Task for Said<'_> {
    fn places(&self) -> (&'static str, &'static str) {
        ("/patch", "/entry")
    }

    async fn perform(self, tx: &mut Write, _: &Ctx) -> Result<Done> {
        one(tx, self.statement, self.change).await
    }
}

/// A control of the tenant's own that is not listed yet is listed.
async fn one(tx: &mut Write, statement: &StatementOfApplicability, item: EntryChange) -> Result<Done> {
    let EntryChange { entry: key, version, patch } = item;
    let expected = version.map_or(Expected::Any, Expected::from);
    let is_new = match key.item(framework(statement)?) {
        Some(Item::Own(control)) if store::entry(tx, statement.id, &key).await?.is_none() => Some(control),
        _ => None,
    };
    if let Some(control) = is_new {
        let mut entry = Entry::own(tx.tenant(), statement.id, control);
        patch.apply(&mut entry);
        entry.validate()?;
        expected.check(0)?;
        Control::find(tx, control).await?.ok_or_else(|| Error::not_found(control))?;
        put(tx, entry, 0, EventType::ApplicabilityEntryCreated).await?;
        return Ok(done(ItemOutcome::Created, &key, 1));
    }
    let before = current(tx, statement, &key).await?;
    let seen = before.version;
    Ok(match change(tx, before, expected, patch).await? {
        Some(version) => done(ItemOutcome::Updated, &key, version),
        None => done(ItemOutcome::Unchanged, &key, seen),
    })
}

fn done(outcome: ItemOutcome, key: &EntryKey, version: i32) -> Done {
    Done { outcome, id: key.to_string(), version: Some(version) }
}

/// Writes what changed; answers its version, or none where nothing did.
async fn change(tx: &mut Write, before: Entry, expected: Expected, patch: EntryPatch) -> Result<Option<i32>> {
    let mut after = before.clone();
    patch.apply(&mut after);
    after.validate()?;
    let seen = before.version;
    expected.check(seen)?;
    if after == before {
        return Ok(None);
    }
    put(tx, after, seen, EventType::ApplicabilityEntryUpdated).await.map(Some)
}

async fn put(tx: &mut Write, mut entry: Entry, seen: i32, told: EventType) -> Result<i32> {
    if seen == 0 && entry.control_id.is_some() {
        let full = store::own_count(tx, entry.statement_id).await? >= MAX_OWN as i64;
        let detail = format!("a statement lists at most {MAX_OWN} controls of the tenant's own");
        if full {
            return Err(Error::new(Code::Conflict, detail));
        }
    }
    entry.version = seen + 1;
    store::write(tx, &entry, seen).await?;
    tx.record(told, &entry)?;
    Ok(entry.version)
}

/// What was said of a control, or that nothing was.
async fn current(tx: &mut TenantTx, statement: &StatementOfApplicability, key: &EntryKey) -> Result<Entry> {
    let missing = || Error::not_found(format!("entry {key}"));
    let item = key.item(framework(statement)?).ok_or_else(missing)?;
    match (store::entry(tx, statement.id, key).await?, item) {
        (Some(said), _) => Ok(said),
        (None, Item::Annex(_)) => Ok(Entry::untouched(tx.tenant(), statement.id, key.clone())),
        (None, Item::Own(_)) => Err(missing()),
    }
}

async fn shown(tx: &mut TenantTx, statement: &StatementOfApplicability, key: &EntryKey) -> Result<EntryView> {
    let all = service::entries(tx, statement).await?;
    let found = all.into_iter().find(|one| one.facts.id == *key);
    found.ok_or_else(|| Error::not_found(format!("entry {key}")))
}

async fn there_is(tx: &mut TenantTx, control: ControlId) -> Result<()> {
    let told = "is no control here; GET /v1/controls lists them";
    match Control::find(tx, control).await? {
        Some(_) => Ok(()),
        None => Err(Error::at(Code::Unprocessable, "/control", told)),
    }
}
