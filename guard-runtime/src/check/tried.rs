//! Whether `?` leaves the function with a value: the standard library's trait is not stable.

use core::ops::ControlFlow;
use core::task::Poll;

/// What `?` takes.
#[doc(hidden)]
pub trait Tried {
    /// Whether `?` returns it.
    #[doc(hidden)]
    fn has_failed(&self) -> bool;
}

impl<T> Tried for Option<T> {
    fn has_failed(&self) -> bool {
        self.is_none()
    }
}

impl<T, E> Tried for Result<T, E> {
    fn has_failed(&self) -> bool {
        self.is_err()
    }
}

impl<B, C> Tried for ControlFlow<B, C> {
    fn has_failed(&self) -> bool {
        self.is_break()
    }
}

impl<T, E> Tried for Poll<Result<T, E>> {
    fn has_failed(&self) -> bool {
        matches!(self, Self::Ready(Err(_)))
    }
}

impl<T, E> Tried for Poll<Option<Result<T, E>>> {
    fn has_failed(&self) -> bool {
        matches!(self, Self::Ready(Some(Err(_))))
    }
}

/// Whether `?` returns it.
#[doc(hidden)]
#[inline]
pub fn has_failed<T: Tried>(tried: &T) -> bool {
    tried.has_failed()
}
