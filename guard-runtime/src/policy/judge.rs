//! Which of the values that a call returns are failures.

use core::fmt;

/// The judge of a [`Breaker`](crate::policy::Breaker) that does not look at what calls return.
#[derive(Debug, Clone, Copy)]
pub struct Trips(pub(super) ());

/// The judge of a [`Breaker`](crate::policy::Breaker) that counts some errors; see
/// [`Breaker::errors`](crate::policy::Breaker::errors).
pub struct Errors<E>(pub(super) fn(&E) -> bool);

impl<E> Clone for Errors<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Errors<E> {}

impl<E> fmt::Debug for Errors<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Errors")
    }
}

/// Decides whether what a call returned is a failure. Implemented only by the judges of breakers.
#[diagnostic::on_unimplemented(
    message = "this breaker counts errors of another type than the call's: `{Self}` cannot judge `{R}`",
    note = "`Breaker<Errors<E>>` judges a `Result<_, E>`; `Breaker` judges whatever a call returns"
)]
pub trait Judge<R>: sealed::Sealed {
    /// Whether the breaker counts it as one.
    fn is_failure(&self, outcome: &R) -> bool;
}

impl<R> Judge<R> for Trips {
    #[inline]
    fn is_failure(&self, _: &R) -> bool {
        false
    }
}

impl<T, E> Judge<Result<T, E>> for Errors<E> {
    #[inline]
    fn is_failure(&self, outcome: &Result<T, E>) -> bool {
        outcome.as_ref().is_err_and(self.0)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Trips {}
    impl<E> Sealed for super::Errors<E> {}
}
