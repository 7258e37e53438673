//! Nodes that are stopped by a future, polled on the node's own thread.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::Arc;
use std::task::Wake;
use std::thread::{self, Thread};
use std::time::Instant;

use super::report::Reason;
use super::state::Stop;
use crate::budget::limits::Budget;

/// The time between two polls of a future whose time is over.
const AGAIN: Duration = Duration::from_millis(1);

/// Returns a closure that awaits `stop` in the runtime that is current now.
pub(super) fn stop<F: Future>(
    time: Duration,
    stop: impl FnOnce(Reason) -> F + Send + 'static,
) -> Stop {
    #[cfg(feature = "tokio")]
    let runtime = tokio::runtime::Handle::try_current().ok();
    Box::new(move |budget: &Budget, why: &Reason| {
        #[cfg(feature = "tokio")]
        let _entered = runtime.as_ref().map(|runtime| runtime.enter());
        block_on(budget.wrap(stop(why.clone())), time).map(drop)
    })
}

/// Polls `future` until it is ready. After `time` it is polled without being woken, because a timer of a blocked
/// runtime does not fire.
fn block_on<F: Future>(future: F, time: Duration) -> F::Output {
    let end = Instant::now().checked_add(time);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        match end {
            Some(end) => {
                let left = end.saturating_duration_since(Instant::now());
                thread::park_timeout(left.max(AGAIN));
            }
            None => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
