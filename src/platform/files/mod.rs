//! The evidence store: files in a folder or in an object store, each under its tenant and the SHA-256 of its bytes.
//! Files are streamed both ways: memory does not depend on their size.
//!
//! An upload lies under `uploads/` until all of it is there; only then does it get its address, in one step. What a
//! crash leaves behind is found by [`sweep`](Files::sweep_uploads).

mod place;
mod receive;
mod sum;
mod sweep;

pub use place::{Address, Place};
pub use receive::{Announced, Chunks, Passing, Received, chunks, too_large};
pub use sum::Sum;

use std::{fmt, ops::Range, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{GetOptions, GetRange, ObjectStore, path::Path};
use sha2::{Digest, Sha256};
use tokio::sync::{RwLock, RwLockReadGuard, Semaphore};

use crate::kernel::{
    error::{Code, Error, Result},
    id::TenantId,
};

/// How uploads are bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of one file at the most.
    pub size: u64,
    /// How long an upload may pause.
    pub idle: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { size: 100 * 1024 * 1024, idle: Duration::from_secs(30) }
    }
}

/// The files of all tenants.
#[derive(Clone)]
pub struct Files(Arc<Inner>);

struct Inner {
    place: Place,
    bounds: Bounds,
    slots: Semaphore,
    /// Held for reading from a file's arrival to its row's commit, and for writing while the sweep removes one: so none
    /// is removed that a row is about to name.
    settling: RwLock<()>,
    /// Marks this run's uploads, which the sweep leaves alone.
    run: String,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.place, f)
    }
}

impl Files {
    /// The files at a place; `run` is a word that no other run has.
    pub fn new(place: Place, bounds: Bounds, run: String) -> Self {
        let (slots, settling) = (Semaphore::new(place.slots), RwLock::new(()));
        Self(Arc::new(Inner { place, bounds, slots, settling, run }))
    }

    /// Bytes of one file at the most.
    pub fn limit(&self) -> u64 {
        self.0.bounds.size
    }

    /// To be held from before a file gets its address until its row is committed.
    pub async fn settling(&self) -> RwLockReadGuard<'_, ()> {
        self.0.settling.read().await
    }

    fn store(&self) -> &dyn ObjectStore {
        &*self.0.place.store
    }

    fn address(&self, tenant: TenantId, sum: Sum) -> Path {
        self.0.place.path(&[&tenant.to_string(), &sum.to_string()])
    }

    /// The bytes of a file, or of a part of it; none where the store does not have it.
    ///
    /// # Errors
    /// [`Code::Unavailable`] when the store does not answer.
    pub async fn open(
        &self,
        tenant: TenantId,
        sum: Sum,
        range: Option<Range<u64>>,
    ) -> Result<Option<BoxStream<'static, Result<Bytes>>>> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        match self.store().get_opts(&self.address(tenant, sum), options).await {
            Ok(found) => Ok(Some(found.into_stream().map_err(unavailable).boxed())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// Reads a file again: its length and SHA-256; none where the store does not have it.
    ///
    /// # Errors
    /// [`Code::Unavailable`] when the store does not answer.
    pub async fn measure(&self, tenant: TenantId, sum: Sum) -> Result<Option<(u64, Sum)>> {
        let Some(mut bytes) = self.open(tenant, sum, None).await? else { return Ok(None) };
        let (mut size, mut hash) = (0, Sha256::new());
        while let Some(chunk) = tokio::time::timeout(self.0.bounds.idle, bytes.try_next())
            .await
            .map_err(|_| Error::new(Code::Unavailable, "the evidence store is too slow; try again"))??
        {
            size += chunk.len() as u64;
            hash.update(&chunk);
        }
        Ok(Some((size, Sum::of(hash))))
    }
}

/// The store's own words go to the log: they may name buckets and keys.
fn unavailable(cause: object_store::Error) -> Error {
    Error::new(Code::Unavailable, "the evidence store does not answer; nothing was changed, try again")
        .with_cause(cause)
}
