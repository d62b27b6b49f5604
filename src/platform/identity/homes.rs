//! Which tenant an API key belongs to, remembered: it never changes, and asking costs a statement of every request.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::kernel::id::{ApiKeyId, TenantId};

/// Keys that are remembered; those used least are forgotten first.
const REMEMBERED: usize = 10_000;

/// The tenants of the API keys that one process has seen. Whether a key works is looked up each time.
#[derive(Clone)]
pub struct Homes(Arc<Cache<ApiKeyId, TenantId>>);

impl Default for Homes {
    fn default() -> Self {
        Self(Arc::new(Cache::new(REMEMBERED)))
    }
}

impl Homes {
    /// The key's tenant, where it is remembered.
    pub(super) fn of(&self, key: ApiKeyId) -> Option<TenantId> {
        self.0.get(&key)
    }

    /// Remembers it.
    pub(super) fn note(&self, key: ApiKeyId, tenant: TenantId) {
        self.0.insert(key, tenant);
    }
}
