//! Iterations that cannot be cut: they run as they stand, and their items are counted. A strip is [`FEW`] items if
//! they are prompt, which the standard library's iterators over memory are without closures of the user's. Any
//! other iterator may begin to wait at any item, as a channel does: its strip is one item, however quickly the last
//! ones came.

use core::array;
use core::iter::{Chain, Copied, Enumerate, Rev, Skip, StepBy, Take, Zip};
use core::mem::needs_drop;
use core::slice;
use core::str;
use std::collections::{btree_map, btree_set, hash_map, hash_set, vec_deque};
use std::vec;

use crate::strip::stride::{Length, Stride};
use crate::time::seen::Seen;

/// An iterator that yields each item within a moment, whatever the item's type. What can be cut does too.
#[doc(hidden)]
pub trait Prompt {}

macro_rules! prompt {
    ($(($($generics:tt)*) $prompt:ty;)*) => {$(
        impl<$($generics)*> Prompt for $prompt {}
    )*};
}
prompt! {
    (T) vec::IntoIter<T>;
    (T, const N: usize) array::IntoIter<T, N>;
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

/// A constant, so that the compiler can write the strip out.
const FEW: usize = 8;

/// An iteration in counted strips.
#[doc(hidden)]
pub struct Counted<I> {
    iter: I,
    most: usize,
    is_done: bool,
}

#[allow(clippy::unused_self, reason = "of one shape with what is cut")]
impl<I: Iterator> Counted<I> {
    /// Items with a destructor are yielded one by one, because dropping one may take any time.
    #[inline(always)]
    pub(crate) fn new(iter: I, is_prompt: bool) -> Self {
        let most = if is_prompt && !needs_drop::<I::Item>() {
            FEW
        } else {
            1
        };
        Self {
            iter,
            most,
            is_done: false,
        }
    }

    /// Whether the iterator has ended.
    #[inline(always)]
    pub fn is_done(&self) -> bool {
        self.is_done
    }

    /// Never: that few items are left says little about their time.
    #[inline(always)]
    pub fn is_short(&self, _: Length, _: Seen) -> bool {
        false
    }

    /// The iterator itself.
    #[inline(always)]
    pub fn all(self) -> I {
        self.iter
    }

    /// The next strip.
    #[inline(always)]
    pub fn strip(&mut self, length: Length) -> Strip<'_, I> {
        let left = if cfg!(feature = "testing") {
            self.most.min(length.get())
        } else {
            self.most
        };
        Strip { left, of: self }
    }

    /// Nothing is learned: the length stays.
    #[inline(always)]
    #[must_use]
    pub fn adapt(&self, _: &Stride, length: Length) -> Length {
        length
    }
}

/// A strip of a [`Counted`].
#[doc(hidden)]
pub struct Strip<'a, I> {
    left: usize,
    of: &'a mut Counted<I>,
}

impl<I: Iterator> Iterator for Strip<'_, I> {
    type Item = I::Item;

    #[inline(always)]
    fn next(&mut self) -> Option<I::Item> {
        self.left = self.left.checked_sub(1)?;
        let item = self.of.iter.next();
        self.of.is_done = item.is_none();
        item
    }
}
