//! The settings of a breaker.

use core::time::Duration;

use crate::policy::chance::{self, upper_half};
use crate::policy::window::BUCKETS;
use crate::time::clock::nanos;

/// An open breaker stays open no longer than this, unless `open_for` is longer.
const LONGEST: u64 = 60_000_000_000;

#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) name: &'static str,
    pub(super) rate: f64,
    pub(super) min_calls: u64,
    /// The length of a slice of the window, in nanoseconds.
    pub(super) slice: u64,
    /// 2^64 divided by `slice`, rounded up: a multiplication is several times as fast as a division.
    inverse: u64,
    pub(super) open_for: u64,
    pub(super) successes: u32,
}

impl Settings {
    /// The defaults that [`Breaker::new`](crate::policy::Breaker::new) documents.
    pub(super) const DEFAULT: Self = Self {
        name: "breaker",
        rate: 0.5,
        min_calls: 20,
        slice: 0,
        inverse: 0,
        open_for: 5_000_000_000,
        successes: 3,
    }
    .with_window(Duration::from_secs(10));

    pub(super) const fn with_window(mut self, window: Duration) -> Self {
        let window = nanos(window);
        assert!(
            window >= 1_000_000,
            "a window is at least a millisecond long"
        );
        self.slice = window / BUCKETS as u64;
        self.inverse = u64::MAX / self.slice + 1;
        self
    }

    #[inline]
    pub(super) fn slice_at(&self, now: u64) -> u64 {
        upper_half(now, self.inverse)
    }

    /// How long it stays open, with up to a tenth taken off.
    pub(super) fn open_time(&self, level: u32) -> u64 {
        let longest = LONGEST.max(self.open_for);
        let time = self.open_for.saturating_mul(1 << level).min(longest);
        time - chance::up_to(time / 10)
    }
}
