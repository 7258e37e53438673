//! More that can be cut: iterators whose parts cannot be had, but which `zip` runs by index.

use core::iter::Zip;
use core::marker::PhantomData;
use core::ops::Range;
use core::slice::{Chunks, ChunksExact, Windows};
use core::str::Bytes;

use crate::strip::split::{Source, Split, SplitBack, is_plain};

/// An iterator that can be cloned, knows its length, and jumps ahead in one step.
#[doc(hidden)]
#[derive(Debug)]
pub struct Indexed<I, T> {
    iter: I,
    /// Kept: to work it out of the iterator may be a division.
    left: usize,
    of: PhantomData<T>,
}

macro_rules! source {
    ($($iterator:ty, $item:ty;)*) => {$(
        impl<'a, T> Source for $iterator {
            type Split = Indexed<Self, $item>;

            #[inline(always)]
            fn into_split(self) -> Self::Split {
                Indexed { left: self.len(), iter: self, of: PhantomData }
            }
        }
    )*};
}
source! {
    Chunks<'a, T>, T;
    ChunksExact<'a, T>, T;
    Windows<'a, T>, T;
}

impl Source for Bytes<'_> {
    type Split = Indexed<Self, u8>;

    #[inline(always)]
    fn into_split(self) -> Self::Split {
        Indexed {
            left: self.len(),
            iter: self,
            of: PhantomData,
        }
    }
}

impl<I, T> Split for Indexed<I, T>
where
    I: Clone + ExactSizeIterator,
{
    type Piece = Picked<I>;
    type Whole = I;
    const PLAIN: bool = is_plain::<T>();

    #[inline(always)]
    fn left(&self) -> usize {
        self.left
    }

    #[inline(always)]
    fn trim(&mut self, count: usize) {
        self.left = count;
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Picked<I> {
        let piece = Picked(self.iter.clone().zip(0..count));
        self.left -= count;
        if let Some(last) = count.checked_sub(1) {
            self.iter.nth(last);
        }
        piece
    }

    #[inline(always)]
    fn rest(&mut self) -> Picked<I> {
        let count = core::mem::take(&mut self.left);
        Picked(self.iter.clone().zip(0..count))
    }

    fn whole(self) -> I {
        self.iter
    }
}

impl<I, T> SplitBack for Indexed<I, T>
where
    I: Clone + ExactSizeIterator + DoubleEndedIterator,
{
    #[inline(always)]
    fn split_back(&mut self, count: usize) -> Picked<I> {
        self.left -= count;
        let mut piece = self.iter.clone();
        if let Some(before) = self.left.checked_sub(1) {
            piece.nth(before);
        }
        Picked(piece.zip(0..count))
    }

    #[inline(always)]
    fn trim_back(&mut self, count: usize) {
        if let Some(last) = self.left.checked_sub(count + 1) {
            self.iter.nth(last);
        }
        self.left = count;
    }
}

/// The next few of an iterator.
#[doc(hidden)]
#[derive(Debug)]
pub struct Picked<I>(Zip<I, Range<usize>>);

impl<I: Iterator> Iterator for Picked<I> {
    type Item = I::Item;

    #[inline(always)]
    fn next(&mut self) -> Option<I::Item> {
        self.0.next().map(|(item, _)| item)
    }

    #[inline(always)]
    fn nth(&mut self, n: usize) -> Option<I::Item> {
        self.0.nth(n).map(|(item, _)| item)
    }
}

impl<I: ExactSizeIterator + DoubleEndedIterator> DoubleEndedIterator for Picked<I> {
    #[inline(always)]
    fn next_back(&mut self) -> Option<I::Item> {
        self.0.next_back().map(|(item, _)| item)
    }
}
