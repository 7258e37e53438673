//! How the body of a future asks to be left because of a trip.

use core::cell::Cell;
use core::convert::Infallible;
use core::future::Future;
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::trip::tripped::Tripped;

thread_local! {
    /// The trip because of which the body that was polled last wants to be left. It is taken right after that poll,
    /// so the missing destructor loses nothing; with a destructor, the cell could not be read while the thread
    /// exits.
    static LEFT: ManuallyDrop<Cell<Option<Tripped>>> = const { ManuallyDrop::new(Cell::new(None)) };
}

/// Takes that trip.
pub(super) fn take_left() -> Option<Tripped> {
    LEFT.with(|left| left.take())
}

/// Whether the body that was polled last wants to be left.
pub(crate) fn is_left() -> bool {
    let left = take_left();
    let is_left = left.is_some();
    LEFT.with(|it| it.set(left));
    is_left
}

/// Asks the code that polls the body to drop it, and to leave with this trip.
#[doc(hidden)]
#[cold]
#[must_use]
pub fn leave(tripped: Tripped) -> Leaving {
    Leaving(Some(tripped))
}

/// The future of [`leave`], which never completes.
#[doc(hidden)]
pub struct Leaving(Option<Tripped>);

impl Future for Leaving {
    type Output = Infallible;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Infallible> {
        LEFT.with(|left| left.set(self.0.take()));
        Poll::Pending
    }
}
