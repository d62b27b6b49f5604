//! A write: a tenant's transaction that cannot commit without saying what it changed.

use std::{
    fmt::Write as _,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{EventType, Idempotency, idempotency, model::JournalEntry, store};
use crate::{
    kernel::{
        error::{Error, Result},
        id::{AttestationId, AuditId, CertificationBodyId, CertificationId, ControlId, FindingId},
        time::{Date, Instant},
    },
    platform::{
        db::{Doc, TenantTx, WriteTx},
        ids::Ids,
    },
};

/// A resource whose changes are journalled.
pub trait Recorded: Serialize {
    /// Its kind, as written in the journal.
    const RESOURCE: &'static str;
    /// Its id, as shown.
    fn resource_id(&self) -> String;
    /// Its version after the change.
    fn version(&self) -> Option<i32>;
}

/// An answer that shows a secret once.
pub trait ShownOnce: Serialize + Sized {
    /// The same without the secret: what replays show, and what its ETag covers.
    fn redacted(&self) -> Self;
}

/// Who writes, when, and in which request.
#[derive(Clone, Debug)]
pub struct Origin {
    /// A member's id, `operator` or `system`.
    pub actor: String,
    /// The credential's id, `operator` or `system`.
    pub credential: String,
    /// Whose idempotency keys count: the credential, or one of many behind it.
    pub claimant: String,
    /// The request.
    pub request_id: String,
    /// The moment of the request.
    pub at: Instant,
    /// The key that makes a repeated request harmless.
    pub idempotency: Option<Idempotency>,
}

/// What a room tells those that keep something derived from its rows: a list's date, a diary's. They bring it up to date
/// in the same transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ripple {
    /// The days after which a control wants new evidence are others now.
    ControlFreshness(ControlId),
    /// What a control's dates follow from is another now: its tests, what shows that it was performed, how often it is to
    /// be, or whether it is in use.
    ControlSchedule(ControlId),
    /// An audit was planned, changed, completed, cancelled, voided or removed; with the certificate that it serves.
    Audit(AuditId, Option<CertificationId>),
    /// The same of an audit that serves this engagement.
    Fieldwork(AuditId, AttestationId),
    /// A corrective action of a finding was entered, changed or removed.
    CorrectiveAction(FindingId),
    /// A finding of an audit was raised, changed, judged or removed.
    FindingOf(AuditId),
    /// The organisation audited its own system, or reviewed it, or that was taken back.
    Evaluation,
    /// A certification body's accreditations are others now, on this day.
    Accreditation(CertificationBodyId, Date),
    /// The default settings for certificates are others now, on this day.
    CertificationSettings(Date),
}

/// Who brings up to date what is derived, of all that was stirred at once. The roof knows them: rooms below do not know who
/// follows them.
pub type Follower = for<'a> fn(&'a mut Write, &'a [Ripple]) -> BoxFuture<'a, Result<()>>;

struct Change {
    event: EventType,
    kind: &'static str,
    id: String,
    version: Option<i32>,
    after: Option<Value>,
}

impl Change {
    /// Refuses an event that is not this kind's, and facts where a tombstone is due.
    fn check(&self) -> Result<()> {
        let Self { event, kind, after, .. } = self;
        if event.resource() == *kind && event.is_tombstone() == after.is_none() {
            return Ok(());
        }
        Err(Error::internal(format!(
            "{event} may not be recorded of this {kind} (with facts: {})",
            after.is_some()
        )))
    }
}

/// A place in a write to go back to.
pub struct Mark {
    changes: usize,
    ripples: usize,
}

/// An open write. Dropped, it leaves nothing behind.
pub struct Write {
    tx: WriteTx,
    origin: Origin,
    ids: Arc<Ids>,
    followers: &'static [Follower],
    changes: Vec<Change>,
    ripples: Vec<Ripple>,
    tells_dates: bool,
}

impl Write {
    /// Starts a write; the answer of an earlier request under the same idempotency key ends it at once.
    ///
    /// # Errors
    /// See [`Idempotency`]; or when the database fails.
    pub(in crate::platform) async fn begin(
        mut tx: WriteTx,
        origin: Origin,
        ids: Arc<Ids>,
        followers: &'static [Follower],
    ) -> Result<Self> {
        if let Some(sent) = &origin.idempotency {
            idempotency::claim(&mut tx, &origin.claimant, sent, origin.at).await?;
        }
        let (changes, ripples) = (Vec::new(), Vec::new());
        Ok(Self { tx, origin, ids, followers, changes, ripples, tells_dates: false })
    }

    /// The moment of this write.
    pub fn now(&self) -> Instant {
        self.origin.at
    }

    /// Tells the followers, when the write is complete.
    pub fn stir(&mut self, ripple: Ripple) {
        if !self.ripples.contains(&ripple) {
            self.ripples.push(ripple);
        }
    }

    /// From here on, has every date journalled that moves in the diary: they follow from rules that are others now, or from
    /// time alone, and no facts that are journalled tell of them.
    pub fn tell_dates(&mut self) {
        self.tells_dates = true;
    }

    /// Whether the dates that move are journalled.
    pub(in crate::platform) fn tells_dates(&self) -> bool {
        self.tells_dates
    }

