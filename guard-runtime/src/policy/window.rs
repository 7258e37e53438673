//! How the calls of the last window ended: ten slices of time, each counted in shards.
//!
//! A slice is a tenth of the window, and its number is the time divided by that. Its bucket is the number's last
//! digit, so a bucket is reused ten slices later; the stamp of its counters tells for which slice, and for which
//! generation of the circuit, they count. Nothing is ever cleared: a counter with another stamp counts as zero.

use core::cell::Cell;
use core::sync::atomic::AtomicUsize;

use crate::base::layout::policy::SLICE;
use crate::base::sync::{Ordering, array, const_fn};
use crate::policy::circuit::{Circuit, Pass};
use crate::policy::counter::Counter;

/// Buckets of a window.
pub(super) const BUCKETS: u32 = 10;

/// How many threads can count without contention.
const SHARDS: usize = if cfg!(guard_loom) { 1 } else { 8 };

/// The stamp of a counter that was never used.
const UNUSED: u32 = 0;

/// How many slices may lie between a thread that counts late and one that counts in time.
const NEAR: u32 = 1 << 10;

pub(super) struct Window {
    shards: [Shard; SHARDS],
}

/// On cache lines of its own.
#[repr(align(128))]
struct Shard {
    passed: [Counter; BUCKETS as usize],
    failed: [Counter; BUCKETS as usize],
}

impl Shard {
    const_fn! {
        fn new() -> Self {
            Self {
                passed: array![Counter::new(); BUCKETS as usize],
                failed: array![Counter::new(); BUCKETS as usize],
            }
        }
    }
}

impl Window {
    const_fn! {
        pub(super) fn new() -> Self {
            Self {
                shards: array![Shard::new(); SHARDS],
            }
        }
    }

    /// Counts a call that was let through by `pass` and ended in `slice`; false if the circuit has changed its
    /// state since.
    #[inline]
    pub(super) fn add(&self, circuit: &Circuit, pass: Pass, slice: u64, failed: bool) -> bool {
        let shard = &self.shards[shard()];
        let counters = if failed { &shard.failed } else { &shard.passed };
        let stamp = stamp(pass, slice);
        counters[bucket(slice)]
            .add(stamp, |other| {
                circuit.is_at(pass) && (other == UNUSED || !is_later(other, stamp))
            })
            .is_some()
    }

    /// The calls of the window that ends with `slice`, and how many of them failed.
    pub(super) fn sum(&self, pass: Pass, slice: u64) -> (u64, u64) {
        let mut sums = [0; 2];
        for slice in slice.saturating_sub(u64::from(BUCKETS) - 1)..=slice {
            let (bucket, stamp) = (bucket(slice), stamp(pass, slice));
            for shard in &self.shards {
                sums[0] += u64::from(shard.passed[bucket].of(stamp));
                sums[1] += u64::from(shard.failed[bucket].of(stamp));
            }
        }
        let [passed, failed] = sums;
        (passed + failed, failed)
    }
}

fn bucket(slice: u64) -> usize {
    #[allow(clippy::cast_possible_truncation, reason = "a digit")]
    let digit = (slice % u64::from(BUCKETS)) as usize;
    digit
}

fn stamp(pass: Pass, slice: u64) -> u32 {
    #[allow(clippy::cast_possible_truncation, reason = "the lower bits are meant")]
    let slice = slice as u32 & ((1 << SLICE) - 1);
    pass.generation() << SLICE | slice
}

/// Whether `other`, of the same bucket, counts for a later slice of the same generation than `stamp`. A thread that
/// counts for an earlier slice was only delayed a little: if `other` is further away, it is an old one, from before
/// the numbers wrapped around.
fn is_later(other: u32, stamp: u32) -> bool {
    let same = (other ^ stamp) >> SLICE == 0;
    let ahead = other.wrapping_sub(stamp) & ((1 << SLICE) - 1);
    same && ahead < NEAR
}

/// The shard of this thread, assigned at its first call.
#[inline]
fn shard() -> usize {
    const NONE: usize = usize::MAX;
    thread_local! {
        static MINE: Cell<usize> = const { Cell::new(NONE) };
    }
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let mine = MINE.get();
    if mine != NONE {
        return mine;
    }
    let mine = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS;
    MINE.set(mine);
    mine
}
