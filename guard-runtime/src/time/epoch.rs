//! The epoch: the time of the last tick, published in one word, and the protocol between the ticker and the threads
//! it serves.
//!
//! The word is a time of [`moment`](crate::time::moment) with two flags in its lowest bits: [`PARKED`] and
//! [`SLOW`]. It strictly grows, so a check only has to compare for equality.
//!
//! # Orderings
//!
//! *A hot check* loads the word relaxed: a stale value only delays the cold path, and coherence bounds that delay
//! by the time a cache line takes to travel. The cold path reads everything that its decision rests on after an
//! acquire load of the word.
//!
//! **No deadline is forgotten.** The ticker stores the time of its next wake-up (`next`) and then publishes the
//! word. A thread loads the word (acquire) and then lowers `next` to the time at which it wants a tick
//! ([`Epoch::request`]). If the ticker's store overwrites the request, the publication comes after it, so the
//! thread holds an older word, its next check goes cold, and it asks again. If the thread holds the new word, the
//! acquire load makes the new `next` visible, and the request lowers that one. Parking works the same way with
//! `next = MAX`: any request lowers it and wakes the ticker. A thread that opens its scope just as the ticker parks
//! sees the word change at its next check. `next` itself is relaxed: the word carries it to the threads, and the
//! unpark that follows a request carries it to the ticker. Of several requests, the one that lowered `next` wakes
//! the ticker for all.
//!
//! **A thread may move the word too** ([`Epoch::bump`]), by one step, when all threads have to check their
//! deadlines before the next tick. A bump is not a tick: it plans nothing and keeps the flags. It adds to the word,
//! so whoever acquires the sum also acquires the last tick's release; the ticker publishes by compare-and-swap, so
//! the word always grows.
//!
//! `model/asking.rs` and `model/never_early.rs` check all of this in every order.
//!
//! # Never early
//!
//! A scope of one second or more reads no clock when it opens: it keeps the word it saw, `E`. Its real start lies
//! before the moment at which the tick that replaced `E` became visible. The ticker reads the clock *after* that
//! publication (a sequentially consistent swap, so that the store has left the core), and adds the part of the gap
//! that exceeded [`gap`]`(E)` to the [`Lag`] before it marks the word `settled`. Hence
//!
//! ```text
//! start <= E + gap(E) + (lag at the end of that gap - lag at entry) + MARGIN     once settled > E
//! ```
//!
//! and the deadline is counted from the right-hand side. Entry loads the lag *before* the word: if it had seen the
//! gap's own contribution, the acquire would have shown it the later word as well. Until `settled > E` the deadline
//! is unknown and cannot have passed. The lag of later gaps does not count: `lag.rs` keeps its history. A starved
//! ticker, a stopped process or a preempted tick all make the gap longer and are therefore in `lag`; none can make
//! a trip early. [`MARGIN`] covers what the orderings do not: a load that the processor executed ahead of the
//! caller's own clock read, which its reorder window limits to less than a microsecond. A parked word is never used
//! as a start: entry then reads the clock. A bumped word is later than its tick, and so is the deadline counted
//! from it.

use crate::base::layout::{FLAGS, PARKED, SLOW, STEP};
use crate::base::sync::{AtomicU64, Ordering, const_fn, process};
use crate::time::lag::Lag;

/// While scopes are open, ticks are at most this far apart, in nanoseconds.
pub(crate) const HEARTBEAT: u64 = 5_000_000;

/// The same once no scope has asked for fast ticks for a while: each wake-up costs tens of microseconds of CPU
/// time.
const SLOW_BEAT: u64 = SLOW_BEATS as u64 * HEARTBEAT;

/// Heartbeats in a slow beat.
pub(crate) const SLOW_BEATS: u32 = 16;

/// A gap between ticks of up to this length adds no lag. A second is the shortest budget that starts without a
/// clock read, and its trip may be 10 ms late: what the gap leaves of them is for late ticks.
pub(crate) const GAP: u64 = HEARTBEAT + 1_000_000;

/// The longest gap without lag after a slow word.
pub(crate) const SLOW_GAP: u64 = SLOW_BEAT + 1_000_000;

/// The longest gap without lag after this word.
pub(crate) fn gap(word: u64) -> u64 {
    if word & SLOW == 0 { GAP } else { SLOW_GAP }
}

/// See *Never early* above.
pub(crate) const MARGIN: u64 = 20_000;

/// The state shared by all threads; one per process, one per execution of a model.
///
/// On cache lines of its own (two, because adjacent lines are fetched in pairs). The word comes first: every check
/// names its address, which is shorter without an offset.
#[repr(C, align(128))]
pub(crate) struct Epoch {
    word: AtomicU64,
    /// Time of the next planned tick; `MAX` while parked.
    next: AtomicU64,
    /// The sum of what gaps exceeded [`gap`] by, with its history.
    lag: Lag,
    /// The last word for which the gap before it is in `lag`.
    settled: AtomicU64,
    /// 1 if a thread has asked for fast ticks since the last one.
    fast: AtomicU64,
}