    /// Notes a change with the facts that are now stored.
    ///
    /// # Errors
    /// When the resource cannot be written as JSON.
    pub fn record<R: Recorded>(&mut self, event: EventType, resource: &R) -> Result<()> {
        let after = serde_json::to_value(resource).map_err(Error::internal)?;
        self.push(event, resource, Some(after));
        Ok(())
    }

    /// Notes a deletion: a tombstone.
    pub fn record_deleted<R: Recorded>(&mut self, event: EventType, resource: &R) {
        self.push(event, resource, None);
    }

    fn push<R: Recorded>(&mut self, event: EventType, resource: &R, after: Option<Value>) {
        self.changes.push(Change {
            event,
            kind: R::RESOURCE,
            id: resource.resource_id(),
            version: resource.version(),
            after,
        });
    }

    /// Marks this place: what follows can be undone alone. Marks are kept or undone before the next is made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark(&mut self) -> Result<Mark> {
        self.tx.run("SAVEPOINT part").await?;
        Ok(Mark { changes: self.changes.len(), ripples: self.ripples.len() })
    }

    /// Keeps what was written since the mark.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep(&mut self, _: Mark) -> Result<()> {
        self.tx.run("RELEASE SAVEPOINT part").await
    }

    /// Undoes what was written, recorded and stirred since the mark.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn undo(&mut self, mark: Mark) -> Result<()> {
        self.changes.truncate(mark.changes);
        self.ripples.truncate(mark.ripples);
        self.tx.run("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part").await
    }

    /// Whether nothing was recorded, so that there is nothing to commit.
    pub fn is_unchanged(&self) -> bool {
        self.changes.is_empty()
    }

    /// Writes the journal and commits; the answer is kept under the idempotency key, if there is one.
    ///
    /// # Errors
    /// When nothing was recorded, or the database refuses; nothing is written then.
    pub async fn commit<A: Serialize>(self, answer: A) -> Result<A> {
        let kept = match self.origin.idempotency {
            Some(_) => serde_json::to_string(&answer).map_err(Error::internal)?,
            None => String::new(),
        };
        self.finish(kept).await?;
        Ok(answer)
    }

    /// As [`commit`](Self::commit), keeping the answer without its secret.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub async fn commit_secret<A: ShownOnce>(self, answer: A) -> Result<A> {
        let kept = serde_json::to_string(&answer.redacted()).map_err(Error::internal)?;
        self.finish(kept).await?;
        Ok(answer)
    }

    /// Lets those follow who were stirred: for a write that asks whether anything changed before it commits.
    ///
    /// # Errors
    /// When a follower refuses, or the database fails.
    pub async fn settle(&mut self) -> Result<()> {
        // What a follower changes may stir others.
        while !self.ripples.is_empty() {
            let stirred = std::mem::take(&mut self.ripples);
            for follower in self.followers {
                follower(self, &stirred).await?;
            }
        }
        Ok(())
    }

    async fn finish(mut self, kept: String) -> Result<()> {
        self.settle().await?;
        if self.changes.is_empty() {
            return Err(Error::internal("a write that recorded nothing may not commit"));
        }
        self.changes.iter().try_for_each(Change::check)?;
        if let Some(sent) = &self.origin.idempotency {
            idempotency::keep(&mut self.tx, &self.origin.claimant, sent, kept).await?;
        }
        self.append().await?;
        self.tx.commit().await
    }

    async fn append(&mut self) -> Result<()> {
        let changes = std::mem::take(&mut self.changes);
        let count = i64::try_from(changes.len()).map_err(Error::internal)?;
        let last = store::advance(&mut self.tx, count).await?;
        for (seq, change) in (last - count + 1..).zip(changes) {
            let entry = self.entry(seq, change)?;
            store::append(&mut self.tx, &entry).await?;
        }
        Ok(())
    }

    fn entry(&self, seq: i64, change: Change) -> Result<JournalEntry> {
        let mut entry = JournalEntry {
            tenant_id: self.tx.tenant(),
            seq,
            at: self.origin.at,
            actor: self.origin.actor.clone(),
            credential: self.origin.credential.clone(),
            request_id: self.origin.request_id.clone(),
            event: change.event,
            resource_kind: change.kind.to_owned(),
            resource_id: change.id,
            version: change.version,
            after: change.after.map(Doc),
            commitment: String::new(),
            salt: hex(&self.ids.bytes::<32>()),
        };
        entry.commitment = commitment(&entry)?;
        Ok(entry)
    }
}

/// SHA-256 over the salt and the RFC 8785 form of everything else, so that a payload can be erased later and the
/// log still be proved.
fn commitment(entry: &JournalEntry) -> Result<String> {
    let payload = json!({
        "tenant": entry.tenant_id, "seq": entry.seq, "at": entry.at, "actor": entry.actor,
        "credential": entry.credential, "request_id": entry.request_id, "type": entry.event,
        "resource_kind": entry.resource_kind, "resource_id": entry.resource_id,
        "version": entry.version, "after": entry.after,
    });
    let canonical = serde_jcs::to_vec(&payload).map_err(Error::internal)?;
    Ok(hex(&Sha256::new().chain_update(&entry.salt).chain_update(canonical).finalize()))
}

/// Lower-case hexadecimal.
pub(in crate::platform) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Deref for Write {
    type Target = TenantTx;

    fn deref(&self) -> &TenantTx {
        &self.tx
    }
}
impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut TenantTx {
        &mut self.tx
    }
}
