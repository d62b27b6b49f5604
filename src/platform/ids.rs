//! Where ids and secrets come from. Injected, so that a test's are the same in every run.

use std::sync::Mutex;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::kernel::{
    id::{Id, Kind},
    time::Instant,
};

/// A source of random bytes and of time-ordered ids.
pub enum Ids {
    /// The operating system's generator.
    System,
    /// A stream derived from a seed: for tests alone.
    Seeded(Mutex<(u64, u64)>),
}

impl Ids {
    /// The same ids in the same order, for tests.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Mutex::new((seed, 0)))
    }

    /// A fresh UUIDv7 (RFC 9562) of this kind.
    pub fn id<K: Kind>(&self, now: Instant) -> Id<K> {
        let random: [u8; 10] = match self {
            Self::System => self.bytes(),
            Self::Seeded(state) => ordered(step(state)),
        };
        let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
        Id::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Fresh random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: no secret may be made then.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        match self {
            Self::System => getrandom::fill(&mut out).expect("the operating system gives random bytes"),
            Self::Seeded(state) => {
                for chunk in out.chunks_mut(32) {
                    let (seed, count) = step(state);
                    let digest =
                        Sha256::new().chain_update(seed.to_be_bytes()).chain_update(count.to_be_bytes());
                    chunk.copy_from_slice(&digest.finalize()[..chunk.len()]);
                }
            }
        }
        out
    }

    /// A fresh random UUID, for request ids.
    pub fn request(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }
}

fn step(state: &Mutex<(u64, u64)>) -> (u64, u64) {
    let mut state = state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    state.1 += 1;
    *state
}

fn ordered((seed, count): (u64, u64)) -> [u8; 10] {
    let mut out = [0; 10];
    out[..8].copy_from_slice(&(count << 6).to_be_bytes());
    out[8..].copy_from_slice(&seed.to_be_bytes()[6..]);
    out
}
