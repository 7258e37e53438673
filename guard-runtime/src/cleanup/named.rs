//! A cleanup that is given by its path. Unlike a closure, whose body the compiler checks where it is written, it may
//! turn out to be an `async fn`.

use crate::cleanup::deferred::Exit;

/// What a cleanup returns.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a cleanup returns nothing, but this function returns a value",
    label = "nobody would use this `{Self}`",
    note = "if it is a future, write `cleanup = async |exit| name(exit).await`, which an `async fn` awaits",
    note = "if it is of no use, write `cleanup = |exit| drop(name(exit))`"
)]
pub trait Nothing {}

impl Nothing for () {}

/// A function of `A` that returns nothing.
#[doc(hidden)]
pub trait Named<A> {
    fn call(self, exit: A);
}

impl<A, R: Nothing, F: FnOnce(A) -> R> Named<A> for F {
    #[inline(always)]
    fn call(self, exit: A) {
        self(exit);
    }
}

/// The function as a cleanup.
#[doc(hidden)]
#[inline(always)]
pub fn named<F>(run: F) -> impl FnOnce(&Exit<'_>)
where
    F: for<'a, 'e> Named<&'a Exit<'e>>,
{
    move |exit: &Exit<'_>| run.call(exit)
}
