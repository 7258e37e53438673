//! Selects by type whether an iteration is cut or counted. An inherent method of `Kind<I>` is found before
//! the one that `Kind<I>` derefs to, so its bounds decide. All makers have the same methods, and an expansion
//! writes the head of the user's loop with them:
//!
//! ```text
//! for pat in a.iter().zip(&b) {..}   =>   maker.run(maker.make(a.iter()).zip(maker.make(&b)))
//! ```
//!
//! A [`Cutter`] makes a [`Cut`] of each base. A [`Counter`] leaves the bases unchanged, so that the adaptors are the
//! ones that the user's code finds; `run` then wraps the result.

use core::iter;
use core::marker::PhantomData;
use core::ops::{Deref, Range, RangeInclusive};
use core::slice::{Iter, IterMut};

use crate::strip::adaptors::{Copies, Numbered, Reversed, Zipped};
use crate::strip::prompt::{Counted, Prompt};
use crate::strip::split::{Closed, Split, SplitBack, Step};
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
    ($(($($generics:tt)*) $source:ty, $split:ty, |$it:ident| $value:expr;)*) => {$(
        impl<$($generics)*> Source for $source {
            type Split = $split;

            #[inline(always)]
            fn into_split(self) -> $split {
                let $it = self;
                $value
            }
        }
    )*};
}
sources! {
    ('a, T) Iter<'a, T>, &'a [T], |it| it.as_slice();
    ('a, T) &'a [T], &'a [T], |it| it;
    ('a, T) &'a Vec<T>, &'a [T], |it| it;
    ('a, T, const N: usize) &'a [T; N], &'a [T], |it| it;
    ('a, T) IterMut<'a, T>, &'a mut [T], |it| it.into_slice();
    ('a, T) &'a mut [T], &'a mut [T], |it| it;
    ('a, T) &'a mut Vec<T>, &'a mut [T], |it| it;
    ('a, T, const N: usize) &'a mut [T; N], &'a mut [T], |it| it;
}

impl<T: Step> Source for Range<T>
where
    Self: Iterator,
{
    type Split = Self;

    #[inline(always)]
    fn into_split(self) -> Self {
        self
    }
}

impl<T: Step> Source for RangeInclusive<T>
where
    Self: Iterator,
{
    type Split = Closed<T>;

    #[inline(always)]
    fn into_split(self) -> Closed<T> {
        Closed::new(self)
    }
}

/// A `zip` can be cut only if both sides can.
impl<A: Source, B: Source> Source for (A, B) {
    type Split = Zipped<A::Split, B::Split>;

    #[inline(always)]
    fn into_split(self) -> Self::Split {
        Zipped(self.0.into_split(), self.1.into_split())
    }
}

/// An iterator, for the question whether it can be cut.
#[doc(hidden)]
pub struct Kind<I>(Uncut<I>);

/// An iterator that cannot be cut, for the question whether its items come at once.
#[doc(hidden)]
pub struct Uncut<I>(Unknown<I>);

/// An iterator about which nothing is known.
#[doc(hidden)]
pub struct Unknown<I>(PhantomData<I>);

/// The kind of this iterator.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn kind<I>(_: &I) -> Kind<I> {
    Kind(Uncut(Unknown(PhantomData)))
}

#[allow(
    clippy::unused_self,
    reason = "the method is found by the type of `self`"
)]
impl<I> Kind<I> {
    /// The kind of both iterators zipped.
    #[inline(always)]
    #[must_use]
    pub fn and<J>(self, _: Kind<J>) -> Kind<(I, J)> {
        Kind(Uncut(Unknown(PhantomData)))
    }
}

#[allow(
    clippy::unused_self,
    reason = "the method is found by the type of `self`"
)]
impl<I: Source> Kind<I> {
    /// The iterator can be cut.
    #[inline(always)]
    pub fn maker(&self) -> Cutter {
        Cutter
    }
}

#[allow(
    clippy::unused_self,
    reason = "the method is found by the type of `self`"
)]
impl<I: Prompt> Uncut<I> {
    /// The iterator cannot be cut, and its items come at once.
    #[inline(always)]
    pub fn maker(&self) -> Counter {
        Counter { is_prompt: true }
    }
}

#[allow(
    clippy::unused_self,
    reason = "the method is found by the type of `self`"
)]
impl<I> Unknown<I> {
    /// The iterator may wait.
    #[inline(always)]
    pub fn maker(&self) -> Counter {
        Counter { is_prompt: false }
    }
}

impl<I> Deref for Kind<I> {
    type Target = Uncut<I>;

    #[inline(always)]
    fn deref(&self) -> &Uncut<I> {
        &self.0
    }
}

impl<I> Deref for Uncut<I> {
    type Target = Unknown<I>;

    #[inline(always)]
    fn deref(&self) -> &Unknown<I> {
        &self.0
    }
}

/// Makes a [`Cut`].
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Cutter;

#[allow(clippy::unused_self, reason = "of one shape with the other maker")]
impl Cutter {
    /// Converts a base of the loop's head.
    #[inline(always)]
    pub fn make<I: Source>(self, base: I) -> Cut<I::Split> {
        Cut(base.into_split())
    }

    /// Returns the head, which is a [`Cut`] or a [`Mapped`] already.
    #[inline(always)]
    pub fn run<H>(self, head: H) -> H {
        head
    }
}

/// Makes a [`Counted`].
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Counter {
    is_prompt: bool,
}

#[allow(clippy::unused_self, reason = "of one shape with the other maker")]
impl Counter {
    /// Returns a base of the loop's head unchanged.
    #[inline(always)]
    pub fn make<I>(self, base: I) -> I {
        base
    }

    /// Wraps the head.
    #[inline(always)]
    pub fn run<I: IntoIterator>(self, head: I) -> Counted<I::IntoIter> {
        Counted::new(head.into_iter(), self.is_prompt)
    }
}

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
        let most = if S::OWNING {
            1
        } else {
            length.strip(self.0.left())
        };
        self.0.cut(most)
    }

    /// Adapts the length to the strip that just ended.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::unused_self, reason = "of one shape with what is counted")]
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
    /// As [`Cut::is_done`].
    #[inline(always)]
    pub fn is_done(&self) -> bool {
        self.of.is_done()
    }

    /// As [`Cut::is_short`].
    #[inline(always)]
    pub fn is_short(&self, length: Length, seen: Seen) -> bool {
        self.of.is_short(length, seen)
    }

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

    /// As [`Cut::adapt`].
    #[inline(always)]
    #[must_use]
    pub fn adapt(&self, stride: &Stride, length: Length) -> Length {
        self.of.adapt(stride, length)
    }
}
