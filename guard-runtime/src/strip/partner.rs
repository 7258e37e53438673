//! The two sides of a `zip`.

use crate::strip::split::Split;

/// What can stand on the right of a `zip`.
#[doc(hidden)]
pub trait Partner {
    /// The iterator that this is.
    type Whole: Iterator;
    /// The pair, if what stands on the left can be split.
    type With<A: Split>;

    /// The iterator that this is.
    fn whole(self) -> Self::Whole;
    /// The pair.
    fn with<A: Split>(self, left: A) -> Self::With<A>;
}
