//! Many changes of one kind of resource in one request (`:batch`): one transaction, and a savepoint for each item, so
//! that what is refused leaves nothing and what is accepted sees what went before it.

use std::future::Future;

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    access::Ctx,
    db::{
        Doc,
        refs::{self, ExternalRef},
    },
    journal::{Recorded, Write},
    room::{self, Room},
};
use crate::{
    kernel::{
        error::{Breach, Code, Error, Fault, Result},
        id::Id,
        patch::Expected,
        text::{ExternalId, SystemName},
    },
    text_enum,
};

/// Items of a batch at the most.
pub const MAX_ITEMS: usize = 1000;

/// The [places](Task::places) of what is created.
pub const CREATED: (&str, &str) = ("/create", "/create");
/// Of what is changed.
pub const CHANGED: (&str, &str) = ("/update/patch", "/update/id");
/// Of what is found by a reference.
pub const PUT: (&str, &str) = ("/put/resource", "/put/external_ref");
/// Of what is removed.
pub const REMOVED: (&str, &str) = ("/delete", "/delete/id");

/// One thing to do inside a write: an [`Operation`] of a room, or what a room that is none takes as an item.
pub trait Task {
    /// Where in the item the resource's facts are, and its id.
    fn places(&self) -> (&'static str, &'static str);
    /// Does it. What it refuses is undone by [`each`].
    fn perform(self, tx: &mut Write, ctx: &Ctx) -> impl Future<Output = Result<Done>>;
}

/// One thing to do.
pub enum Operation<R: Room> {
    /// Create it.
    Create(R::New),
    /// Change it, where it still has this version.
    Update(Id<R::Kind>, i32, R::Patch),
    /// Make what carries this reference be exactly this; create it where nothing does.
    Put(RefKey, R::New),
    /// Remove it, where it still has this version.
    Delete(Id<R::Kind>, i32),
}

impl<R: Room> Task for Operation<R> {
    fn places(&self) -> (&'static str, &'static str) {
        match self {
            Self::Create(_) => CREATED,
            Self::Update(..) => CHANGED,
            Self::Put(..) => PUT,
            Self::Delete(..) => REMOVED,
        }
    }

    async fn perform(self, tx: &mut Write, ctx: &Ctx) -> Result<Done> {
        match self {
            Self::Create(input) => create(tx, ctx, R::make(input, ctx)).await,
            Self::Update(id, version, patch) => {
                ctx.may(R::ACTIONS.update)?;
                let before = room::found::<R>(tx, id).await?;
                let mut after = before.clone();
                after.apply(patch);
                change(tx, ctx, before, after, version.into()).await
            }
            Self::Put(key, input) => put(tx, ctx, key, R::make(input, ctx)).await,
            Self::Delete(id, version) => {
                ctx.may(R::ACTIONS.delete)?;
                let row = room::found::<R>(tx, id).await?;
                room::remove(tx, ctx, &row, version.into()).await?;
                Ok(Done::of(ItemOutcome::Deleted, &row))
            }
        }
    }
}

/// How to do it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// All or nothing.
    pub atomic: bool,
    /// Only tell what would happen.
    pub dry_run: bool,
}

/// A resource's name in another system, to find it by.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct RefKey {
    /// The other system.
    #[schema(example = "jira")]
    pub system: SystemName,
    /// The resource's identifier there.
    #[schema(example = "SEC-142")]
    pub id: ExternalId,
}

impl RefKey {
    /// Puts it among the references of what is found by it, where it is not said there.
    pub fn note(&self, refs: &mut Vec<ExternalRef>) {
        if !refs.iter().any(|one| one.system == self.system && one.id == self.id) {
            refs.push(ExternalRef { system: self.system.clone(), id: self.id.clone(), url: None });
        }
    }
}

text_enum! {
    /// What came of an item of a batch.
    ItemOutcome {
        /// It was created.
        Created = "created",
        /// It was changed.
        Updated = "updated",
        /// It was as asked for already; nothing was written.
        Unchanged = "unchanged",
        /// It was removed.
        Deleted = "deleted",
        /// It was refused; `error` says why.
        Refused = "refused",
    }
}

