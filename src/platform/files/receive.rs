//! Uploads: from the wire to a temporary name, and from there to their address.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use object_store::{MultipartUpload, ObjectStoreExt, path::Path};
use sha2::{Digest, Sha256};
use tokio::{
    sync::{
        mpsc::{Receiver, Sender, channel},
        oneshot,
    },
    time::timeout,
};

use super::{Files, Sum, unavailable};
use crate::kernel::{
    error::{Code, Error, Result},
    id::TenantId,
};

/// Where uploads lie until all of them is there.
pub(super) const UPLOADS: &str = "uploads";

/// Chunks between the wire and the store: one under way while another is written.
const IN_BETWEEN: usize = 1;

/// How long an upload waits for its turn. Its body is not read meanwhile.
const TURN: Duration = Duration::from_secs(120);

/// What comes of an upload: a chunk, or its end. Where the sender goes without an end, the upload was cut.
type Sent = Option<Bytes>;

/// The body of an upload, as it comes.
pub struct Chunks {
    body: Receiver<Sent>,
    wanted: Option<oneshot::Sender<()>>,
}

/// Where a body is passed on.
pub struct Passing {
    body: Sender<Sent>,
    wanted: Option<oneshot::Receiver<()>>,
}

/// A body's two ends.
pub fn chunks() -> (Passing, Chunks) {
    let ((sender, body), (want, wanted)) = (channel(IN_BETWEEN), oneshot::channel());
    (Passing { body: sender, wanted: Some(wanted) }, Chunks { body, wanted: Some(want) })
}

impl Passing {
    /// Waits until the body is wanted; false where it never will be. Until then not a byte needs to be read.
    pub async fn wanted(&mut self) -> bool {
        match self.wanted.take() {
            Some(wanted) => wanted.await.is_ok(),
            None => true,
        }
    }

    /// Passes a chunk on, or says with none that the body is complete; false where nobody takes it.
    pub async fn pass(&self, sent: Option<Bytes>) -> bool {
        self.body.send(sent).await.is_ok()
    }
}

impl Chunks {
    /// A body that is all there already.
    pub fn whole(bytes: Bytes) -> Self {
        let (sender, body) = channel(2);
        for sent in [Some(bytes), None] {
            // There is room for both.
            drop(sender.try_send(sent));
        }
        Self { body, wanted: None }
    }

    /// Lets the body come.
    fn want(&mut self) {
        if let Some(wanted) = self.wanted.take() {
            // Whoever went away will be missed when the next chunk does not come.
            let _ = wanted.send(());
        }
    }
}

/// What is said of a file before its bytes come.
#[derive(Clone, Debug)]
pub struct Announced {
    /// Its name.
    pub name: Option<String>,
    /// Its media type, without parameters other than the character set.
    pub media_type: String,
    /// Its length in bytes, where it is known beforehand.
    pub length: Option<u64>,
    /// Its SHA-256, where the sender wants it held.
    pub sum: Option<Sum>,
}

/// A file that is here and has no address yet. It must be kept or discarded.
#[derive(Debug)]
#[must_use]
pub struct Received {
    /// SHA-256 of its bytes.
    pub sum: Sum,
    /// How many there are.
    pub size: u64,
    held: Held,
}

#[derive(Debug)]
enum Held {
    /// Small enough to be sent in one piece, when it gets its address.
    Memory(Bytes),
    /// Under a temporary name.
    Temporary(Path),
}

impl Files {
    /// Takes a whole upload. Of one that is cut, too large or too slow, nothing is kept.
    ///
    /// # Errors
    /// [`Code::TooLarge`], [`Code::TooSlow`], [`Code::InvalidRequest`] when it was cut, [`Code::Unavailable`] when the
    /// store does not answer or too many uploads go on.
    pub async fn receive(&self, name: &str, mut chunks: Chunks) -> Result<Received> {
        let turn = timeout(TURN, self.0.slots.acquire()).await;
        let _turn = turn
            .map_err(|_| Error::new(Code::Unavailable, "too many uploads go on; try again"))?
            .map_err(Error::internal)?;
        chunks.want();
        let mut upload = Upload { files: self, path: self.temporary(name), parts: None };
        match upload.take(&mut chunks).await {
            Ok(received) => Ok(received),
            Err(error) => {
                upload.abort().await;
                Err(error)
            }
        }
    }

