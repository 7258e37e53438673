//! Iterations that cannot be cut, but yield each item at once: the standard library's iterators over memory,
//! without closures of the user's. Their strips are counted, and a short iteration runs as written.

use core::iter::{Chain, Copied, Enumerate, Rev, Skip, StepBy, Take, Zip};
use core::mem::needs_drop;
use core::ops::{Range, RangeInclusive};
use core::slice::{self, Iter, IterMut};
use core::str;
use std::collections::{btree_map, btree_set, hash_map, hash_set, vec_deque};
use std::vec;

use crate::strip::stride::{Length, Stride};
use crate::time::seen::Seen;

/// An iterator that yields each item within a moment, whatever the item's type.
#[doc(hidden)]
pub trait Prompt {}

macro_rules! prompt {
    ($(($($generics:tt)*) $prompt:ty;)*) => {$(
        impl<$($generics)*> Prompt for $prompt {}
    )*};
}
prompt! {
    ('a, T) &'a [T];
    ('a, T) &'a mut [T];
    ('a, T) &'a Vec<T>;
    ('a, T) &'a mut Vec<T>;
    ('a, T, const N: usize) &'a [T; N];
    ('a, T, const N: usize) &'a mut [T; N];
    ('a, T) Iter<'a, T>;
    ('a, T) IterMut<'a, T>;
    (T) Range<T>;
    (T) RangeInclusive<T>;
    (T) vec::IntoIter<T>;
    ('a, T) slice::Chunks<'a, T>;
    ('a, T) slice::ChunksMut<'a, T>;
    ('a, T) slice::ChunksExact<'a, T>;
    ('a, T) slice::ChunksExactMut<'a, T>;
    ('a, T) slice::Windows<'a, T>;
    ('a) str::Bytes<'a>;
    ('a) str::Chars<'a>;
    ('a) str::CharIndices<'a>;
    ('a) str::Lines<'a>;
    ('a) str::Split<'a, char>;
    ('a, 'b) str::Split<'a, &'b str>;
    ('a) str::SplitWhitespace<'a>;
    ('a) str::SplitAsciiWhitespace<'a>;
    ('a, T) vec_deque::Iter<'a, T>;
    ('a, K, V) btree_map::Iter<'a, K, V>;
    ('a, T) btree_set::Iter<'a, T>;
    ('a, K, V) hash_map::Iter<'a, K, V>;
    ('a, T) hash_set::Iter<'a, T>;
    (I: Prompt) Copied<I>;
    (I: Prompt) Enumerate<I>;
    (I: Prompt) Rev<I>;
    (I: Prompt) Skip<I>;
    (I: Prompt) StepBy<I>;
    (I: Prompt) Take<I>;
    (A: Prompt, B: Prompt) Chain<A, B>;
    (A: Prompt, B: Prompt) Zip<A, B>;
    (A: Prompt, B: Prompt) (A, B);
}

/// An iteration in counted strips.
#[doc(hidden)]
pub struct Prompted<I> {
    iter: I,
    is_done: bool,
}

impl<I: Iterator> Prompted<I> {
    /// Items with a destructor are yielded one by one, because dropping one may take any time.
    const OWNING: bool = needs_drop::<I::Item>();

    #[inline(always)]
    pub(crate) fn new(iter: I) -> Self {
        Self {
            iter,
            is_done: false,
        }
    }

    /// Whether the iterator has ended.
    #[inline(always)]
    pub fn is_done(&self) -> bool {
        self.is_done
    }

    /// Whether all that is left is one strip.
    #[inline(always)]
    pub fn is_short(&self, length: Length) -> bool {
        let most = self.iter.size_hint().1;
        !Self::OWNING && most.is_some_and(|most| most <= length.short())
    }

    /// The iterator itself.
    #[inline(always)]
    pub fn all(self) -> I {
        self.iter
    }

    /// The next strip.
    #[inline(always)]
    pub fn strip(&mut self, length: Length, _: Seen) -> Counted<'_, I> {
        let left = if Self::OWNING { 1 } else { length.get() };
        Counted { of: self, left }
    }

    /// Adapts the length to the strip that just ended.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::unused_self, reason = "of one shape with what is cut")]
    pub fn adapt(&self, stride: &Stride, length: Length) -> Length {
        if Self::OWNING {
            length
        } else {
            stride.adapt(length)
        }
    }
}

/// A strip of a [`Prompted`].
#[doc(hidden)]
pub struct Counted<'a, I> {
    of: &'a mut Prompted<I>,
    left: usize,
}

impl<I: Iterator> Iterator for Counted<'_, I> {
    type Item = I::Item;

    #[inline(always)]
    fn next(&mut self) -> Option<I::Item> {
        self.left = self.left.checked_sub(1)?;
        let item = self.of.iter.next();
        self.of.is_done = item.is_none();
        item
    }
}
