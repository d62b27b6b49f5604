//! The life that most resources share, said once: listed, read, created, changed under their version, removed. A room
//! says what is its own by [`Stored`] (its queries) and [`Room`] (its rules); the use cases here do the rest in one
//! order: authorise, validate, store, record, commit.

use std::future::Future;

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    kernel::{
        error::{Error, Result},
        id::{Id, Kind},
        page::{Page, PageRequest, SortOrder},
        patch::{self, Expected},
        time::{Date, Instant},
    },
    platform::{
        access::{Action, Ctx},
        db::{TenantTx, refs::ExternalRefs},
        diary::Due,
        journal::{EventType, Recorded, Write},
    },
};

/// What a caller must be allowed to.
#[derive(Clone, Copy, Debug)]
pub struct Actions {
    /// To list and read.
    pub read: Action,
    /// To create.
    pub create: Action,
    /// To change.
    pub update: Action,
    /// To remove.
    pub delete: Action,
}

/// What the journal tells.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// It was created.
    pub created: EventType,
    /// It changed.
    pub updated: EventType,
    /// It was removed.
    pub deleted: EventType,
}

/// What every resource has, to be set.
pub struct Head<'a, K: Kind> {
    /// Its id.
    pub id: &'a mut Id<K>,
    /// Its version.
    pub version: &'a mut i32,
    /// Its birth.
    pub created_at: &'a mut Instant,
    /// Its names in other systems.
    pub external_refs: &'a mut ExternalRefs,
}

impl<K: Kind> Head<'_, K> {
    /// Takes over what stays however the rest is said anew.
    pub fn keep(self, old: Head<'_, K>) {
        (*self.id, *self.version, *self.created_at) = (*old.id, *old.version, *old.created_at);
    }
}

/// A resource's rows: the only place with its queries.
pub trait Stored: Sized + Send + Sync + 'static {
    /// The marker of its ids.
    type Kind: Kind;
    /// Which rows to list.
    type Filter: Serialize + Sync;
    /// In which order.
    type Sort: SortOrder;

    /// One row.
    fn find(tx: &mut TenantTx, id: Id<Self::Kind>) -> impl Future<Output = Result<Option<Self>>> + Send;
    /// The rows with these ids, in no order; those that do not exist are left out.
    fn by_ids(tx: &mut TenantTx, ids: &[Id<Self::Kind>]) -> impl Future<Output = Result<Vec<Self>>> + Send;
    /// The rows of a page, and how many match where that is asked for.
    fn page(
        tx: &mut TenantTx,
        filter: &Self::Filter,
        page: &PageRequest<Self::Sort>,
    ) -> impl Future<Output = Result<(Vec<Self>, Option<i64>)>> + Send;
    /// Adds the row and what hangs on it.
    fn insert(tx: &mut TenantTx, row: &Self) -> impl Future<Output = Result<()>> + Send;
    /// Writes the row where it still has the version seen; none where it has not.
    fn update(tx: &mut TenantTx, row: &Self, seen: i32) -> impl Future<Output = Result<Option<Self>>> + Send;
    /// Removes the row at its version, and what hangs on it.
    fn remove(tx: &mut TenantTx, row: &Self) -> impl Future<Output = Result<()>> + Send;
}

/// Rows that can be gone through by their ids: those of a room that knows dates. [`walked!`](crate::walked) makes it.
pub trait Walked: Stored {
    /// The next ids after this one, in order.
    fn after(
        tx: &mut TenantTx,
        last: Id<Self::Kind>,
        most: i64,
    ) -> impl Future<Output = Result<Vec<Id<Self::Kind>>>> + Send;
    /// Holds a row until the transaction ends.
    fn hold(tx: &mut TenantTx, id: Id<Self::Kind>) -> impl Future<Output = Result<()>> + Send;
}

/// Lets the rows of a table be gone through.
#[macro_export]
macro_rules! walked {
    ($row:ty, $table:ident) => {
        impl $crate::platform::room::Walked for $row {
            async fn after(
                tx: &mut $crate::platform::db::TenantTx,
                last: $crate::kernel::id::Id<Self::Kind>,
                most: i64,
            ) -> $crate::kernel::error::Result<Vec<$crate::kernel::id::Id<Self::Kind>>> {
                let tenant = tx.tenant();
                Ok($crate::on_each!(tx, |conn| {
                    $table::table
                        .filter($table::tenant_id.eq(tenant))
                        .filter($table::id.gt(last))
                        .order($table::id)
                        .limit(most)
                        .select($table::id)
                        .load(conn)
                        .await
                })?)
            }

            async fn hold(
                tx: &mut $crate::platform::db::TenantTx,
                id: $crate::kernel::id::Id<Self::Kind>,
            ) -> $crate::kernel::error::Result<()> {
                let tenant = tx.tenant();
                $crate::on_each!(tx, |conn| {
                    diesel::update($table::table.find((tenant, id)))
                        .set($table::version.eq($table::version))
                        .execute(conn)
                        .await
                })?;
                Ok(())
            }
        }
    };
}

