//! What can be cut: slices into pieces, and ranges into subranges.

use core::mem::{needs_drop, take};
use core::ops::{Range, RangeInclusive};
use core::slice::{Iter, IterMut};

/// An iteration that can be cut in two without running it. Yielding its items has no effects.
#[doc(hidden)]
pub trait Split: Sized {
    /// A part of it, which compiles as well as the whole would.
    type Piece: Iterator;

    /// Whether its items have destructors. If so they are yielded one by one, because an operator on one may take
    /// any time.
    const OWNING: bool = false;

    /// The number of items left; `usize::MAX` if there are more.
    fn left(&self) -> usize;

    /// Takes the next `most` items, or all if fewer are left. There is at least one.
    fn cut(&mut self, most: usize) -> Self::Piece;

    /// Returns everything that is left, uncut.
    fn all(self) -> Self::Piece;
}

/// A [`Split`] that can be cut at its end as well.
#[doc(hidden)]
pub trait SplitBack: Split<Piece: DoubleEndedIterator> {
    /// Takes the last `most` items, in order, or all if fewer are left. There is at least one.
    fn cut_back(&mut self, most: usize) -> Self::Piece;
}

macro_rules! slices {
    ($($slice:ty, $piece:ty, $split_at:ident, $iter:ident;)*) => {$(
        impl<'a, T> Split for $slice {
            type Piece = $piece;
            const OWNING: bool = needs_drop::<T>();

            #[inline(always)]
            fn left(&self) -> usize {
                self.len()
            }

            #[inline(always)]
            fn cut(&mut self, most: usize) -> Self::Piece {
                let at = self.len().min(most);
                let (piece, rest) = take(self).$split_at(at);
                *self = rest;
                piece.$iter()
            }

            #[inline(always)]
            fn all(self) -> Self::Piece {
                self.$iter()
            }
        }

        impl<'a, T> SplitBack for $slice {
            #[inline(always)]
            fn cut_back(&mut self, most: usize) -> Self::Piece {
                let at = self.len().saturating_sub(most);
                let (rest, piece) = take(self).$split_at(at);
                *self = rest;
                piece.$iter()
            }
        }
    )*};
}
slices! {
    &'a [T], Iter<'a, T>, split_at, iter;
    &'a mut [T], IterMut<'a, T>, split_at_mut, iter_mut;
}

/// Every range that the standard library steps through.
impl<T: Clone + PartialOrd> Split for Range<T>
where
    Self: Iterator<Item = T>,
{
    type Piece = Self;

    #[inline(always)]
    fn left(&self) -> usize {
        self.size_hint().0
    }

    #[inline(always)]
    fn cut(&mut self, most: usize) -> Self {
        let start = self.start.clone();
        self.nth(most - 1);
        // It always is within the range. But so the optimiser sees that the piece is too: what it proved of the
        // range's indices then holds for those of the piece.
        if self.start < start {
            self.start = start.clone();
        }
        if self.start > self.end {
            self.start = self.end.clone();
        }
        start..self.start.clone()
    }

    #[inline(always)]
    fn all(self) -> Self {
        self
    }
}

impl<T: Clone + PartialOrd> SplitBack for Range<T>
where
    Self: DoubleEndedIterator<Item = T>,
{
    #[inline(always)]
    fn cut_back(&mut self, most: usize) -> Self {
        let end = self.end.clone();
        self.nth_back(most - 1);
        self.end.clone()..end
    }
}

impl<T: Clone> Split for RangeInclusive<T>
where
    Self: Iterator<Item = T>,
{
    type Piece = Self;

    #[inline(always)]
    fn left(&self) -> usize {
        self.size_hint().0
    }

    #[inline(always)]
    fn cut(&mut self, most: usize) -> Self {
        let (first, end) = (self.start().clone(), self.end().clone());
        first..=self.nth(most - 1).unwrap_or(end)
    }

    #[inline(always)]
    fn all(self) -> Self {
        self
    }
}

impl<T: Clone> SplitBack for RangeInclusive<T>
where
    Self: DoubleEndedIterator<Item = T>,
{
    #[inline(always)]
    fn cut_back(&mut self, most: usize) -> Self {
        let (start, last) = (self.start().clone(), self.end().clone());
        self.nth_back(most - 1).unwrap_or(start)..=last
    }
}
