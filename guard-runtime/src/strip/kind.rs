//! Whether an iterator can be split, by its type.

use core::marker::PhantomData;

use crate::strip::cut::Cut;
use crate::strip::split::Source;
use crate::strip::watched::Watched;

/// Finds out whether an iterator can be split, as [`Probe`](crate::check::probe::Probe) does with types.
#[doc(hidden)]
pub struct Kind<I>(Uncut<I>);

/// An iterator that cannot be split.
#[doc(hidden)]
pub struct Uncut<I>(PhantomData<I>);

/// Makes a [`Cut`].
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Cutter;

/// Makes a [`Watched`].
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Watcher;

/// The kind of this iterator.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn kind<I>(_: &I) -> Kind<I> {
    Kind(Uncut(PhantomData))
}

#[allow(
    clippy::unused_self,
    reason = "the method is found by the type of `self`"
)]
impl<I: Source> Kind<I> {
    /// It can be split.
    #[inline(always)]
    pub fn maker(&self) -> Cutter {
        Cutter
    }
}

#[allow(
    clippy::unused_self,
    reason = "the method is found by the type of `self`"
)]
impl<I> Uncut<I> {
    /// It cannot.
    #[inline(always)]
    pub fn maker(&self) -> Watcher {
        Watcher
    }
}

impl<I> core::ops::Deref for Kind<I> {
    type Target = Uncut<I>;

    #[inline(always)]
    fn deref(&self) -> &Uncut<I> {
        &self.0
    }
}

#[allow(clippy::unused_self, reason = "of one shape with the other maker")]
impl Cutter {
    /// The iteration.
    #[inline(always)]
    pub fn make<I: Source>(self, iter: I) -> Cut<I::Split> {
        Cut(iter.into_split())
    }
}

#[allow(clippy::unused_self, reason = "of one shape with the other maker")]
impl Watcher {
    /// The iteration.
    #[inline(always)]
    pub fn make<I>(self, iter: I) -> Watched<I> {
        Watched::new(iter)
    }
}
