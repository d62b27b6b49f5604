//! Loading what fields refer to: one statement per relation and level, in every run.

use std::{future::poll_fn, hash::Hash, pin::pin, task::Poll, time::Duration};

use async_graphql::{
    Context, Executor, Request, Response,
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
    let missing = || Error::internal("a resolver ran without a loader");
    ctx.data_opt::<DataLoader<Ctx>>().ok_or_else(missing)?.load_one(key).await
}

/// What a field refers to many times, in the order of its references; rows that are gone are left out.
///
/// # Errors
/// As [`related`].
pub async fn related_all<K>(ctx: &Context<'_>, keys: &[K]) -> Result<Vec<<Ctx as Loader<K>>::Value>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Ctx: Loader<K, Error = Failure>,
{
    let missing = || Error::internal("a resolver ran without a loader");
    let loader = ctx.data_opt::<DataLoader<Ctx>>().ok_or_else(missing)?;
    let mut found = loader.load_many(keys.iter().cloned()).await?;
    Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
}

/// The first rows of what a field refers to: as many as a page has, unless `first` says how many.
///
/// # Errors
/// For a number out of bounds.
pub fn first_of<T>(mut rows: Vec<T>, first: Option<u32>) -> Result<Vec<T>> {
    rows.truncate(page::limit("first", first)? as usize);
    Ok(rows)
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
