//! What a loop's iteration can be cut into: slices and ranges.

use core::mem::needs_drop;
use core::ops::{Range, RangeInclusive};
use core::slice::{Iter, IterMut};

/// An iteration that can be cut in two without running it. Its items have no effects.
#[doc(hidden)]
pub trait Split {
    /// A part of it; compiled as well as the whole would be.
    type Piece: Iterator;
    /// All of it.
    type Whole: Iterator<Item = <Self::Piece as Iterator>::Item>;
    /// Whether its items are plain data, on which operators take no time to speak of.
    const PLAIN: bool;

    /// Items left.
    fn left(&self) -> usize;

    /// Forgets all but the next `count` items, which are there.
    fn trim(&mut self, count: usize);

    /// The next `count` items, which are there.
    fn split(&mut self, count: usize) -> Self::Piece;

    /// Whether none is left.
    #[inline(always)]
    fn is_done(&self) -> bool {
        self.left() == 0
    }

    /// The next items, at most so many; all that are left if those are but a few.
    //
    // In two arms: what is left after the last strip is known to be nothing, and that the strip is not
    // empty is not asked again. Whether they are a few is asked where it is rarely answered.
    #[inline(always)]
    fn cut(&mut self, few: usize, most: usize) -> Self::Piece {
        if self.left() > most {
            rare();
            if self.left() > in_one(few) {
                return self.split(most);
            }
        }
        self.rest()
    }

    /// What is left, all of it.
    #[inline(always)]
    fn rest(&mut self) -> Self::Piece {
        self.split(self.left())
    }

    /// The iterator itself.
    fn whole(self) -> Self::Whole;
}

/// An iterator that can be split. One whose type the compiler does not know yet is taken for such a one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the type of what this guarded loop is over is not known before the loop",
    label = "turns out to be `{Self}` further down",
    note = "write it where the variable is declared, as in `let list: Vec<_> = ...`"
)]
pub trait Source: Iterator {
    /// What it is split as.
    type Split: Split<Whole = Self>;

    /// All of it.
    fn into_split(self) -> Self::Split;
}

/// Numbers and small structures of them. What takes its time has memory of its own.
pub(crate) const fn is_plain<T>() -> bool {
    !needs_drop::<T>() && size_of::<T>() <= 32
}

/// So many turns are one strip; none where every turn is to be checked.
#[inline(always)]
fn in_one(few: usize) -> usize {
    #[cfg(feature = "testing")]
    if crate::time::source::takes_every_check() {
        return 0;
    }
    few
}

/// Tells the compiler that this place is seldom reached.
#[cold]
#[inline(always)]
pub(crate) fn rare() {}

/// A [`Split`] that can be cut at its end as well.
#[doc(hidden)]
pub trait SplitBack: Split<Piece: DoubleEndedIterator, Whole: DoubleEndedIterator> {
    /// The last `count` items, which are there, in order.
    fn split_back(&mut self, count: usize) -> Self::Piece;

    /// Forgets all but the last `count` items, which are there.
    fn trim_back(&mut self, count: usize);
}

/// A slice by its length: iterators hold two ends, and the compiler does not see that those of two
/// slices of one length stay as far apart.
#[doc(hidden)]
#[derive(Debug)]
pub struct Slice<'a, T>(&'a [T]);

impl<'a, T> Source for Iter<'a, T> {
    type Split = Slice<'a, T>;

    #[inline(always)]
    fn into_split(self) -> Slice<'a, T> {
        Slice(self.as_slice())
    }
}

impl<'a, T> Split for Slice<'a, T> {
    type Piece = Iter<'a, T>;
    type Whole = Iter<'a, T>;
    const PLAIN: bool = is_plain::<T>();

    #[inline(always)]
    fn left(&self) -> usize {
        self.0.len()
    }

    #[inline(always)]
    fn trim(&mut self, count: usize) {
        self.0 = &self.0[..count];
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Iter<'a, T> {
        let (piece, rest) = self.0.split_at(count);
        self.0 = rest;
        piece.iter()
    }

    #[inline(always)]
    fn rest(&mut self) -> Iter<'a, T> {
        core::mem::take(&mut self.0).iter()
    }

    fn whole(self) -> Iter<'a, T> {
        self.0.iter()
    }
}

impl<T> SplitBack for Slice<'_, T> {
    #[inline(always)]
    fn split_back(&mut self, count: usize) -> Self::Piece {
        let (rest, piece) = self.0.split_at(self.0.len() - count);
        self.0 = rest;
        piece.iter()
    }

    #[inline(always)]
    fn trim_back(&mut self, count: usize) {
        self.0 = &self.0[self.0.len() - count..];
    }
}

/// The same of one that is written to.
#[doc(hidden)]
#[derive(Debug)]
pub struct SliceMut<'a, T>(&'a mut [T]);

impl<'a, T> Source for IterMut<'a, T> {
    type Split = SliceMut<'a, T>;

    #[inline(always)]
    fn into_split(self) -> SliceMut<'a, T> {
        SliceMut(self.into_slice())
    }
}

impl<'a, T> Split for SliceMut<'a, T> {
    type Piece = IterMut<'a, T>;
    type Whole = IterMut<'a, T>;
    const PLAIN: bool = is_plain::<T>();

    #[inline(always)]
    fn left(&self) -> usize {
        self.0.len()
    }

    #[inline(always)]
    fn trim(&mut self, count: usize) {
        self.0 = &mut core::mem::take(&mut self.0)[..count];
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> IterMut<'a, T> {
        let (piece, rest) = core::mem::take(&mut self.0).split_at_mut(count);
        self.0 = rest;
        piece.iter_mut()
    }

