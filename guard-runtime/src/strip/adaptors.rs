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
    fn left(&self) -> usize {
        self.0.left().min(self.1.left())
    }

    #[inline(always)]
    fn cut(&mut self, most: usize) -> Self::Piece {
        let count = self.left().min(most);
        self.0.cut(count).zip(self.1.cut(count))
    }

    #[inline(always)]
    fn all(self) -> Self::Piece {
        self.0.all().zip(self.1.all())
    }
}

macro_rules! adaptors {
    ($($adaptor:ident ($($of:tt)*) $piece:ty, $cut:ident, $cut_back:ident, $adapt:ident;)*) => {$(
        #[doc = concat!("`", stringify!($adapt), "`.")]
        #[doc(hidden)]
        #[derive(Debug)]
        pub struct $adaptor<S>(pub(crate) S);

        impl<$($of)*> Split for $adaptor<S> {
            type Piece = $piece;
            const OWNING: bool = S::OWNING;

            #[inline(always)]
            fn left(&self) -> usize {
                self.0.left()
            }

            #[inline(always)]
            fn cut(&mut self, most: usize) -> Self::Piece {
                self.0.$cut(most).$adapt()
            }

            #[inline(always)]
            fn all(self) -> Self::Piece {
                self.0.all().$adapt()
            }
        }

        impl<$($of)*> SplitBack for $adaptor<S>
        where
            S: SplitBack,
        {
            #[inline(always)]
            fn cut_back(&mut self, most: usize) -> Self::Piece {
                self.0.$cut_back(most).$adapt()
            }
        }
    )*};
}
adaptors! {
    Reversed(S: SplitBack) iter::Rev<S::Piece>, cut_back, cut, rev;
    Copies('a, T: 'a + Copy, S: Split<Piece: Iterator<Item = &'a T>>) iter::Copied<S::Piece>, cut, cut_back, copied;
}