    /// Gives a file its address. The same bytes may be there already: they are replaced by themselves.
    ///
    /// # Errors
    /// [`Code::Unavailable`] when the store does not answer; then nothing is left under the temporary name.
    pub async fn keep(&self, tenant: TenantId, received: Received) -> Result<()> {
        let address = self.address(tenant, received.sum);
        let kept = match &received.held {
            Held::Memory(bytes) => self.store().put(&address, bytes.clone().into()).await.map(drop),
            Held::Temporary(path) => self.store().rename(path, &address).await,
        };
        if let Err(error) = kept {
            self.discard(received).await;
            return Err(unavailable(error));
        }
        Ok(())
    }

    /// Forgets a file that gets no address. What a store that is down does not remove, the next sweep does.
    pub async fn discard(&self, received: Received) {
        if let Held::Temporary(path) = received.held
            && let Err(error) = self.store().delete(&path).await
        {
            tracing::warn!(%path, cause = ?error, "an upload could not be removed");
        }
    }

    fn temporary(&self, name: &str) -> Path {
        self.0.place.path(&[UPLOADS, &format!("{}-{name}", self.0.run)])
    }
}

struct Upload<'a> {
    files: &'a Files,
    path: Path,
    parts: Option<Box<dyn MultipartUpload>>,
}

impl Upload<'_> {
    async fn take(&mut self, chunks: &mut Chunks) -> Result<Received> {
        let (mut hash, mut size, mut buffer) = (Sha256::new(), 0_u64, BytesMut::new());
        let (part, limit) = (self.files.0.place.part, self.files.limit());
        while let Some(chunk) = self.next(chunks).await? {
            size += chunk.len() as u64;
            if size > limit {
                return Err(too_large(limit));
            }
            hash.update(&chunk);
            // What takes parts of any size gets the chunk itself.
            if chunk.len() >= part && buffer.is_empty() && self.files.0.place.folder.is_some() {
                self.pass_on(chunk).await?;
                continue;
            }
            buffer.extend_from_slice(&chunk);
            while buffer.len() >= part {
                self.pass_on(buffer.split_to(part).freeze()).await?;
            }
        }
        let held = self.finish(buffer.freeze()).await?;
        Ok(Received { sum: Sum::of(hash), size, held })
    }

    /// The next chunk; none at the end.
    async fn next(&mut self, chunks: &mut Chunks) -> Result<Option<Bytes>> {
        match timeout(self.files.0.bounds.idle, chunks.body.recv()).await {
            Ok(Some(sent)) => Ok(sent),
            Ok(None) => Err(Error::new(Code::InvalidRequest, "the body ended before it was complete")),
            Err(_) => {
                let seconds = self.files.0.bounds.idle.as_secs();
                Err(Error::new(Code::TooSlow, format!("nothing came for {seconds} seconds")))
            }
        }
    }

    async fn pass_on(&mut self, part: Bytes) -> Result<()> {
        let parts = match &mut self.parts {
            Some(parts) => parts,
            none => none.insert(self.files.store().put_multipart(&self.path).await.map_err(unavailable)?),
        };
        parts.put_part(part.into()).await.map_err(unavailable)
    }

    /// In a folder even a small file gets its temporary name first, so that a crash leaves nothing elsewhere.
    async fn finish(&mut self, rest: Bytes) -> Result<Held> {
        if self.parts.is_none() && self.files.0.place.folder.is_none() {
            return Ok(Held::Memory(rest));
        }
        if self.parts.is_none() || !rest.is_empty() {
            self.pass_on(rest).await?;
        }
        if let Some(parts) = &mut self.parts {
            parts.complete().await.map_err(unavailable)?;
        }
        self.parts = None;
        Ok(Held::Temporary(self.path.clone()))
    }

    async fn abort(&mut self) {
        if let Some(mut parts) = self.parts.take()
            && let Err(error) = parts.abort().await
        {
            tracing::warn!(path = %self.path, cause = ?error, "an upload could not be aborted");
        }
    }
}

/// A file may have this many bytes.
pub fn too_large(limit: u64) -> Error {
    Error::new(Code::TooLarge, format!("a file may have {limit} bytes at most"))
}