impl Epoch {
    const_fn! {
        /// A parked epoch, as it is before the first guard of the process.
        pub(crate) fn new() -> Self {
            Self {
                word: AtomicU64::new(PARKED),
                next: AtomicU64::new(u64::MAX),
                lag: Lag::new(),
                settled: AtomicU64::new(0),
                fast: AtomicU64::new(0),
            }
        }
    }

    /// The word, for the comparison of a hot check.
    #[inline(always)]
    pub(crate) fn load_relaxed(&self) -> u64 {
        self.word.load(Ordering::Relaxed)
    }

    /// The time of the last tick.
    pub(crate) fn time(&self) -> u64 {
        self.load_relaxed() & !FLAGS
    }

    /// The word, for the cold path: the acquire load makes visible what the ticker did before it published the
    /// word.
    #[inline(always)]
    pub(crate) fn load(&self) -> u64 {
        self.word.load(Ordering::Acquire)
    }

    /// The lag so far and the word, for a scope that opens now.
    #[inline(always)]
    pub(crate) fn load_with_lag(&self) -> (u64, u64) {
        // Lag before word: see *Never early*.
        let lag = self.lag.sum();
        (lag, self.load())
    }

    /// An upper bound of the start of a scope that opened with this [lag and word](Self::load_with_lag), and
    /// whether the bound is final. Until the gap after `word` is in the lag, the bound may still move later, and no
    /// limit counted from it has passed.
    pub(crate) fn latest_start(&self, lag: u64, word: u64) -> (u64, bool) {
        let settled = self.settled.load(Ordering::Acquire) > word;
        let late = if settled {
            self.lag.after(word, lag)
        } else {
            0
        };
        (
            word.saturating_add(gap(word) + MARGIN).saturating_add(late),
            settled,
        )
    }

    /// Asks for a tick at the time `at`; true if the caller must wake the ticker to plan it.
    #[must_use]
    pub(crate) fn request(&self, at: u64) -> bool {
        // The plain load keeps the cache line shared in the usual case; *Orderings* says why it suffices.
        self.next.load(Ordering::Relaxed) > at && self.next.fetch_min(at, Ordering::Relaxed) > at
    }

    /// Time of the next planned tick; `MAX` while parked.
    pub(crate) fn next(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }

    /// Ticks at the time `now` and plans the next tick for a beat later. Returns the word.
    pub(crate) fn tick(&self, now: u64, slow: bool) -> u64 {
        let (beat, flags) = if slow {
            (SLOW_BEAT, SLOW)
        } else {
            (HEARTBEAT, 0)
        };
        self.plan(now + beat);
        self.publish(now, flags)
    }

    /// Asks for fast ticks. The request of a tick that follows wakes the ticker.
    pub(crate) fn request_fast(&self) {
        self.fast.store(1, Ordering::Relaxed);
    }

    /// Whether a thread has asked for fast ticks since the last call.
    pub(crate) fn take_fast_request(&self) -> bool {
        self.fast.swap(0, Ordering::Relaxed) != 0
    }

    /// Ticks and plans no next tick. Returns the word.
    pub(crate) fn park(&self, now: u64) -> u64 {
        self.plan(u64::MAX);
        self.publish(now, PARKED)
    }

    /// A swap instead of a store; on x86 they are one instruction. Loom does not order a store among the atomic
    /// minima of requests, and would report executions that cannot happen.
    fn plan(&self, next: u64) {
        self.next.swap(next, Ordering::Relaxed);
    }

    /// Publishes `now`, or the next word if time has not moved on.
    fn publish(&self, now: u64, flags: u64) -> u64 {
        let mut before = self.load_relaxed();
        loop {
            let after = (before & !FLAGS) + STEP;
            let word = (now & !FLAGS).max(after) | flags;
            let swap =
                (self.word).compare_exchange(before, word, Ordering::SeqCst, Ordering::Relaxed);
            match swap {
                Ok(_) => return word,
                Err(bumped) => before = bumped,
            }
        }
    }

    /// Sends the next check of every thread to the cold path, as a tick would.
    #[cold]
    pub(crate) fn bump(&self) {
        self.word.fetch_add(STEP, Ordering::Release);
    }

    /// Accounts for the gap between the ticks `before` and `word`; `word` was visible at the time `visible` at the
    /// latest.
    pub(crate) fn settle(&self, before: u64, word: u64, visible: u64) {
        if before & PARKED == 0 {
            let excess = visible.saturating_sub(before).saturating_sub(gap(before));
            if excess > 0 {
                self.lag.add(before, excess);
            }
        }
        self.settled.store(word, Ordering::Release);
    }
}

process! {
    /// The epoch of the process.
    pub(crate) static EPOCH: Epoch = Epoch::new();
}
