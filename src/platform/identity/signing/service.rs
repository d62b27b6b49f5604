//! Signing and checking access tokens with keys that every process of the service agrees on.

use std::sync::{Arc, PoisonError, RwLock};

use super::{
    model::{Jwks, LEAD, MAX_LIFETIME, SKEW, SigningKey, is_due, signer},
    store,
    token::{self, Claims},
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        time::Instant,
    },
    platform::access::Services,
};

/// How long a process trusts the keys that it has read, in seconds.
const REREAD_AFTER: i64 = 60;

/// What access tokens look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Who issues them and who they are for: the service's address, without a slash at its end.
    pub issuer: String,
    /// How long they live, in seconds: 3600 at the most.
    pub lifetime: i64,
    /// How old a signing key becomes, in seconds, before a new one takes over.
    pub rotate_after: i64,
}

impl Default for Options {
    fn default() -> Self {
        Self { issuer: "http://127.0.0.1:8080".to_owned(), lifetime: 900, rotate_after: 90 * 24 * 3600 }
    }
}

/// Issues and checks access tokens; shared by all of a process's requests.
#[derive(Clone, Default)]
pub struct Tokens(Arc<Inner>);

#[derive(Default)]
struct Inner {
    options: Options,
    read: RwLock<Read>,
}

/// The keys as they were read.
#[derive(Clone, Default)]
struct Read {
    keys: Arc<[SigningKey]>,
    at: Option<Instant>,
}

impl Tokens {
    /// Tokens of this form.
    pub fn new(options: Options) -> Self {
        Self(Arc::new(Inner { options, read: RwLock::default() }))
    }

    /// Their form.
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    /// Signs a token with the key whose turn it is; makes one first where there is none, or the newest is old.
    ///
    /// # Errors
    /// [`Code::NotConfigured`] without a master key.
    pub(in crate::platform) async fn sign(&self, services: &Services, claims: &Claims) -> Result<String> {
        let now = services.clock.now();
        let mut keys = self.keys(services, now).await?;
        if is_due(keys.last(), self.0.options.rotate_after, now) {
            let due = |newest: Option<&SigningKey>| is_due(newest, self.0.options.rotate_after, now);
            rotate_when(services, now, due, false).await?;
            keys = self.read(services, now).await?;
        }
        let key = signer(&keys, now).ok_or_else(|| Error::internal("no signing key has begun to sign"))?;
        token::sign(&key.kid, &key.private(&services.vault)?, claims)
    }

    /// What a token of ours says, where it is valid now; none where it is not.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub(in crate::platform) async fn check(&self, services: &Services, text: &str) -> Result<Option<Claims>> {
        let now = services.clock.now();
        let Some(kid) = token::kid(text) else { return Ok(None) };
        let mut keys = self.keys(services, now).await?;
        if !keys.iter().any(|key| key.kid == kid) {
            // Another process may have made it a moment ago.
            keys = self.read(services, now).await?;
        }
        let key = keys.iter().find(|key| key.kid == kid && key.published(now));
        Ok(key.and_then(|key| token::check(text, &key.public_key, &self.0.options.issuer, now)))
    }

    /// The keys that check what may be valid.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(in crate::platform) async fn published(&self, services: &Services) -> Result<Jwks> {
        let now = services.clock.now();
        let keys = self.keys(services, now).await?;
        Ok(Jwks { keys: keys.iter().filter(|key| key.published(now)).map(SigningKey::jwk).collect() })
    }

    async fn keys(&self, services: &Services, now: Instant) -> Result<Arc<[SigningKey]>> {
        let Read { keys, at } = self.0.read.read().unwrap_or_else(PoisonError::into_inner).clone();
        match at {
            Some(at) if now < at.plus_seconds(REREAD_AFTER) => Ok(keys),
            _ => self.read(services, now).await,
        }
    }

    async fn read(&self, services: &Services, now: Instant) -> Result<Arc<[SigningKey]>> {
        let keys: Arc<[_]> = store::all(&mut services.db.system().await?).await?.into();
        let read = Read { keys: keys.clone(), at: Some(now) };
        *self.0.read.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(keys)
    }
}

/// Makes a new key. It is published at once and signs ten minutes later, and the old ones stay published until the
/// last token that they signed is over. `at_once`, it signs now and the old ones are void within a minute: for keys
/// that have become known.
///
/// # Errors
/// [`Code::NotConfigured`] without a master key; [`Code::Conflict`] when another process rotates in this moment.
pub async fn rotate(services: &Services, at_once: bool) -> Result<SigningKey> {
    let made = rotate_when(services, services.clock.now(), |_| true, at_once).await?;
    made.ok_or_else(|| Error::new(Code::Conflict, "another process makes a new signing key in this moment"))
}

/// Makes a new key where the newest, as it is now, wants it.
async fn rotate_when(
    services: &Services,
    now: Instant,
    wanted: impl Fn(Option<&SigningKey>) -> bool,
    at_once: bool,
) -> Result<Option<SigningKey>> {
    let mut tx = services.db.system_write().await?;
    let keys = store::all(&mut tx).await?;
    let newest = keys.last();
    if !wanted(newest) {
        return Ok(None);
    }
    // Where nothing has signed yet, nobody has read keys that would miss this one; a clock may be behind ours.
    let waits = newest.is_some() && !at_once;
    let signs_from = now.plus_seconds(if waits { LEAD } else { -SKEW });
    let generation = newest.map_or(0, |key| key.generation) + 1;
    let key = SigningKey::make(&services.vault, &services.ids, generation, now, signs_from)?;
    if !store::insert(&mut tx, &key).await? {
        return Ok(None);
    }
    let over = if at_once { now } else { signs_from.plus_seconds(MAX_LIFETIME + SKEW) };
    store::retire_before(&mut tx, generation, over).await?;
    store::forget(&mut tx, now).await?;
    tx.commit().await?;
    tracing::info!(kid = key.kid, signs_from = %key.signs_from, "a new signing key is published");
    Ok(Some(key))
}