/// Why an item was refused.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct ItemError {
    /// The HTTP status that a request of its own would have had.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// The stable code.
    #[schema(max_length = 64, example = "already_exists")]
    pub code: String,
    /// What happened.
    #[schema(max_length = 4000)]
    pub detail: String,
    /// Each place, told from the item, where the input is wrong.
    #[schema(max_items = 1000)]
    pub errors: Vec<Fault>,
    /// Of `rule_breached`: each rule that speaks against it, and what would be accepted instead.
    #[schema(max_items = 20)]
    pub breaches: Vec<Breach>,
}

/// What came of one item.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct ItemResult {
    /// The item's place in the batch, from 0.
    #[schema(minimum = 0, maximum = 999)]
    pub index: i32,
    /// What came of it.
    pub outcome: ItemOutcome,
    /// The resource; null where it was refused, or would be created by a dry run.
    #[schema(max_length = 64)]
    pub id: Option<String>,
    /// The resource's version after it; null where it is gone or was refused.
    #[schema(minimum = 1)]
    pub version: Option<i32>,
    /// Why it was refused; null where it was not.
    pub error: Option<ItemError>,
}

/// What came of a batch.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct BatchResult {
    /// Whether it was a dry run: nothing was written.
    pub dry_run: bool,
    /// How many items were refused.
    #[schema(minimum = 0, maximum = 1000)]
    pub refused: i32,
    /// What came of each item, in their order.
    #[schema(max_items = 1000)]
    pub items: Vec<ItemResult>,
}

/// What was done to one thing.
pub struct Done {
    /// What came of it.
    pub outcome: ItemOutcome,
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: Option<i32>,
}

impl Done {
    /// This came of the resource, as it is now.
    pub fn of<R: Recorded>(outcome: ItemOutcome, row: &R) -> Self {
        Self { outcome, id: row.resource_id(), version: row.version() }
    }
}

/// Does many things in one transaction. What is refused is told and leaves nothing; what is accepted is written
/// together, unless this is a dry run.
///
/// # Errors
/// When there are none or too many items; when the caller may not do any of it; when the batch is atomic and an item
/// was refused ([`Code::BatchRefused`], naming each); when the database fails.
pub async fn run<R: Room>(ctx: &Ctx, manner: Manner, operations: Vec<Operation<R>>) -> Result<BatchResult> {
    bounded(&operations)?;
    let permit = ctx.may(R::ACTIONS.update)?;
    let mut tx = permit.write().await?;
    R::hold_first(&mut tx, &operations).await?;
    each(ctx, tx, manner, operations).await
}

/// Refuses a batch of nothing, and one of too much.
///
/// # Errors
/// [`Code::InvalidRequest`] when there are none or too many items.
pub fn bounded<T>(items: &[T]) -> Result<()> {
    if items.is_empty() || items.len() > MAX_ITEMS {
        let detail = format!("must have 1 to {MAX_ITEMS} items");
        return Err(Error::at(Code::InvalidRequest, "/items", detail));
    }
    Ok(())
}

/// Does each of these in a write that has been authorised, and answers with what came of it; commits, unless it was only
/// asked or is refused as a whole.
///
/// # Errors
/// When the batch is atomic and an item was refused ([`Code::BatchRefused`], naming each); when the database fails.
pub async fn each<T: Task>(ctx: &Ctx, mut tx: Write, manner: Manner, tasks: Vec<T>) -> Result<BatchResult> {
    let mut items = Vec::with_capacity(tasks.len());
    for (index, task) in tasks.into_iter().enumerate() {
        let (mark, places) = (tx.mark().await?, task.places());
        let tried = task.perform(&mut tx, ctx).await;
        match &tried {
            Ok(_) => tx.keep(mark).await?,
            Err(_) => tx.undo(mark).await?,
        }
        items.push(told(index, tried.map_err(|error| placed(error, places)), manner.dry_run)?);
    }
    let refused = items.iter().filter(|item| item.error.is_some()).count();
    if manner.atomic && refused > 0 {
        return Err(all_or_nothing(&items));
    }
    let answer = BatchResult { dry_run: manner.dry_run, refused: i32::try_from(refused).unwrap_or(0), items };
    if manner.dry_run || tx.is_unchanged() { Ok(answer) } else { tx.commit(answer).await }
}

