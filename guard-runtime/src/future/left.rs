//! How the body of a future asks to be left, with a trip that it has found.

use core::cell::Cell;
use core::convert::Infallible;
use core::future::Future;
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::trip::tripped::Tripped;

thread_local! {
    /// The trip with which the body that was polled last wants to be left. It is taken right after that poll, so
    /// nothing is lost without a destructor; with one, it could not be asked while the thread exits.
    static LEFT: ManuallyDrop<Cell<Option<Tripped>>> = const { ManuallyDrop::new(Cell::new(None)) };
}

/// Takes it.
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

/// Has whoever polls the body drop it, and leave with this trip.
#[doc(hidden)]
#[cold]
#[must_use]
pub fn leave(tripped: Tripped) -> Leave {
    Leave(Some(tripped))
}

/// See [`leave`].
#[doc(hidden)]
pub struct Leave(Option<Tripped>);

impl Future for Leave {
    type Output = Infallible;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Infallible> {
        LEFT.with(|left| left.set(self.0.take()));
        Poll::Pending
    }
}
