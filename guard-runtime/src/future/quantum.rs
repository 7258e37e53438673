//! `yield_every`: how long a task runs before it lets others run.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::stack::current::force_cold;
use crate::time::clock;
use crate::time::source::{self, Quantum};

/// Begins a quantum of so many nanoseconds; `MAX` leaves the present one.
pub(crate) fn begin(every: u64) {
    if every != u64::MAX {
        let since = clock::now();
        source::set_quantum(Quantum { every, since });
    }
}

fn is_over() -> bool {
    let end = source::quantum().end();
    end != u64::MAX && clock::now() >= end
}

/// Has the scope that was just opened yield every so many nanoseconds.
#[doc(hidden)]
pub fn take_turns(every: u64) {
    begin(every);
    force_cold();
}

/// Lets other tasks run, if the quantum of this one is over.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn turn() -> Turn {
    Turn { yielded: false }
}

/// See [`turn`].
#[doc(hidden)]
pub struct Turn {
    yielded: bool,
}

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.yielded || !is_over() {
            return Poll::Ready(());
        }
        self.yielded = true;
        // Tokio wakes a task that yields once others had their turn; elsewhere it is woken at once.
        #[cfg(feature = "tokio")]
        if tokio::runtime::Handle::try_current().is_ok() {
            return core::pin::pin!(tokio::task::yield_now()).poll(context);
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