/// Every fault of every refused item, each with the item's place.
fn all_or_nothing(items: &[ItemResult]) -> Error {
    let faults =
        items.iter().filter_map(|item| Some((item.index, item.error.as_ref()?))).flat_map(|(n, error)| {
            let whole = Fault { pointer: format!("/items/{n}"), detail: error.detail.clone() };
            let within = |fault: &Fault| Fault {
                pointer: format!("/items/{n}{}", fault.pointer),
                detail: fault.detail.clone(),
            };
            match error.errors.as_slice() {
                [] => vec![whole],
                faults => faults.iter().map(within).collect(),
            }
        });
    let detail = "nothing was written: `errors` names each item that was refused";
    Error::new(Code::BatchRefused, detail).with_faults(faults.collect())
}

async fn create<R: Room>(tx: &mut Write, ctx: &Ctx, row: R) -> Result<Done> {
    ctx.may(R::ACTIONS.create)?;
    row.check(ctx.today())?;
    room::add(tx, ctx, &row).await?;
    Ok(Done::of(ItemOutcome::Created, &row))
}

async fn change<R: Room>(tx: &mut Write, ctx: &Ctx, before: R, after: R, expected: Expected) -> Result<Done> {
    Ok(match room::change(tx, ctx, &before, after, expected).await? {
        Some(row) => Done::of(ItemOutcome::Updated, &row),
        None => Done::of(ItemOutcome::Unchanged, &before),
    })
}

async fn put<R: Room>(tx: &mut Write, ctx: &Ctx, key: RefKey, mut row: R) -> Result<Done> {
    let Doc(refs) = row.head().external_refs;
    key.note(refs);
    let id = refs::carrier(tx, &key.system, &key.id).await?;
    let Some(id) = id else { return create(tx, ctx, row).await };
    ctx.may(R::ACTIONS.update)?;
    let mut before = room::found::<R>(tx, id).await?;
    row.keep(&before);
    row.head().keep(before.head());
    change(tx, ctx, before, row, Expected::Any).await
}

/// The error with its places told from the item: where its facts are, and its id.
fn placed(error: Error, (facts, id): (&str, &str)) -> Error {
    let faults: Vec<_> = match error.faults() {
        [] if error.code() == Code::NotFound => {
            vec![Fault { pointer: id.to_owned(), detail: error.detail().to_owned() }]
        }
        known => known
            .iter()
            .map(|one| Fault { pointer: format!("{facts}{}", one.pointer), detail: one.detail.clone() })
            .collect(),
    };
    error.with_faults(faults)
}

/// The item's result.
///
/// # Errors
/// What is not the item's own fault ends the batch.
fn told(index: usize, tried: Result<Done>, dry_run: bool) -> Result<ItemResult> {
    let index = i32::try_from(index).map_err(Error::internal)?;
    match tried {
        Ok(Done { outcome, id, version }) => {
            let (made, gone) = (outcome == ItemOutcome::Created, outcome == ItemOutcome::Deleted);
            let id = Some(id).filter(|_| !(dry_run && made));
            Ok(ItemResult { index, outcome, id, version: version.filter(|_| !gone), error: None })
        }
        Err(error) if error.code().status() < 500 => {
            let error = ItemError {
                status: error.code().status(),
                code: error.code().as_str().to_owned(),
                detail: error.detail().to_owned(),
                errors: error.faults().to_vec(),
                breaches: error.breaches().iter().take(20).cloned().collect(),
            };
            Ok(ItemResult {
                index,
                outcome: ItemOutcome::Refused,
                id: None,
                version: None,
                error: Some(error),
            })
        }
        Err(error) => Err(error),
    }
}

