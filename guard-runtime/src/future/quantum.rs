//! `yield_every`: how long a task runs before it lets others run.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::stack::current::force_cold;
use crate::time::clock;
use crate::time::source::{self, Quantum};

/// Begins a quantum of this many nanoseconds; `MAX` keeps the current one.
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

/// Makes the scope that was just opened yield every `every` nanoseconds.
#[doc(hidden)]
pub fn take_turns(every: u64) {
    begin(every);
    force_cold();
}

/// Lets other tasks run, if the quantum of this task is over.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn turn() -> Turn {
    Turn { yielded: false }
}

/// The future of [`turn`].
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
        // Tokio wakes a task that yields after others had their turn; other executors are asked to poll again at
        // once.
        #[cfg(feature = "tokio")]
        if tokio::runtime::Handle::try_current().is_ok() {
            return core::pin::pin!(tokio::task::yield_now()).poll(context);
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
