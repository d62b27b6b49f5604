//! Loading what fields refer to: one statement per relation and level, in every run.

use std::{
    collections::{HashMap, HashSet},
    future::poll_fn,
    hash::Hash,
    pin::pin,
    task::Poll,
    time::Duration,
};

use async_graphql::{
    Context, Executor, Request, Response,
    async_trait::async_trait,
    dataloader::{DataLoader, Loader},
};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::mpsc::unbounded_channel;

use super::{Failure, Result};
use crate::{
    kernel::{error::Error, page},
    platform::access::Ctx,
};

/// What a field refers to, asked for together with what its siblings refer to; none where the row is gone. A room
/// lets [`Ctx`] load its ids in one statement (`impl Loader<ControlId> for Ctx`).
///
/// # Errors
/// The loading use case's own.
pub async fn related<K>(ctx: &Context<'_>, key: K) -> Result<Option<<Ctx as Loader<K>>::Value>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Ctx: Loader<K, Error = Failure>,
{
    loader(ctx)?.load_one(key).await
}

/// The first of what a field refers to many times, in the order of its references: as many as a page has, unless `first`
/// says how many. Rows that are gone or not for this caller are left out, and others read in their place.
///
/// # Errors
/// For a number out of bounds, and as [`related`].
pub async fn first_related<K>(
    ctx: &Context<'_>,
    keys: &[K],
    first: Option<u32>,
) -> Result<Vec<<Ctx as Loader<K>>::Value>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Ctx: Loader<K, Error = Failure>,
{
    let most = page::limit("first", first)? as usize;
    let (loader, mut rows) = (loader(ctx)?, Vec::new());
    let (head, rest) = keys.split_at(most.min(keys.len()));
    for some in [head, rest] {
        if rows.len() >= most || some.is_empty() {
            break;
        }
        let mut found = loader.load_many(some.iter().cloned()).await?;
        rows.extend(some.iter().filter_map(|key| found.remove(key)));
    }
    rows.truncate(most);
    Ok(rows)
}

/// Names a row for the list that hangs on it, as the tests of a control do: what [`first_below`] asks for.
pub trait Above: Copy + Eq + Hash + Send + Sync + 'static {
    /// What hangs on it.
    type Row: Clone + Send + Sync + 'static;

    /// The first rows below each of these, so many at the most and in their order, with what each hangs on.
    fn below(
        ctx: &Ctx,
        of: &[Self],
        each: u32,
    ) -> impl Future<Output = Result<Vec<(Self, Self::Row)>>> + Send;
}

/// The first rows of the list that hangs on a row: as many as a page has, unless `first` says how many. No more are read
/// than the field of this name shows in any of its siblings.
///
/// # Errors
/// For a number out of bounds, and the loading use case's own.
pub async fn first_below<A: Above>(ctx: &Context<'_>, of: A, first: Option<u32>) -> Result<Vec<A::Row>> {
    let most = page::limit("first", first)?;
    Ok(related(ctx, Below { of, most }).await?.unwrap_or_default())
}

/// The first rows below one: the loader's key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Below<A> {
    of: A,
    most: u32,
}

#[async_trait]
impl<A: Above> Loader<Below<A>> for Ctx {
    type Value = Vec<A::Row>;
    type Error = Failure;

    async fn load(&self, keys: &[Below<A>]) -> Result<HashMap<Below<A>, Vec<A::Row>>> {
        let of: HashSet<A> = keys.iter().map(|key| key.of).collect();
        let of: Vec<A> = of.into_iter().collect();
        let each = keys.iter().map(|key| key.most).max().unwrap_or_default();
        let mut lists: HashMap<A, Vec<A::Row>> = HashMap::new();
        for (above, row) in A::below(self, &of, each).await? {
            lists.entry(above).or_default().push(row);
        }
        let cut = |key: &Below<A>| {
            let list = lists.get(&key.of).map(Vec::as_slice).unwrap_or_default();
            let shown: Vec<A::Row> = list.iter().take(key.most as usize).cloned().collect();
            (*key, shown)
        };
        Ok(keys.iter().map(cut).collect())
    }
}

fn loader<'a>(ctx: &Context<'a>) -> Result<&'a DataLoader<Ctx>> {
    let missing = || Error::internal("a resolver ran without a loader");
    Ok(ctx.data_opt::<DataLoader<Ctx>>().ok_or_else(missing)?)
}

/// Runs a request's resolvers and its loaders' batches by turns in one task. A batch starts when no resolver can go
/// on, so it holds what all of a level asked for: no waiting, and the same statements in every run.
pub(super) async fn execute(schema: impl Executor, request: Request, ctx: Ctx) -> Response {
    let (start, mut started) = unbounded_channel();
    let loader = DataLoader::new(ctx.clone(), move |batch| start.send(batch)).delay(Duration::ZERO);
    let mut answer = pin!(schema.execute(request.data(ctx).data(loader)));
    let mut batches = FuturesUnordered::new();
    poll_fn(|task| {
        loop {
            if let Poll::Ready(answer) = answer.as_mut().poll(task) {
                return Poll::Ready(answer);
            }
            while let Ok(batch) = started.try_recv() {
                batches.push(batch);
            }
            if !matches!(batches.poll_next_unpin(task), Poll::Ready(Some(()))) {
                return Poll::Pending;
            }
        }
    })
    .await
}
