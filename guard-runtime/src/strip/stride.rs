//! Loops in strips: an inner loop without a check, as long as what the optimiser does to a loop
//! needs, between two checks. The idea is that of `HotSpot`'s counted loops.
//!
//! What can be split (`split.rs`, `indexed.rs`, `adaptors.rs`: slices, ranges, and adaptors of them) is split, so
//! that the inner loop runs over a whole slice or range and is compiled as if it stood alone. Anything else is
//! [`Watched`].
//!
//! The length of a loop's strips is learned, once per loop and process: operators can be overloaded
//! and calls can be slow, so it starts short, and grows only while the clock says that a strip takes
//! less than [`SHORT`]. A strip of full length is not timed any more, until a tick passes in one.

use core::marker::PhantomData;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::check::scope::Seen;
use crate::strip::adaptors::{Clones, Copies, Numbered, Reversed, Stepped, Zipped};
use crate::strip::split::{Source, Split, SplitBack, rare};
use crate::strip::watched::Watched;
use crate::time::clock;

/// A full strip outweighs its own start: with 256, some vectorised loops were 1.6 times slower.
const FULL: u32 = 4096;

/// Few enough for operators that take microseconds.
const FIRST: u32 = 16;

/// If no more turns than these are left they are one strip, whatever was learned: over items that are plain data, and
/// over a range with constant bounds. Where the compiler knows how many there are, as in an array, the loop is then
/// compiled as if there were no strips.
const FEW: usize = 32;
const FEW_IN_RANGE: usize = 64;

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

/// What one run of the loop keeps of it, passed by value, like [`Seen`](crate::check::scope::Seen), and in one
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
        rare();
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
        if crate::testing::every_trip::is_running() {
            return Length::new(1, 0);
        }
        if length.now() == FULL {
            self.keep(FULL / 2, 0)
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

/// Now, in units of 1,024 ns, never 0. It comes round after 73 minutes: what is learned wrongly then
/// is put right by the next strip.
fn moment() -> u32 {
    #[allow(clippy::cast_possible_truncation, reason = "it comes round")]
    let moment = (clock::real() >> 10) as u32;
    moment.max(1)
}

impl Length {
    #[inline(always)]
    fn new(now: u32, began: u32) -> Self {
        Self(u64::from(began) << 32 | u64::from(now))
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "the lower half")]
    fn now(self) -> u32 {
        self.0 as u32
    }

    fn began(self) -> u32 {
        (self.0 >> 32) as u32
    }

    #[inline(always)]
    fn get(self) -> usize {
        self.now() as usize
    }
}

/// An iteration in strips.
#[doc(hidden)]
pub struct Cut<S>(S);

impl<S: Split> Cut<S> {
    /// Whether all items were handed out.
    #[inline(always)]
    pub fn is_done(&self) -> bool {
        self.0.is_done()
    }

    /// The next strip.
    #[inline(always)]
    pub fn strip(&mut self, length: Length, _: Seen) -> S::Piece {
        self.0.cut(if S::PLAIN { FEW } else { 0 }, length.get())
    }

    /// The same of a range with constant bounds.
    #[inline(always)]
    pub fn strip_of_constant(&mut self, length: Length, _: Seen) -> S::Piece {
        self.0.cut(FEW_IN_RANGE, length.get())
    }

    /// The length of the next one.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::unused_self, reason = "of one shape with what cannot be cut")]
    pub fn adapt(&self, stride: &Stride, length: Length) -> Length {
        stride.adapt(length)
    }

    /// As [`Iterator::enumerate`].
    #[inline(always)]
    pub fn enumerate(self) -> Cut<Numbered<S>> {
        Cut(Numbered::new(self.0))
    }

    /// As [`Iterator::rev`].
    #[inline(always)]
    pub fn rev(self) -> Cut<Reversed<S>>
    where
        S: SplitBack,
    {
        Cut(Reversed(self.0))
    }

