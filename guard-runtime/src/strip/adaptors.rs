//! Adaptors of iterators that can be cut: they are cut where what they adapt is.

use core::iter;

use crate::strip::split::{Split, SplitBack};

/// `enumerate`, and how many came before.
#[doc(hidden)]
#[derive(Debug)]
pub struct Numbered<I> {
    inner: I,
    next: usize,
}

impl<I> Numbered<I> {
    pub(crate) fn new(inner: I) -> Self {
        Self { inner, next: 0 }
    }
}

impl<I: Iterator> Iterator for Numbered<I> {
    type Item = (usize, I::Item);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let item = self.inner.next()?;
        let number = self.next;
        self.next += 1;
        Some((number, item))
    }

    #[inline(always)]
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        let item = self.inner.nth(n)?;
        let number = self.next + n;
        self.next = number + 1;
        Some((number, item))
    }
}

impl<S: Split> Split for Numbered<S> {
    type Piece = Numbered<S::Piece>;
    type Whole = iter::Enumerate<S::Whole>;
    const PLAIN: bool = S::PLAIN;

    #[inline(always)]
    fn left(&self) -> usize {
        self.inner.left()
    }

    #[inline(always)]
    fn trim(&mut self, count: usize) {
        self.inner.trim(count);
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Self::Piece {
        let next = self.next;
        self.next += count;
        Numbered {
            inner: self.inner.split(count),
            next,
        }
    }

    #[inline(always)]
    fn rest(&mut self) -> Self::Piece {
        Numbered {
            inner: self.inner.rest(),
            next: self.next,
        }
    }

    fn whole(self) -> Self::Whole {
        self.inner.whole().enumerate()
    }
}

/// `rev`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Reversed<S>(pub(crate) S);

impl<S: SplitBack> Split for Reversed<S> {
    type Piece = iter::Rev<S::Piece>;
    type Whole = iter::Rev<S::Whole>;
    const PLAIN: bool = S::PLAIN;

    #[inline(always)]
    fn left(&self) -> usize {
        self.0.left()
    }

    #[inline(always)]
    fn trim(&mut self, count: usize) {
        self.0.trim_back(count);
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Self::Piece {
        self.0.split_back(count).rev()
    }

    #[inline(always)]
    fn rest(&mut self) -> Self::Piece {
        self.0.rest().rev()
    }

    fn whole(self) -> Self::Whole {
        self.0.whole().rev()
    }
}

macro_rules! by_value {
    ($($name:ident, $adaptor:ident, $method:ident, $bound:ident;)*) => {$(
        #[doc = concat!("`", stringify!($method), "`.")]
        #[doc(hidden)]
        #[derive(Debug)]
        pub struct $name<S>(pub(crate) S);

        impl<'a, T: 'a + $bound, S> Split for $name<S>
        where
            S: Split<Piece: Iterator<Item = &'a T>>,
        {
            type Piece = iter::$adaptor<S::Piece>;
            type Whole = iter::$adaptor<S::Whole>;
            const PLAIN: bool = S::PLAIN;

            #[inline(always)]
            fn left(&self) -> usize {
                self.0.left()
            }

            #[inline(always)]
            fn trim(&mut self, count: usize) {
                self.0.trim(count);
            }

            #[inline(always)]
            fn split(&mut self, count: usize) -> Self::Piece {
                self.0.split(count).$method()
            }

            #[inline(always)]
            fn rest(&mut self) -> Self::Piece {
                self.0.rest().$method()
            }

            fn whole(self) -> Self::Whole {
                self.0.whole().$method()
            }
        }
    )*};
}
by_value! {
    Copies, Copied, copied, Copy;
    Clones, Cloned, cloned, Clone;
}

/// `step_by`: all pieces but the last are a number of whole steps.
#[doc(hidden)]
#[derive(Debug)]
pub struct Stepped<S> {
    inner: S,
    step: usize,
}

impl<S: Split> Stepped<S> {
    #[inline(always)]
    pub(crate) fn new(inner: S, step: usize) -> Self {
        assert!(step != 0);
        Self { inner, step }
    }

    /// What so many steps are over, in whole steps also where there are more than can be counted.
    #[inline(always)]
    fn over(&self, steps: usize) -> usize {
        let most = || usize::MAX / self.step * self.step;
        steps.checked_mul(self.step).unwrap_or_else(most)
    }
}

impl<S: Split> Split for Stepped<S> {
    type Piece = iter::StepBy<S::Piece>;
    type Whole = iter::StepBy<S::Whole>;
    const PLAIN: bool = S::PLAIN;

    #[inline(always)]
    fn left(&self) -> usize {
        self.inner.left().div_ceil(self.step)
    }

    #[inline(always)]
    fn is_done(&self) -> bool {
        self.inner.is_done()
    }

    #[inline(always)]
    fn trim(&mut self, count: usize) {
        let count = self.over(count).min(self.inner.left());
        self.inner.trim(count);
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Self::Piece {
        let count = self.over(count).min(self.inner.left());
        self.inner.split(count).step_by(self.step)
    }

    #[inline(always)]
    fn cut(&mut self, few: usize, most: usize) -> Self::Piece {
        self.inner.cut(few, self.over(most)).step_by(self.step)
    }

    #[inline(always)]
    fn rest(&mut self) -> Self::Piece {
        self.inner.rest().step_by(self.step)
    }

    fn whole(self) -> Self::Whole {
        self.inner.whole().step_by(self.step)
    }
}

/// `zip`, of two with as many items: what the longer has more is nobody's to see.
#[doc(hidden)]
#[derive(Debug)]
pub struct Zipped<A, B>(A, B);

impl<A: Split, B: Split> Zipped<A, B> {
    #[inline(always)]
    pub(crate) fn new(mut a: A, mut b: B) -> Self {
        let count = a.left().min(b.left());
        a.trim(count);
        b.trim(count);
        Self(a, b)
    }
}

impl<A: Split, B: Split> Split for Zipped<A, B> {
    type Piece = iter::Zip<A::Piece, B::Piece>;
    type Whole = iter::Zip<A::Whole, B::Whole>;
    const PLAIN: bool = A::PLAIN && B::PLAIN;

    #[inline(always)]
    fn left(&self) -> usize {
        self.0.left()
    }

    #[inline(always)]
    fn trim(&mut self, count: usize) {
        self.0.trim(count);
        self.1.trim(count);
    }

    #[inline(always)]
    fn is_done(&self) -> bool {
        self.0.is_done()
    }

    #[inline(always)]
    fn split(&mut self, count: usize) -> Self::Piece {
        let (a, b) = (self.0.split(count), self.1.split(count));
        // The compiler shall see that what is left of both is of one length as well.
        self.1.trim(self.0.left());
        a.zip(b)
    }

    #[inline(always)]
    fn rest(&mut self) -> Self::Piece {
        self.0.rest().zip(self.1.rest())
    }

    fn whole(self) -> Self::Whole {
        self.0.whole().zip(self.1.whole())
    }
}
