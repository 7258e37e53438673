//! A count that belongs to one generation of a circuit, or to one slice of its window.
//!
//! Stamp and count are one word. A thread that counts for an old stamp therefore cannot reach the count of the
//! stamp that replaced it: its compare-and-exchange fails.

use crate::base::layout::{join, split};
use crate::base::sync::{AtomicU64, Ordering, const_fn};

/// The stamp in the upper half, the count in the lower one.
pub(super) struct Counter(AtomicU64);

impl Counter {
    const_fn! {
        pub(super) fn new() -> Self {
            Self(AtomicU64::new(0))
        }
    }

    /// The count, if it belongs to `stamp`; else 0.
    #[inline]
    pub(super) fn of(&self, stamp: u32) -> u32 {
        let (held, count) = split(self.0.load(Ordering::Relaxed));
        if held == stamp { count } else { 0 }
    }

    /// Adds one, and returns the count. If the counter holds another stamp, `replaces` tells whether this one comes
    /// after it; `None` if it does not.
    #[inline]
    pub(super) fn add(&self, stamp: u32, replaces: impl Fn(u32) -> bool) -> Option<u32> {
        let mut held = self.0.load(Ordering::Relaxed);
        loop {
            let count = match split(held) {
                (same, count) if same == stamp => count.saturating_add(1),
                (other, _) if !replaces(other) => return None,
                _ => 1,
            };
            match self.exchange(held, join(stamp, count)) {
                Ok(()) => return Some(count),
                Err(now) => held = now,
            }
        }
    }

    /// Resets the count to zero, if it belongs to `stamp`.
    #[inline]
    pub(super) fn clear(&self, stamp: u32) {
        let mut held = self.0.load(Ordering::Relaxed);
        while held != join(stamp, 0) && split(held).0 == stamp {
            match self.exchange(held, join(stamp, 0)) {
                Ok(()) => return,
                Err(now) => held = now,
            }
        }
    }

    /// Acquires what other threads counted before their exchanges, and releases what this thread counted before.
    #[inline]
    fn exchange(&self, held: u64, next: u64) -> Result<(), u64> {
        self.0
            .compare_exchange_weak(held, next, Ordering::AcqRel, Ordering::Relaxed)
            .map(drop)
    }
}