    /// As [`Iterator::copied`].
    #[inline(always)]
    pub fn copied(self) -> Cut<Copies<S>> {
        Cut(Copies(self.0))
    }

    /// As [`Iterator::cloned`].
    #[inline(always)]
    pub fn cloned(self) -> Cut<Clones<S>> {
        Cut(Clones(self.0))
    }

    /// As [`Iterator::skip`].
    #[inline(always)]
    #[must_use]
    pub fn skip(mut self, count: usize) -> Self {
        let _ = self.0.split(count.min(self.0.left()));
        self
    }

    /// As [`Iterator::take`].
    #[inline(always)]
    #[must_use]
    pub fn take(mut self, count: usize) -> Self {
        if count < self.0.left() {
            self.0.trim(count);
        }
        self
    }

    /// As [`Iterator::step_by`].
    ///
    /// # Panics
    ///
    /// If the step is 0.
    #[inline(always)]
    pub fn step_by(self, step: usize) -> Cut<Stepped<S>> {
        Cut(Stepped::new(self.0, step))
    }

    /// As [`Iterator::zip`].
    #[inline(always)]
    pub fn zip<B: Partner>(self, other: B) -> B::With<S> {
        other.with(self.0)
    }
}

/// What can stand on the right of a `zip`.
#[doc(hidden)]
pub trait Partner {
    /// The iterator that this is.
    type Whole: Iterator;
    /// The pair, if what stands on the left can be split.
    type With<A: Split>;

    /// The iterator that this is.
    fn whole(self) -> Self::Whole;
    /// The pair.
    fn with<A: Split>(self, left: A) -> Self::With<A>;
}

impl<S: Split> Partner for Cut<S> {
    type Whole = S::Whole;
    type With<A: Split> = Cut<Zipped<A, S>>;

    fn whole(self) -> S::Whole {
        self.0.whole()
    }

    #[inline(always)]
    fn with<A: Split>(self, left: A) -> Cut<Zipped<A, S>> {
        Cut(Zipped::new(left, self.0))
    }
}

/// The turns of one strip of a `while`.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn turns(length: Length) -> Range<u32> {
    0..length.now()
}

/// Finds out whether an iterator can be split, as [`Probe`](crate::check::leave::Probe) does with types.
#[doc(hidden)]
pub struct Kind<I>(Uncut<I>);

/// An iterator that cannot be split.
#[doc(hidden)]
pub struct Uncut<I>(PhantomData<I>);

/// Makes a [`Cut`].
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Cutter;

/// Makes a [`Watched`].
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Watcher;

/// The kind of this iterator.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn kind<I>(_: &I) -> Kind<I> {
    Kind(Uncut(PhantomData))
}

#[allow(
    clippy::unused_self,
    reason = "the method is found by the type of `self`"
)]
impl<I: Source> Kind<I> {
    /// It can be split.
    #[inline(always)]
    pub fn maker(&self) -> Cutter {
        Cutter
    }
}

#[allow(
    clippy::unused_self,
    reason = "the method is found by the type of `self`"
)]
impl<I> Uncut<I> {
    /// It cannot.
    #[inline(always)]
    pub fn maker(&self) -> Watcher {
        Watcher
    }
}

impl<I> core::ops::Deref for Kind<I> {
    type Target = Uncut<I>;

    #[inline(always)]
    fn deref(&self) -> &Uncut<I> {
        &self.0
    }
}

#[allow(clippy::unused_self, reason = "of one shape with the other maker")]
impl Cutter {
    /// The iteration.
    #[inline(always)]
    pub fn make<I: Source>(self, iter: I) -> Cut<I::Split> {
        Cut(iter.into_split())
    }
}

#[allow(clippy::unused_self, reason = "of one shape with the other maker")]
impl Watcher {
    /// The iteration.
    #[inline(always)]
    pub fn make<I>(self, iter: I) -> Watched<I> {
        Watched::new(iter)
    }
}