/// The inputs of a batch, in both surfaces. Those of a `Room` do themselves; of what is none they are inputs alone, and
/// their item is made a `Task`.
#[macro_export]
macro_rules! batch {
    (@many $batch:ident, $item:ident) => {
        /// Many changes at once.
        #[derive(Clone, Debug, serde::Deserialize, utoipa::ToSchema, async_graphql::InputObject)]
        #[serde(deny_unknown_fields)]
        pub struct $batch {
            /// All or nothing: where one item is refused, nothing is written and the answer is 422.
            #[serde(default)]
            #[graphql(default)]
            pub atomic: bool,
            /// Only tell what would happen.
            #[serde(default)]
            #[graphql(default)]
            pub dry_run: bool,
            /// What to do, in this order.
            #[schema(min_items = 1, max_items = 1000)]
            pub items: Vec<$item>,
        }

        impl $batch {
            /// How to do it.
            pub fn manner(&self) -> $crate::platform::batch::Manner {
                $crate::platform::batch::Manner { atomic: self.atomic, dry_run: self.dry_run }
            }
        }
    };
    (@change $change:ident, $id:ty, $patch:ty) => {
        /// A change of one of them.
        #[derive(Clone, Debug, serde::Deserialize, utoipa::ToSchema, async_graphql::InputObject)]
        #[serde(deny_unknown_fields)]
        pub struct $change {
            /// Which one.
            pub id: $id,
            /// The version that was read.
            #[schema(minimum = 1)]
            pub version: i32,
            /// A merge patch: what is absent stays, null clears.
            pub patch: $patch,
        }
    };
    (@put $put:ident, $new:ty) => {
        /// One of them, found by its name in another system, and said anew as a whole.
        #[derive(Clone, Debug, serde::Deserialize, utoipa::ToSchema, async_graphql::InputObject)]
        #[serde(deny_unknown_fields)]
        pub struct $put {
            /// The reference that it carries.
            pub external_ref: $crate::platform::batch::RefKey,
            /// All that it is: what is absent takes its default.
            pub resource: $new,
        }
    };
    (@removal $removal:ident, $id:ty) => {
        /// A removal of one of them.
        #[derive(Clone, Debug, serde::Deserialize, utoipa::ToSchema, async_graphql::InputObject)]
        #[serde(deny_unknown_fields)]
        pub struct $removal {
            /// Which one.
            pub id: $id,
            /// The version that was read.
            #[schema(minimum = 1)]
            pub version: i32,
        }
    };
    ($row:ty, $batch:ident, $item:ident { $new:ty, $change:ident($patch:ty), $put:ident, $removal:ident($id:ty) }) => {
        $crate::batch! { $batch, $item { $new, $change($id, $patch), put $put, delete $removal } }

        impl $batch {
            /// Does it.
            ///
            /// # Errors
            /// As [`run`]($crate::platform::batch::run).
            pub async fn run(
                self,
                ctx: &$crate::platform::access::Ctx,
            ) -> $crate::kernel::error::Result<$crate::platform::batch::BatchResult> {
                use $crate::platform::batch::{Operation, run};
                let operation = |item| match item {
                    $item::Create(new) => Operation::<$row>::Create(new),
                    $item::Update(one) => Operation::Update(one.id, one.version, one.patch),
                    $item::Put(one) => Operation::Put(one.external_ref, one.resource),
                    $item::Delete(one) => Operation::Delete(one.id, one.version),
                };
                let manner = self.manner();
                run(ctx, manner, self.items.into_iter().map(operation).collect()).await
            }
        }
    };
    ($batch:ident, $item:ident {
        $new:ty, $change:ident($id:ty, $patch:ty), put $put:ident, delete $removal:ident
    }) => {
        $crate::batch! { @many $batch, $item }
        $crate::batch! { @change $change, $id, $patch }
        $crate::batch! { @put $put, $new }
        $crate::batch! { @removal $removal, $id }

        /// One thing to do: exactly one of these.
        #[derive(Clone, Debug, serde::Deserialize, utoipa::ToSchema, async_graphql::OneofObject)]
        #[serde(rename_all = "snake_case")]
        pub enum $item {
            /// Create it.
            Create($new),
            /// Change it.
            Update($change),
            /// Make what carries a reference be exactly this; create it where nothing does.
            Put($put),
            /// Remove it.
            Delete($removal),
        }
    };
    ($batch:ident, $item:ident { $new:ty, $change:ident($id:ty, $patch:ty), put $put:ident }) => {
        $crate::batch! { @many $batch, $item }
        $crate::batch! { @change $change, $id, $patch }
        $crate::batch! { @put $put, $new }

        /// One thing to do: exactly one of these. It is never removed.
        #[derive(Clone, Debug, serde::Deserialize, utoipa::ToSchema, async_graphql::OneofObject)]
        #[serde(rename_all = "snake_case")]
        pub enum $item {
            /// Create it.
            Create($new),
            /// Change it.
            Update($change),
            /// Make what carries a reference be exactly this; create it where nothing does.
            Put($put),
        }
    };
}
