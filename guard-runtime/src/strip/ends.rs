//! `while` loops that count to a bound. What is left of one is a range, which is made again for each strip, since the
//! bound may grow; where the strip ends is the nearer bound of the loop.
#![allow(
    clippy::unused_self,
    reason = "methods are found by the type of `self`"
)]

use core::marker::PhantomData;
use core::ops::{Add, Range, Sub};

use crate::strip::kind::{Cut, Kind};
use crate::strip::split::SplitBack;
use crate::strip::stride::Length;
use crate::time::seen::Seen;

/// A counter and a bound of these types, for the question whether they are the ends of a range.
#[doc(hidden)]
pub struct Ends<T, U>(PhantomData<(T, U)>);

/// The kind of what is between a counter and a bound.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn between<T, U>(_: &T, _: &U) -> Kind<Ends<T, U>> {
    Kind::NEW
}

/// It can be cut.
impl<T: Clone> Kind<Ends<T, T>>
where
    Range<T>: SplitBack,
{
    /// What is left of `while at < bound`.
    #[inline(always)]
    pub fn up(&self, at: &T, bound: &T) -> Cut<Range<T>> {
        Cut(at.clone()..bound.clone())
    }

    /// What is left of `while at > bound`.
    #[inline(always)]
    pub fn down(&self, at: &T, bound: &T) -> Cut<Range<T>> {
        Cut(bound.clone()..at.clone())
    }
}

impl<T> Cut<Range<T>>
where
    Range<T>: SplitBack<Piece = Range<T>>,
{
    /// The next strip of a loop that counts down.
    #[inline(always)]
    pub fn back(&mut self, length: Length) -> Range<T> {
        self.0.cut_back(self.most(length))
    }
}

/// Of a bound of the user's own type nothing is known but that integers can be compared with it.
impl<T: Clone, U> Kind<Ends<T, U>, 1> {
    /// The next turn of `while at < bound`.
    #[inline(always)]
    pub fn up(&self, at: &T, _: &U) -> Turn<T> {
        Turn(at.clone())
    }

    /// The next turn of `while at > bound`.
    #[inline(always)]
    pub fn down(&self, at: &T, _: &U) -> Turn<T> {
        Turn(at.clone())
    }
}

/// A strip of one turn. Where it ends is computed once the user's condition holds: an integer that is at its end has no
/// next one. (With a body that may leave there, the macro writes no strips, unless the bound is named like a constant.)
#[doc(hidden)]
pub struct Turn<T>(T);

impl<T> Turn<T> {
    /// Never: how many turns are left is unknown.
    #[inline(always)]
    pub fn is_short(&self, _: Length, _: Seen) -> bool {
        false
    }

    /// The user's own condition says so, in front of the next turn.
    #[inline(always)]
    pub fn is_done(&self) -> bool {
        false
    }
}

impl<T: Clone + From<bool>> Turn<T> {
    /// As the turn is never short, this is not called.
    #[inline(always)]
    pub fn all(self) -> Range<T> {
        self.0.clone()..self.0
    }

    /// The turn, up.
    #[inline(always)]
    pub fn strip(self, _: Length) -> Range<T>
    where
        T: Add<Output = T>,
    {
        self.0.clone()..self.0 + true.into()
    }

    /// The turn, down.
    #[inline(always)]
    pub fn back(self, _: Length) -> Range<T>
    where
        T: Sub<Output = T>,
    {
        self.0.clone() - true.into()..self.0
    }
}