    #[inline(always)]
    fn rest(&mut self) -> IterMut<'a, T> {
        core::mem::take(&mut self.0).iter_mut()
    }

    fn whole(self) -> IterMut<'a, T> {
        self.0.iter_mut()
    }
}

impl<T> SplitBack for SliceMut<'_, T> {
    #[inline(always)]
    fn split_back(&mut self, count: usize) -> Self::Piece {
        let at = self.0.len() - count;
        let (rest, piece) = core::mem::take(&mut self.0).split_at_mut(at);
        self.0 = rest;
        piece.iter_mut()
    }

    #[inline(always)]
    fn trim_back(&mut self, count: usize) {
        let at = self.0.len() - count;
        self.0 = &mut core::mem::take(&mut self.0)[at..];
    }
}

/// An integer that a range counts in.
#[doc(hidden)]
pub trait Step: Copy + PartialOrd {
    /// `end - self`, which is not negative; saturates.
    fn until(self, end: Self) -> usize;
    /// `self + count`, which is in the range.
    #[must_use]
    fn plus(self, count: usize) -> Self;
    /// `self - count`, which is in the range.
    #[must_use]
    fn minus(self, count: usize) -> Self;
    /// `self + count`, or the largest value; some thousands are a large count.
    #[must_use]
    fn ahead(self, count: usize) -> Self;
}

macro_rules! step {
    ($($integer:ty)*) => {$(
        #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_lossless,
                reason = "a count is at most the distance between two of these, modulo 2^n")]
        impl Step for $integer {
            #[inline(always)]
            fn until(self, end: Self) -> usize {
                usize::try_from(end.abs_diff(self)).unwrap_or(usize::MAX)
            }

            #[inline(always)]
            fn plus(self, count: usize) -> Self {
                self.wrapping_add(count as Self)
            }

            #[inline(always)]
            fn minus(self, count: usize) -> Self {
                self.wrapping_sub(count as Self)
            }

            #[inline(always)]
            fn ahead(self, count: usize) -> Self {
                self.saturating_add(Self::try_from(count).unwrap_or(Self::MAX))
            }
        }
    )*};
}
step!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

impl<T: Step> Source for Range<T>
where
    Self: Iterator<Item = T>,
{
    type Split = Self;

    #[inline(always)]
    fn into_split(self) -> Self {
        self
    }
}

impl<T: Step> Split for Range<T>
where
    Self: Iterator<Item = T>,
{
    type Piece = Self;
    type Whole = Self;
    const PLAIN: bool = false;

    #[inline(always)]
    fn left(&self) -> usize {
        if self.start < self.end {
            self.start.until(self.end)
        } else {
            0
        }
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Self {
        let start = self.start;
        self.start = start.plus(count);
        start..self.start
    }

    #[inline(always)]
    fn trim(&mut self, count: usize) {
        if count < self.left() {
            self.end = self.start.plus(count);
        }
    }

    #[inline(always)]
    fn is_done(&self) -> bool {
        self.start >= self.end
    }

    /// Bounded by the end in a way that the optimiser sees: bounds that it proved for the whole range
    /// hold for the piece.
    #[inline(always)]
    fn cut(&mut self, few: usize, most: usize) -> Self {
        let (start, end, stop) = (self.start, self.end, self.start.ahead(most));
        self.start = if stop < end {
            rare();
            if few > 0 && self.left() <= few {
                end
            } else {
                stop
            }
        } else {
            end
        };
        start..self.start
    }

    fn whole(self) -> Self {
        self
    }
}

impl<T: Step> SplitBack for Range<T>
where
    Self: DoubleEndedIterator<Item = T>,
{
    #[inline(always)]
    fn split_back(&mut self, count: usize) -> Self {
        let end = self.end;
        self.end = end.minus(count);
        self.end..end
    }

    #[inline(always)]
    fn trim_back(&mut self, count: usize) {
        if count < self.left() {
            self.start = self.end.minus(count);
        }
    }
}

impl<T: Step> Source for RangeInclusive<T>
where
    Self: DoubleEndedIterator<Item = T>,
{
    type Split = Self;

    #[inline(always)]
    fn into_split(self) -> Self {
        self
    }
}

impl<T: Step> Split for RangeInclusive<T>
where
    Self: DoubleEndedIterator<Item = T>,
{
    type Piece = Self;
    type Whole = Self;
    const PLAIN: bool = false;

    #[inline(always)]
    fn left(&self) -> usize {
        if self.is_empty() {
            0
        } else {
            self.start().until(*self.end()).saturating_add(1)
        }
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Self {
        let (start, end) = (*self.start(), *self.end());
        if count == self.left() {
            // The only empty range whose bounds are surely in the type is one that ran out.
            *self = end..=end;
            self.next();
            return start..=end;
        }
        *self = start.plus(count)..=end;
        start..=start.plus(count).minus(1)
    }

    #[inline(always)]
    fn trim(&mut self, count: usize) {
        if count == 0 {
            self.split(self.left());
        } else if count < self.left() {
            *self = self.split(count);
        }
    }

    fn whole(self) -> Self {
        self
    }
}

impl<T: Step> SplitBack for RangeInclusive<T>
where
    Self: DoubleEndedIterator<Item = T>,
{
    #[inline(always)]
    fn split_back(&mut self, count: usize) -> Self {
        let (start, end) = (*self.start(), *self.end());
        if count == self.left() {
            return self.split(count);
        }
        let rest = end.minus(count);
        *self = start..=rest;
        rest.plus(1)..=end
    }

    #[inline(always)]
    fn trim_back(&mut self, count: usize) {
        if count == 0 {
            self.split(self.left());
        } else if count < self.left() {
            *self = self.split_back(count);
        }
    }
}
