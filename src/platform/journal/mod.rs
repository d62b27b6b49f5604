//! The journal: what changed, by whom, when. Every write appends one entry per changed resource in its own
//! transaction; the audit trail reads it today, and the change feed, webhooks and proofs will read the same log.

mod describe;
mod event;
mod idempotency;
mod model;
mod store;
mod write;

pub mod graphql;
pub mod rest;
pub mod service;

pub use describe::{Facts, describe};
pub use event::EventType;
pub use idempotency::Idempotency;
pub use model::{JournalEntry, JournalFilter, JournalSort};
pub(in crate::platform) use write::hex;
pub use write::{Follower, Origin, Recorded, Ripple, ShownOnce, Write};
