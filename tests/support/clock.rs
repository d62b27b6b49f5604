//! A clock that moves when it is told to.

use std::sync::atomic::{AtomicI64, Ordering};

use attestd::kernel::time::{Clock, Instant};

/// The moment at which every test begins.
pub const NOW: &str = "2026-11-24T09:00:00Z";

/// Stands still between [`forward`](TestClock::forward)s.
pub struct TestClock(AtomicI64);

impl Default for TestClock {
    fn default() -> Self {
        Self(AtomicI64::new(NOW.parse::<Instant>().unwrap().micros()))
    }
}

impl TestClock {
    /// Lets so many seconds pass.
    pub fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Sets it to a moment.
    pub fn at(&self, moment: &str) {
        self.0.store(moment.parse::<Instant>().unwrap().micros(), Ordering::SeqCst);
    }

    /// Sets it to so many seconds after 1970.
    pub fn set(&self, seconds: i64) {
        self.0.store(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::SeqCst))
    }
}
