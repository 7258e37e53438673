//! How long the strips of a loop are. The length is learned, once per loop and process: operators can be
//! overloaded, so it starts short, and grows only while the clock says that a strip takes less than [`SHORT`]. A
//! strip of full length is no longer timed, until a tick passes in one.

use core::sync::atomic::{AtomicU32, Ordering};

use crate::base::layout::{join, split};
use crate::check::tick::due;
use crate::time::clock;
use crate::time::seen::Seen;

/// Long enough that the start of a strip does not matter: with 256, some vectorised loops were 1.6 times slower.
const FULL: u32 = 65_536;

/// Short enough for operators that take microseconds.
const FIRST: u32 = 16;

/// A rest of this many iterations is one strip, whatever was learned. If the compiler knows that a loop has no
/// more, as over an array, it compiles the loop as if there were no strips.
const FEW: usize = FIRST as usize;

/// The longest that a strip may take and still grow, in units of 1,024 ns. Twice this time and a margin are still
/// well within the lateness that a trip may have.
const SHORT: u32 = 20;
const LONG: u32 = 60;

/// The strip length of one loop, in a static beside it.
///
/// All accesses are relaxed: an outdated length was right a moment ago.
#[doc(hidden)]
#[derive(Debug)]
pub struct Stride {
    length: AtomicU32,
    /// When a strip last ended, in any run.
    ended: AtomicU32,
}

/// What one run of the loop keeps of it: items in the lower half, and when the previous strip ended in the upper; 0
/// if there was none. Passed by value, like [`Seen`](crate::time::seen::Seen), and in one register.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub struct Length(u64);

impl Stride {
    /// For a loop that has never run.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "for statics in expansions only")]
    pub const fn new() -> Self {
        Self {
            length: AtomicU32::new(FIRST),
            ended: AtomicU32::new(0),
        }
    }

    /// The length for the first strip of a run.
    #[inline(always)]
    pub fn length(&self) -> Length {
        Length::new(self.length.load(Ordering::Relaxed), 0)
    }

    /// Adapts the length between two strips; most loops end in their first.
    #[inline(always)]
    #[must_use]
    pub fn adapt(&self, length: Length) -> Length {
        if length.now() == FULL {
            length
        } else {
            self.learn(length)
        }
    }

    /// Forgets what was learned, after a tick: it may be outdated.
    //
    // Not a call: the call of `tick` before it should be the only code that a check needs.
    #[inline(always)]
    #[must_use]
    pub fn doubt(&self, length: Length) -> Length {
        // Every iteration may be the one to trip, so a strip is a single item.
        #[cfg(feature = "testing")]
        if takes_every_check() {
            return Length::new(1, 0);
        }
        let now = length.now();
        if now > FIRST {
            self.keep(now / 2, 0)
        } else {
            length
        }
    }

    /// Learns from the strip that just ended. If it is the first of this run, the time since a strip of another run
    /// ended stands in for its own: that is no less than what it took, so the length may grow by it. So even a loop
    /// learns that is short each time and runs often.
    //
    // `extern "C"`, like `tick`, because such functions do not unwind: without landing pads for them, the register
    // allocator keeps the loop's variables in registers.
    #[cold]
    #[inline(never)]
    extern "C" fn learn(&self, length: Length) -> Length {
        let (now, began) = (length.now(), length.began());
        let time = moment();
        let ended = self.ended.load(Ordering::Relaxed);
        self.ended.store(time, Ordering::Relaxed);
        match time.wrapping_sub(if began == 0 { ended } else { began }) {
            took if took < SHORT => self.keep((now * 2).min(FULL), time),
            took if took > LONG && began != 0 => self.keep((now / 2).max(1), time),
            _ => Length::new(now, time),
        }
    }

    #[inline(always)]
    fn keep(&self, now: u32, began: u32) -> Length {
        self.length.store(now, Ordering::Relaxed);
        Length::new(now, began)
    }
}

/// The time now, in units of 1,024 ns, never 0. It wraps around after 73 minutes; what is learned wrongly then is
/// corrected by the next strip.
fn moment() -> u32 {
    #[allow(clippy::cast_possible_truncation, reason = "it comes round")]
    let moment = (clock::real() >> 10) as u32;
    moment.max(1)
}

impl Length {
    #[cfg(test)]
    pub(crate) fn of(now: u32) -> Self {
        Self::new(now, 0)
    }

    #[inline(always)]
    fn new(now: u32, began: u32) -> Self {
        Self(join(began, now))
    }

    #[inline(always)]
    fn now(self) -> u32 {
        split(self.0).1
    }

    fn began(self) -> u32 {
        split(self.0).0
    }

    #[inline(always)]
    pub(crate) fn get(self) -> usize {
        self.now() as usize
    }

    /// How many iterations the next strip has, or more than are `left`.
    #[inline(always)]
    pub(crate) fn strip(self, left: usize) -> usize {
        // In tests, every iteration may be the one to trip: see `doubt`.
        if left <= FEW && !cfg!(feature = "testing") {
            left
        } else {
            self.get()
        }
    }

    /// Whether this many iterations need no strips, and no look at the budgets now.
    ///
    /// Anything else is the rare case: a nest has far more short rows than long loops, and the registers should be
    /// theirs. Without the cold call that tells the compiler so, the nests of linear algebra took up to 1.5 times
    /// as long.
    #[inline(always)]
    pub(crate) fn covers(self, left: usize, seen: Seen) -> bool {
        // Bits are set instead of taking the maximum: that is one instruction, and also shows the compiler that the
        // result is at least `FEW`.
        let covers = left <= self.get() | FEW && !due(seen);
        if !covers {
            long();
        }
        covers
    }
}

#[cold]
#[inline(never)]
extern "C" fn long() {}

/// `extern "C"`, like [`Stride::learn`].
#[cfg(feature = "testing")]
#[cold]
#[inline(never)]
extern "C" fn takes_every_check() -> bool {
    crate::time::source::takes_every_check()
}
