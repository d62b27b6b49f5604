//! The snapshot in which a credential was proved, kept for the first read to go on in.

use std::sync::{Mutex, PoisonError};

use tokio::runtime::Handle;

use crate::platform::db::{Statements, TenantTx};

/// A read transaction that somebody may go on in, and the runtime on which it ends when nobody does: a request's own
/// thread is no place for that.
#[derive(Default)]
pub(super) struct Seen(Mutex<Option<(TenantTx, Handle)>>);

impl Seen {
    /// Keeps this one.
    pub fn keep(&self, tx: TenantTx, runtime: Handle) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((tx, runtime));
    }

    /// Takes it, once, and counts from here on what it does.
    pub fn take(&self, statements: &Statements) -> Option<TenantTx> {
        let (mut tx, _) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        tx.count_for(statements);
        Some(tx)
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        if let Some((tx, runtime)) = self.0.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            let _there = runtime.enter();
            drop(tx);
        }
    }
}
