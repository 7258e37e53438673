//! Selects by type whether an iteration is cut, counted or watched. An inherent method of `Kind<I>` is found before
//! the one that `Kind<I>` derefs to, so its bounds decide. All makers have the same methods, and an expansion
//! writes the head of the user's loop with them:
//!
//! ```text
//! for pat in a.iter().zip(&b) {..}   =>   maker.run(maker.make(a.iter()).zip(maker.make(&b)))
//! ```
//!
//! A [`Cutter`] makes a [`Cut`] of each base. A [`Counter`] and a [`Watcher`] leave the bases unchanged, so that
//! the adaptors are the ones that the user's code finds; `run` then wraps the result, to count its strips or to
//! check at each item.

use core::marker::PhantomData;
use core::ops::{Deref, Range, RangeInclusive};
use core::slice::{Iter, IterMut};

use crate::strip::adaptors::{Copies, Numbered, Reversed, Zipped};
use crate::strip::prompt::{Prompt, Prompted};
use crate::strip::split::{Closed, Split, SplitBack, Step};
use crate::strip::stride::{Length, Stride};
use crate::time::epoch::EPOCH;
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
        Counter
    }
}

#[allow(
    clippy::unused_self,
    reason = "the method is found by the type of `self`"
)]
impl<I> Unknown<I> {
    /// The iterator may wait.
    #[inline(always)]
    pub fn maker(&self) -> Watcher {
        Watcher
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

    /// Returns the head, which is a [`Cut`] already.
    #[inline(always)]
    pub fn run<S>(self, head: Cut<S>) -> Cut<S> {
        head
    }
}

/// Makes a [`Prompted`].
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Counter;

#[allow(clippy::unused_self, reason = "of one shape with the other makers")]
impl Counter {
    /// Returns a base of the loop's head unchanged.
    #[inline(always)]
    pub fn make<I>(self, base: I) -> I {
        base
    }

    /// Wraps the head.
    #[inline(always)]
    pub fn run<I: IntoIterator>(self, head: I) -> Prompted<I::IntoIter> {
        Prompted::new(head.into_iter())
    }
}

/// Makes a [`Watched`].
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Watcher;

#[allow(clippy::unused_self, reason = "of one shape with the other maker")]
impl Watcher {
    /// Returns a base of the loop's head unchanged.
    #[inline(always)]
    pub fn make<I>(self, base: I) -> I {
        base
    }

    /// Wraps the head.
    #[inline(always)]
    pub fn run<I: IntoIterator>(self, head: I) -> Watched<I::IntoIter> {
        Watched {
            iter: head.into_iter(),
            is_done: false,
        }
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

    /// Whether all that is left is one strip.
    #[inline(always)]
    pub fn is_short(&self, length: Length) -> bool {
        !S::OWNING && self.0.left() <= length.short()
    }

    /// All items, uncut.
    #[inline(always)]
    pub fn all(self) -> S::Piece {
        self.0.all()
    }

    /// The next strip.
    #[inline(always)]
    pub fn strip(&mut self, length: Length, _: Seen) -> S::Piece {
        let most = match self.0.left() {
            _ if S::OWNING => 1,
            left if left <= length.few() => left,
            _ => length.get(),
        };
        self.0.cut(most)
    }

    /// Adapts the length to the strip that just ended.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::unused_self, reason = "of one shape with what is watched")]
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
}

/// An iteration that is neither cut nor counted. It may begin to wait at any item, as a channel does, so the epoch
/// is compared at each item, however quickly the last ones came.
#[doc(hidden)]
pub struct Watched<I> {
    iter: I,
    is_done: bool,
}

impl<I: Iterator> Watched<I> {
    /// Whether the iterator has ended.
    #[inline(always)]
    pub fn is_done(&self) -> bool {
        self.is_done
    }

    /// Never: its length says nothing about its time.
    #[inline(always)]
    #[allow(clippy::unused_self, reason = "of one shape with what is cut")]
    pub fn is_short(&self, _: Length) -> bool {
        false
    }

    /// The iterator itself.
    #[inline(always)]
    pub fn all(self) -> I {
        self.iter
    }

    /// Items until the epoch moves, or the iterator ends.
    #[inline(always)]
    pub fn strip(&mut self, _: Length, seen: Seen) -> Strip<'_, I> {
        Strip {
            of: self,
            seen,
            word: seen.0,
        }
    }

    /// Nothing is learned: the length stays.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::unused_self, reason = "of one shape with what is cut")]
    pub fn adapt(&self, _: &Stride, length: Length) -> Length {
        length
    }
}

/// A strip of a [`Watched`]. It ends once the epoch has moved, but yields at least one item: the check before it
/// has looked at the epoch, and if every check has to take the cold path, the loop would otherwise make no
/// progress.
#[doc(hidden)]
pub struct Strip<'a, I> {
    of: &'a mut Watched<I>,
    seen: Seen,
    /// The epoch after the last item, which may have taken any time.
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
        self.of.is_done = item.is_none();
        self.word = EPOCH.load_relaxed();
        item
    }
}
