//! Iterations that can be split (`split.rs`, `indexed.rs`, `adaptors.rs`: slices, ranges, and adaptors of them):
//! the inner loop runs over a whole slice or range, and is compiled as if it stood alone.

use crate::strip::adaptors::{Clones, Copies, Numbered, Reversed, Stepped, Zipped};
use crate::strip::partner::Partner;
use crate::strip::split::{Split, SplitBack};
use crate::strip::stride::{Length, Stride};
use crate::time::seen::Seen;

/// If no more turns than these are left they are one strip, whatever was learned: over items that are plain data, and
/// over a range with constant bounds. Where the compiler knows how many there are, as in an array, the loop is then
/// compiled as if there were no strips.
const FEW: usize = 32;
const FEW_IN_RANGE: usize = 64;

/// An iteration in strips.
#[doc(hidden)]
pub struct Cut<S>(pub(crate) S);

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
