//! What can be cut: slices into pieces, and ranges into subranges.

use core::mem::{needs_drop, take};
use core::net::{Ipv4Addr, Ipv6Addr};
use core::ops::{Range, RangeInclusive};
use core::slice::{Iter, IterMut};

/// An iteration that can be cut in two without running it. Yielding its items has no effects.
#[doc(hidden)]
pub trait Split: Sized {
    /// A part of it, which compiles as well as the whole would.
    type Piece: Iterator;

    /// Whether its items have destructors. If so they are yielded one by one, because an operator on one may take
    /// any time.
    const OWNING: bool;

    /// The number of items left; `usize::MAX` if there are more.
    fn left(&self) -> usize;

    /// Takes the next `count` items: at least one, and at most those that are left.
    fn split(&mut self, count: usize) -> Self::Piece;

    /// Returns everything that is left, uncut.
    fn all(self) -> Self::Piece;

    /// Takes the next `most` items, or all if fewer are left. There is at least one.
    #[inline(always)]
    fn cut(&mut self, most: usize) -> Self::Piece {
        self.split(self.left().min(most))
    }
}

/// A [`Split`] that can be cut at its end as well.
#[doc(hidden)]
pub trait SplitBack: Split<Piece: DoubleEndedIterator> {
    /// Takes the last `count` items, in order: at least one, and at most those that are left.
    fn split_back(&mut self, count: usize) -> Self::Piece;
}

impl<'a, T> Split for &'a [T] {
    type Piece = Iter<'a, T>;
    const OWNING: bool = needs_drop::<T>();

    #[inline(always)]
    fn all(self) -> Self::Piece {
        self.iter()
    }

    #[inline(always)]
    fn left(&self) -> usize {
        self.len()
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Self::Piece {
        let (piece, rest) = self.split_at(count);
        *self = rest;
        piece.iter()
    }
}

impl<T> SplitBack for &[T] {
    #[inline(always)]
    fn split_back(&mut self, count: usize) -> Self::Piece {
        let (rest, piece) = self.split_at(self.len() - count);
        *self = rest;
        piece.iter()
    }
}

impl<'a, T> Split for &'a mut [T] {
    type Piece = IterMut<'a, T>;
    const OWNING: bool = needs_drop::<T>();

    #[inline(always)]
    fn all(self) -> Self::Piece {
        self.iter_mut()
    }

    #[inline(always)]
    fn left(&self) -> usize {
        self.len()
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Self::Piece {
        let (piece, rest) = take(self).split_at_mut(count);
        *self = rest;
        piece.iter_mut()
    }
}

impl<T> SplitBack for &mut [T] {
    #[inline(always)]
    fn split_back(&mut self, count: usize) -> Self::Piece {
        let at = self.len() - count;
        let (rest, piece) = take(self).split_at_mut(at);
        *self = rest;
        piece.iter_mut()
    }
}

/// The types that a range can count in: those of the standard library.
#[doc(hidden)]
pub trait Step: Copy + PartialOrd {
    /// The number of steps from here to `end`, which must not be before it; saturates.
    fn until(self, end: Self) -> usize;
    /// The value this many steps ahead; saturates.
    #[must_use]
    fn plus(self, count: usize) -> Self;
    /// The value this many steps back; saturates.
    #[must_use]
    fn minus(self, count: usize) -> Self;
}

macro_rules! integers {
    ($add:ident, $sub:ident: $($integer:ty, $count:ty;)*) => {$(
        impl Step for $integer {
            #[inline(always)]
            fn until(self, end: Self) -> usize {
                usize::try_from(end.abs_diff(self)).unwrap_or(usize::MAX)
            }

            #[inline(always)]
            fn plus(self, count: usize) -> Self {
                <$count>::try_from(count).map_or(Self::MAX, |count| self.$add(count))
            }

            #[inline(always)]
            fn minus(self, count: usize) -> Self {
                <$count>::try_from(count).map_or(Self::MIN, |count| self.$sub(count))
            }
        }
    )*};
}
integers! { saturating_add, saturating_sub:
    u8, u8; u16, u16; u32, u32; u64, u64; u128, u128; usize, usize;
}
integers! { saturating_add_unsigned, saturating_sub_unsigned:
    i8, u8; i16, u16; i32, u32; i64, u64; i128, u128; isize, usize;
}

/// Types that only the standard library can step through. With them every range can be cut, so the macro may treat
/// a range as one before its type is known.
macro_rules! others {
    ($($other:ty, $min:expr, $max:expr;)*) => {$(
        impl Step for $other {
            fn until(self, end: Self) -> usize {
                (self..end).size_hint().0
            }

            fn plus(self, count: usize) -> Self {
                let mut ahead = self..$max;
                count.checked_sub(1).and_then(|last| ahead.nth(last));
                ahead.start
            }

            fn minus(self, count: usize) -> Self {
                let mut back = $min..self;
                count.checked_sub(1).and_then(|last| back.nth_back(last));
                back.end
            }
        }
    )*};
}
others! {
    char, char::MIN, char::MAX;
    Ipv4Addr, Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST;
    Ipv6Addr, Ipv6Addr::UNSPECIFIED, Ipv6Addr::from(u128::MAX);
}

impl<T: Step> Split for Range<T>
where
    Self: Iterator,
{
    type Piece = Self;
    const OWNING: bool = false;

    #[inline(always)]
    fn all(self) -> Self {
        self
    }

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

    /// The end of the piece is computed so that the optimiser sees that it is within the range: what it proved of
    /// the range's indices then holds for those of the piece.
    #[inline(always)]
    fn cut(&mut self, most: usize) -> Self {
        let (start, stop) = (self.start, self.start.plus(most));
        self.start = if stop < self.end { stop } else { self.end };
        start..self.start
    }
}

impl<T: Step> SplitBack for Range<T>
where
    Self: DoubleEndedIterator,
{
    #[inline(always)]
    fn split_back(&mut self, count: usize) -> Self {
        let end = self.end;
        self.end = end.minus(count);
        self.end..end
    }
}

/// A [`RangeInclusive`]. After the last piece it is marked as empty, since there is no value after the greatest.
#[doc(hidden)]
#[derive(Debug)]
pub struct Closed<T> {
    first: T,
    last: T,
    is_done: bool,
    whole: RangeInclusive<T>,
}

impl<T: Step> Closed<T>
where
    RangeInclusive<T>: Iterator,
{
    #[inline(always)]
    pub(crate) fn new(whole: RangeInclusive<T>) -> Self {
        Self {
            first: *whole.start(),
            last: *whole.end(),
            is_done: whole.is_empty(),
            whole,
        }
    }
}

impl<T: Step> Split for Closed<T>
where
    RangeInclusive<T>: Iterator,
{
    type Piece = RangeInclusive<T>;
    const OWNING: bool = false;

    #[inline(always)]
    fn all(self) -> Self::Piece {
        self.whole
    }

    #[inline(always)]
    fn left(&self) -> usize {
        if self.is_done {
            0
        } else {
            self.first.until(self.last).saturating_add(1)
        }
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Self::Piece {
        let (first, end) = (self.first, self.first.plus(count - 1));
        self.is_done = end == self.last;
        self.first = end.plus(1);
        first..=end
    }
}

impl<T: Step> SplitBack for Closed<T>
where
    RangeInclusive<T>: DoubleEndedIterator,
{
    #[inline(always)]
    fn split_back(&mut self, count: usize) -> Self::Piece {
        let (first, last) = (self.last.minus(count - 1), self.last);
        self.is_done = first == self.first;
        self.last = first.minus(1);
        first..=last
    }
}
