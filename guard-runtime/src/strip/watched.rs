//! Iterations that cannot be cut: of what their iterator does nothing is known. It may wait, as a channel does, and
//! it may begin to wait whenever it likes; so whatever its last items took, the word is asked at each.

use core::iter::{Cloned, Copied, Enumerate, Rev, Skip, StepBy, Take, Zip};

use crate::strip::partner::Partner;
use crate::strip::split::Split;
use crate::strip::stride::{Length, Stride};
use crate::time::epoch::EPOCH;
use crate::time::seen::Seen;

/// An iteration that is asked for its items one by one, as a plain loop asks.
#[doc(hidden)]
pub struct Watched<I> {
    iter: I,
    done: bool,
}

// Without a bound: what is no iterator is reported once, where it is iterated.
impl<I> Watched<I> {
    pub(crate) fn new(iter: I) -> Self {
        Self { iter, done: false }
    }

    /// Whether the iterator has ended.
    #[inline(always)]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Items until the word has moved, or the end.
    #[inline(always)]
    pub fn strip(&mut self, _: Length, seen: Seen) -> Strip<'_, I> {
        Strip {
            of: self,
            seen,
            word: seen.0,
        }
    }

    /// Of a range that is none of integers.
    #[inline(always)]
    pub fn strip_of_constant(&mut self, length: Length, seen: Seen) -> Strip<'_, I> {
        self.strip(length, seen)
    }

    /// There is nothing to learn.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::unused_self, reason = "of one shape with what can be cut")]
    pub fn adapt(&self, _: &Stride, length: Length) -> Length {
        length
    }
}

impl<I: Iterator> Watched<I> {
    /// As [`Iterator::enumerate`].
    #[inline(always)]
    pub fn enumerate(self) -> Watched<Enumerate<I>> {
        Watched::new(self.iter.enumerate())
    }

    /// As [`Iterator::rev`].
    #[inline(always)]
    pub fn rev(self) -> Watched<Rev<I>>
    where
        I: DoubleEndedIterator,
    {
        Watched::new(self.iter.rev())
    }

    /// As [`Iterator::copied`].
    #[inline(always)]
    pub fn copied<'a, T: 'a + Copy>(self) -> Watched<Copied<I>>
    where
        I: Iterator<Item = &'a T>,
    {
        Watched::new(self.iter.copied())
    }

    /// As [`Iterator::cloned`].
    #[inline(always)]
    pub fn cloned<'a, T: 'a + Clone>(self) -> Watched<Cloned<I>>
    where
        I: Iterator<Item = &'a T>,
    {
        Watched::new(self.iter.cloned())
    }

    /// As [`Iterator::skip`].
    #[inline(always)]
    pub fn skip(self, count: usize) -> Watched<Skip<I>> {
        Watched::new(self.iter.skip(count))
    }

    /// As [`Iterator::take`].
    #[inline(always)]
    pub fn take(self, count: usize) -> Watched<Take<I>> {
        Watched::new(self.iter.take(count))
    }

    /// As [`Iterator::step_by`].
    ///
    /// # Panics
    ///
    /// If the step is 0.
    #[inline(always)]
    pub fn step_by(self, step: usize) -> Watched<StepBy<I>> {
        Watched::new(self.iter.step_by(step))
    }

    /// As [`Iterator::zip`].
    #[inline(always)]
    pub fn zip<B: Partner>(self, other: B) -> Watched<Zip<I, B::Whole>> {
        Watched::new(self.iter.zip(other.whole()))
    }
}

impl<I: Iterator> Partner for Watched<I> {
    type Whole = I;
    type With<A: Split> = Watched<Zip<A::Whole, I>>;

    fn whole(self) -> I {
        self.iter
    }

    #[inline(always)]
    fn with<A: Split>(self, left: A) -> Watched<Zip<A::Whole, I>> {
        Watched::new(left.whole().zip(self.iter))
    }
}

/// A strip of a [`Watched`]. It ends once the word has moved, and not before it had an item: the check in front of
/// it looked, and where every check has to look the loop would not come on.
#[doc(hidden)]
pub struct Strip<'a, I> {
    of: &'a mut Watched<I>,
    seen: Seen,
    /// As it was when the last item had come, which may have taken any time.
    word: u64,
}

impl<I: Iterator> Iterator for Strip<'_, I> {
    type Item = I::Item;

    #[inline(always)]
    fn next(&mut self) -> Option<I::Item> {
        if self.word != self.seen.0 {
            return None;
        }
        let item = self.of.iter.next();
        self.of.done = item.is_none();
        self.word = EPOCH.load_relaxed();
        item
    }
}
