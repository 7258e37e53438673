//! Selects by type whether an iteration is cut or counted. An inherent method of `Kind<I>` is found before
//! the one that `Kind<I>` derefs to, so its bounds decide. An expansion writes the head of the user's loop with them:
//!
//! ```text
//! for pat in a.iter().zip(&b) {..}   =>   kind.run(kind.make(a.iter()).zip(kind.make(&b)))
//! ```
//!
//! What can be cut becomes a [`Cut`], base by base. Other bases stay unchanged, so that the adaptors are the ones that
//! the user's code finds; `run` then wraps the result.
#![allow(
    clippy::unused_self,
    reason = "methods are found by the type of `self`, and both kinds have the same"
)]

use core::iter;
use core::marker::PhantomData;
use core::ops::{Deref, Range, RangeInclusive};
use core::slice::{Iter, IterMut};

use crate::strip::adaptors::{Copies, Numbered, Reversed, Zipped};
use crate::strip::prompt::{Counted, Prompt};
use crate::strip::split::{Split, SplitBack};
use crate::strip::stride::{Length, Stride};
use crate::time::seen::Seen;

/// Something that can be cut.
#[doc(hidden)]
pub trait Source {
    /// The form in which it is cut.
    type Split: Split;

    /// Converts the whole of it.
    fn into_split(self) -> Self::Split;
}

macro_rules! sources {
    ($(($($generics:tt)*) $source:ty, $split:ty $(, $into:ident)?;)*) => {$(
        impl<$($generics)*> Source for $source
        where
            $split: Split,
        {
            type Split = $split;

            #[inline(always)]
            fn into_split(self) -> $split {
                self $(.$into())?
            }
        }

        impl<$($generics)*> Prompt for $source {}
    )*};
}
sources! {
    ('a, T) Iter<'a, T>, &'a [T], as_slice;
    ('a, T) &'a [T], &'a [T];
    ('a, T) &'a Vec<T>, &'a [T];
    ('a, T, const N: usize) &'a [T; N], &'a [T];
    ('a, T) IterMut<'a, T>, &'a mut [T], into_slice;
    ('a, T) &'a mut [T], &'a mut [T];
    ('a, T) &'a mut Vec<T>, &'a mut [T];
    ('a, T, const N: usize) &'a mut [T; N], &'a mut [T];
    (T) Range<T>, Self;
    (T) RangeInclusive<T>, Self;
}

/// A `zip` can be cut only if both sides can.
impl<A: Source, B: Source> Source for (A, B) {
    type Split = Zipped<A::Split, B::Split>;

    #[inline(always)]
    fn into_split(self) -> Self::Split {
        Zipped(self.0.into_split(), self.1.into_split())
    }
}

/// The kind of an iterator, asked in three steps: whether it can be cut, whether its items come at once, neither.
#[doc(hidden)]
pub struct Kind<I, const STEP: u8 = 0>(PhantomData<I>);

/// The kind of this iterator.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn kind<I>(_: &I) -> Kind<I> {
    Kind::NEW
}

impl<I, const STEP: u8> Kind<I, STEP> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<I> Kind<I> {
    /// The kind of both iterators zipped.
    #[inline(always)]
    #[must_use]
    pub fn and<J>(self, _: Kind<J>) -> Kind<(I, J)> {
        Kind::NEW
    }
}

/// It can be cut.
impl<I: Source> Kind<I> {
    /// Converts a base of the loop's head.
    #[inline(always)]
    pub fn make<B: Source>(&self, base: B) -> Cut<B::Split> {
        Cut(base.into_split())
    }

    /// Returns the head, which is a [`Cut`] or a [`Mapped`] already.
    #[inline(always)]
    pub fn run<H>(&self, head: H) -> H {
        head
    }
}

/// It cannot be cut, and its items come at once.
impl<I: Prompt> Kind<I, 1> {
    /// Wraps the head.
    #[inline(always)]
    pub fn run<H: IntoIterator>(&self, head: H) -> Counted<H::IntoIter> {
        Counted::new(head.into_iter(), true)
    }
}

/// It may wait.
impl<I> Kind<I, 2> {
    /// Returns a base of the loop's head unchanged.
    #[inline(always)]
    pub fn make<B>(&self, base: B) -> B {
        base
    }

    /// Wraps the head.
    #[inline(always)]
    pub fn run<H: IntoIterator>(&self, head: H) -> Counted<H::IntoIter> {
        Counted::new(head.into_iter(), false)
    }
}

macro_rules! steps {
    ($($step:literal => $next:literal),*) => {$(
        impl<I> Deref for Kind<I, $step> {
            type Target = Kind<I, $next>;

            #[inline(always)]
            fn deref(&self) -> &Self::Target {
                &Kind::NEW
            }
        }
    )*};
}
steps!(0 => 1, 1 => 2);

/// An iteration that is cut.
#[doc(hidden)]
pub struct Cut<S>(pub(crate) S);

impl<S: Split> Cut<S> {
    /// Whether all items were yielded.
    #[inline(always)]
    pub fn is_done(&self) -> bool {
        self.0.left() == 0
    }

    /// Whether all that is left is one strip, and no check is due.
    #[inline(always)]
    pub fn is_short(&self, length: Length, seen: Seen) -> bool {
        !S::OWNING && length.covers(self.0.left(), seen)
    }

    /// All items, uncut.
    #[inline(always)]
    pub fn all(self) -> S::Piece {
        self.0.all()
    }

    /// The next strip.
    #[inline(always)]
    pub fn strip(&mut self, length: Length) -> S::Piece {
        self.0.cut(self.most(length))
    }

    #[inline(always)]
    pub(crate) fn most(&self, length: Length) -> usize {
        if S::OWNING {
            1
        } else {
            length.strip(self.0.left())
        }
    }

    /// Adapts the length to the strip that just ended.
    #[inline(always)]
    #[must_use]
    pub fn adapt(&self, stride: &Stride, length: Length) -> Length {
        if S::OWNING {
            length
        } else {
            stride.adapt(length)
        }
    }

    /// As [`Iterator::enumerate`].
    #[inline(always)]
    pub fn enumerate(self) -> Cut<Numbered<S>> {
        Cut(Zipped(0..usize::MAX, self.0))
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

    /// As [`Iterator::zip`].
    #[inline(always)]
    pub fn zip<B>(self, other: Cut<B>) -> Cut<Zipped<S, B>> {
        Cut(Zipped(self.0, other.0))
    }

    /// As [`Iterator::map`]. Nothing adapts the result: the closure may have effects.
    #[inline(always)]
    pub fn map<B, F: FnMut(<S::Piece as Iterator>::Item) -> B>(self, change: F) -> Mapped<S, F> {
        Mapped { of: self, change }
    }
}

/// An iteration that is cut, and whose items are then changed.
#[doc(hidden)]
pub struct Mapped<S, F> {
    of: Cut<S>,
    change: F,
}

impl<S: Split, B, F: FnMut(<S::Piece as Iterator>::Item) -> B> Mapped<S, F> {
    /// As [`Cut::all`].
    #[inline(always)]
    pub fn all(self) -> iter::Map<S::Piece, F> {
        self.of.all().map(self.change)
    }

    /// As [`Cut::strip`].
    #[inline(always)]
    pub fn strip(&mut self, length: Length) -> iter::Map<S::Piece, &mut F> {
        self.of.strip(length).map(&mut self.change)
    }
}

/// The rest is that of the [`Cut`].
impl<S, F> Deref for Mapped<S, F> {
    type Target = Cut<S>;

    #[inline(always)]
    fn deref(&self) -> &Cut<S> {
        &self.of
    }
}