/// A resource with the usual life.
pub trait Room: Stored + Recorded + Clone {
    /// What creates one.
    type New: Send + 'static;
    /// What changes one.
    type Patch: Send + 'static;
    /// What is shown: the resource itself, or with what is derived of it for a day.
    type View: Serialize + Send + 'static;
    /// What a caller must be allowed to.
    const ACTIONS: Actions;
    /// What the journal tells.
    const TOLD: Told;

    /// What every resource has.
    fn head(&mut self) -> Head<'_, Self::Kind>;
    /// The resource that the input describes, new.
    fn make(input: Self::New, ctx: &Ctx) -> Self;
    /// Applies a patch.
    fn apply(&mut self, patch: Self::Patch);
    /// Takes over what no description says, and so stays when the rest is said anew.
    fn keep(&mut self, _old: &Self) {}
    /// Checks what can be told without looking anything up.
    ///
    /// # Errors
    /// With every fault.
    fn check(&self, today: Date) -> Result<()>;

    /// Checks what hangs on the caller or on other rows. `before` is none when it is created, `after` when it is
    /// removed.
    fn guard(
        _tx: &mut Write,
        _ctx: &Ctx,
        _before: Option<&Self>,
        _after: Option<&Self>,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// The row with what follows from other rows, before it is written.
    fn complete(_tx: &mut Write, row: Self) -> impl Future<Output = Result<Self>> + Send {
        async { Ok(row) }
    }

    /// Its dates for the diary; none for a room that knows no dates.
    fn dues(&self) -> Option<Vec<Due>> {
        None
    }

    /// The row as the rules are now, where a release has changed them: what lists compare is stored anew, and who follows
    /// the row is stirred. The row is held.
    fn renewed(_tx: &mut Write, row: Self) -> impl Future<Output = Result<Self>> + Send {
        async { Ok(row) }
    }

    /// The day that a filter asks for.
    fn day(_filter: &Self::Filter) -> Option<Date> {
        None
    }

    /// Rows as they are shown on a day, in the same order.
    fn show(
        tx: &mut TenantTx,
        rows: Vec<Self>,
        day: Date,
    ) -> impl Future<Output = Result<Vec<Self::View>>> + Send;

    /// Where one stands in a list of this order: its sort key and id.
    fn place(sort: Self::Sort) -> impl Fn(&Self::View) -> (Value, String);
}

/// A page of a room.
///
/// # Errors
/// When the caller may not read it, or the filter names a reference that is not one.
pub async fn list<R: Room>(
    ctx: &Ctx,
    filter: &R::Filter,
    page: &PageRequest<R::Sort>,
) -> Result<Page<R::View>> {
    let permit = ctx.may(R::ACTIONS.read)?;
    let mut tx = permit.read().await?;
    let (rows, total) = R::page(&mut tx, filter, page).await?;
    let shown = R::show(&mut tx, rows, R::day(filter).unwrap_or(ctx.today())).await?;
    Ok(page.page(shown, total, R::place(page.sort)))
}

/// One resource, as it stands on a day; today unless given.
///
/// # Errors
/// When the caller may not read it or there is no such one.
pub async fn get<R: Room>(ctx: &Ctx, id: Id<R::Kind>, as_of: Option<Date>) -> Result<R::View> {
    let permit = ctx.may(R::ACTIONS.read)?;
    let mut tx = permit.read().await?;
    let row = found::<R>(&mut tx, id).await?;
    shown(&mut tx, row, as_of.unwrap_or(ctx.today())).await
}

/// The resources with these ids, in no order, as they stand today; those that do not exist are left out.
///
/// # Errors
/// When the caller may not read them.
pub async fn by_ids<R: Room>(ctx: &Ctx, ids: &[Id<R::Kind>]) -> Result<Vec<R::View>> {
    let permit = ctx.may(R::ACTIONS.read)?;
    let mut tx = permit.read().await?;
    let rows = R::by_ids(&mut tx, ids).await?;
    R::show(&mut tx, rows, ctx.today()).await
}

/// Creates a resource.
///
/// # Errors
/// When the caller may not, a value is taken, or it refers to what does not exist.
pub async fn create<R: Room>(ctx: &Ctx, input: R::New) -> Result<R::View> {
    let permit = ctx.may(R::ACTIONS.create)?;
    let row = R::make(input, ctx);
    row.check(ctx.today())?;
    let mut tx = permit.write().await?;
    let row = add(&mut tx, ctx, &row).await?;
    let view = shown(&mut tx, row, ctx.today()).await?;
    tx.commit(view).await
}

/// Changes a resource. What changes nothing writes nothing.
///
/// # Errors
/// When the caller may not, it has changed since, a value is taken, or it refers to what does not exist.
pub async fn update<R: Room>(
    ctx: &Ctx,
    id: Id<R::Kind>,
    expected: Expected,
    patch: R::Patch,
) -> Result<R::View> {
    let permit = ctx.may(R::ACTIONS.update)?;
    let mut tx = permit.write().await?;
    let before = found::<R>(&mut tx, id).await?;
    let mut after = before.clone();
    after.apply(patch);
    let changed = change(&mut tx, ctx, &before, after, expected).await?;
    let written = changed.is_some();
    let view = shown(&mut tx, changed.unwrap_or(before), ctx.today()).await?;
    if written { tx.commit(view).await } else { Ok(view) }
}

/// Removes a resource that nothing refers to.
///
/// # Errors
/// When the caller may not, something still refers to it, or it has changed since.
pub async fn delete<R: Room>(ctx: &Ctx, id: Id<R::Kind>, expected: Expected) -> Result<()> {
    let permit = ctx.may(R::ACTIONS.delete)?;
    let mut tx = permit.write().await?;
    let row = found::<R>(&mut tx, id).await?;
    remove(&mut tx, ctx, &row, expected).await?;
    tx.commit(()).await
}

/// The stored row.
///
/// # Errors
/// When there is none.
pub async fn found<R: Room>(tx: &mut TenantTx, id: Id<R::Kind>) -> Result<R> {
    R::find(tx, id).await?.ok_or_else(|| Error::not_found(id))
}

/// Adds a validated row inside a write that has been authorised; answers it complete.
///
/// # Errors
/// As [`create`].
pub async fn add<R: Room>(tx: &mut Write, ctx: &Ctx, row: &R) -> Result<R> {
    R::guard(tx, ctx, None, Some(row)).await?;
    let row = R::complete(tx, row.clone()).await?;
    R::insert(tx, &row).await?;
    expect(tx, &row).await?;
    tx.record(R::TOLD.created, &row)?;
    Ok(row)
}

/// Writes a changed row inside a write that has been authorised; none where nothing changed.
///
/// # Errors
/// As [`update`].
pub async fn change<R: Room>(
    tx: &mut Write,
    ctx: &Ctx,
    before: &R,
    mut after: R,
    expected: Expected,
) -> Result<Option<R>> {
    after.check(ctx.today())?;
    R::guard(tx, ctx, Some(before), Some(&after)).await?;
    let seen = *after.head().version;
    expected.check(seen)?;
    if same(before, &after)? {
        return Ok(None);
    }
    *after.head().version += 1;
    let after = R::complete(tx, after).await?;
    let after = R::update(tx, &after, seen).await?.ok_or_else(|| patch::stale(seen + 1))?;
    expect(tx, &after).await?;
    tx.record(R::TOLD.updated, &after)?;
    Ok(Some(after))
}

/// Removes a row inside a write that has been authorised.
///
/// # Errors
/// As [`delete`].
pub async fn remove<R: Room>(tx: &mut Write, ctx: &Ctx, row: &R, expected: Expected) -> Result<()> {
    R::guard(tx, ctx, Some(row), None).await?;
    expected.check(row.version().unwrap_or_default())?;
    R::remove(tx, row).await?;
    if row.dues().is_some() {
        tx.expect(row, &[]).await?;
    }
    tx.record_deleted(R::TOLD.deleted, row);
    Ok(())
}

/// Rows that are brought up to date in one write.
pub const AT_ONCE: i64 = 50;

/// Brings what the diary and lists hold of the next rows after this one up to date, by the rules as they are now. Answers
/// the last of them where there are more.
///
/// # Errors
/// When the database fails.
pub async fn redate<R: Room + Walked>(tx: &mut Write, last: Uuid) -> Result<Option<Uuid>> {
    let ids = R::after(tx, Id::from_uuid(last), AT_ONCE).await?;
    for id in &ids {
        R::hold(tx, *id).await?;
        if let Some(row) = R::find(tx, *id).await? {
            let row = R::renewed(tx, row).await?;
            expect(tx, &row).await?;
        }
    }
    Ok(more(&ids))
}

/// The last of these ids, where there may be more after it.
pub fn more<K: Kind>(ids: &[Id<K>]) -> Option<Uuid> {
    let full = i64::try_from(ids.len()).is_ok_and(|count| count >= AT_ONCE);
    ids.last().filter(|_| full).map(|id| id.uuid())
}

async fn expect<R: Room>(tx: &mut Write, row: &R) -> Result<()> {
    match row.dues() {
        Some(dues) => tx.expect(row, &dues).await,
        None => Ok(()),
    }
}

async fn shown<R: Room>(tx: &mut TenantTx, row: R, day: Date) -> Result<R::View> {
    let shown = R::show(tx, vec![row], day).await?;
    shown.into_iter().next().ok_or_else(|| Error::internal("a row was not shown"))
}

/// Whether two say the same.
///
/// # Errors
/// When one cannot be written as JSON.
pub fn same<T: Serialize>(one: &T, other: &T) -> Result<bool> {
    let told = |row: &T| serde_json::to_value(row).map_err(Error::internal);
    Ok(told(one)? == told(other)?)
}
