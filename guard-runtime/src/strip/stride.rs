//! How long the strips of a loop are. It is learned, once per loop and process: operators can be overloaded, so the
//! length starts short, and grows only while the clock says that a strip takes less than [`SHORT`]. A strip of full
//! length is not timed any more, until a tick passes in one.

use core::sync::atomic::{AtomicU32, Ordering};

use crate::base::layout::{join, split};
use crate::time::clock;
use crate::time::seen::Seen;

/// A full strip outweighs its own start: with 256, some vectorised loops were 1.6 times slower.
const FULL: u32 = 65_536;

/// Few enough for operators that take microseconds.
const FIRST: u32 = 16;

/// If no more turns than these are left they are one strip, whatever was learned. Where the compiler knows how many
/// there are, as in an array, the loop is then compiled as if there were no strips.
const FEW: usize = FIRST as usize;

/// Microseconds, almost. Twice this and a margin is still well within what a trip may be late.
const SHORT: u32 = 20;
const LONG: u32 = 60;

/// The strip length of one loop, in a static beside it.
///
/// All relaxed: a length that is out of date is a length that was right a moment ago.
#[doc(hidden)]
#[derive(Debug)]
pub struct Stride {
    length: AtomicU32,
    /// When a strip last ended, in any run.
    ended: AtomicU32,
}

/// What one run of the loop keeps of it, passed by value, like [`Seen`](crate::time::seen::Seen), and in one
/// register: items in the lower half, and when the strip before ended in the upper; 0 if there was none.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub struct Length(u64);

impl Stride {
    /// Of a loop that never ran.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "for statics in expansions only")]
    pub const fn new() -> Self {
        Self {
            length: AtomicU32::new(FIRST),
            ended: AtomicU32::new(0),
        }
    }

    /// At the start of the loop.
    #[inline(always)]
    pub fn length(&self) -> Length {
        Length::new(self.length.load(Ordering::Relaxed), 0)
    }

    /// Between two strips; most loops end in their first.
    #[inline(always)]
    #[must_use]
    pub fn adapt(&self, length: Length) -> Length {
        if length.now() == FULL {
            length
        } else {
            self.learn(length)
        }
    }

    /// After a tick: whatever was learned may be out of date.
    //
    // No call: the one to `tick` before it is all that a check should cost in code.
    #[inline(always)]
    #[must_use]
    pub fn doubt(&self, length: Length) -> Length {
        // A strip may end anywhere, so every place is tried.
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

    /// The time since a strip of another run ended is no less than what the first of this one took:
    /// good enough to grow by, so that a loop learns which is short each time and runs often.
    //
    // Like `tick`, it is of a foreign ABI because such functions do not unwind: without landing pads
    // for them, the register allocator keeps the loop's variables in registers.
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

/// The iterations of one strip of a `while`.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn turns(length: Length) -> core::ops::Range<u32> {
    0..length.now()
}

/// The iterations of a small `while` or `loop` between two checks.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn eight(seen: Seen) -> core::ops::Range<u32> {
    // One where every place is tried, and where time is moved by hand.
    0..if cfg!(feature = "testing") && seen.is_stale() {
        1
    } else {
        8
    }
}

/// Now, in units of 1,024 ns, never 0. It comes round after 73 minutes: what is learned wrongly then
/// is put right by the next strip.
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

    /// So many iterations are one strip, whatever was learned.
    #[inline(always)]
    pub(crate) fn few(self) -> usize {
        // None where every place is tried: see `doubt`.
        if cfg!(feature = "testing") && self.now() == 1 {
            return 0;
        }
        FEW
    }

    /// So many iterations need no strips. Bits are set instead of the greater number being taken: it is one
    /// instruction, and shows the compiler as well that this is no less than [`FEW`].
    #[inline(always)]
    pub(crate) fn short(self) -> usize {
        self.get() | self.few()
    }
}

/// Of a foreign ABI, as [`Stride::learn`] is.
#[cfg(feature = "testing")]
#[cold]
#[inline(never)]
extern "C" fn takes_every_check() -> bool {
    crate::time::source::takes_every_check()
}
