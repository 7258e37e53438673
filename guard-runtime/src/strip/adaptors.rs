//! Adaptors of what can be cut: the underlying iteration is cut, and the standard library adapts each piece.

use core::iter;
use core::ops::Range;

use crate::strip::split::{Split, SplitBack};

/// `zip`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Zipped<A, B>(pub(crate) A, pub(crate) B);

/// `enumerate`, as `zip` with the indices.
pub(crate) type Numbered<S> = Zipped<Range<usize>, S>;

impl<A: Split, B: Split> Split for Zipped<A, B> {
    type Piece = iter::Zip<A::Piece, B::Piece>;
    const OWNING: bool = A::OWNING || B::OWNING;

    #[inline(always)]
    fn all(self) -> Self::Piece {
        self.0.all().zip(self.1.all())
    }

    #[inline(always)]
    fn left(&self) -> usize {
        self.0.left().min(self.1.left())
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Self::Piece {
        self.0.split(count).zip(self.1.split(count))
    }
}

/// `rev`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Reversed<S>(pub(crate) S);

impl<S: SplitBack> Split for Reversed<S> {
    type Piece = iter::Rev<S::Piece>;
    const OWNING: bool = S::OWNING;

    #[inline(always)]
    fn all(self) -> Self::Piece {
        self.0.all().rev()
    }

    #[inline(always)]
    fn left(&self) -> usize {
        self.0.left()
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Self::Piece {
        self.0.split_back(count).rev()
    }
}

/// `copied`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Copies<S>(pub(crate) S);

impl<'a, T: 'a + Copy, S> Split for Copies<S>
where
    S: Split<Piece: Iterator<Item = &'a T>>,
{
    type Piece = iter::Copied<S::Piece>;
    const OWNING: bool = S::OWNING;

    #[inline(always)]
    fn all(self) -> Self::Piece {
        self.0.all().copied()
    }

    #[inline(always)]
    fn left(&self) -> usize {
        self.0.left()
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Self::Piece {
        self.0.split(count).copied()
    }
}
