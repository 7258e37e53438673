//! How policies wait: it spends the budgets around, and ends with them.
//!
//! If a test has paused a thread's clock, only that thread can move it, so code that waits there moves the clock by
//! as much as it has waited.

use core::future::poll_fn;
use core::panic::Location as Caller;
use core::pin::pin;
use core::task::{Poll, Waker};
use core::time::Duration;
use std::sync::Arc;

use crate::base::location::{At, Location};
use crate::base::site::Site;
use crate::context::waits;
use crate::context::wake::WaitingThread;
use crate::future::polled::{Task, begin};
use crate::policy::around;
use crate::time::clock::nanos;
use crate::trip::tripped::Tripped;

/// How far a thread moves its own paused clock at a time, while nobody wakes it.
const LOOK: Duration = Duration::from_millis(10);

/// Waits on this thread until `is_over`, or until a budget around is spent. `is_over` is given the waker of this
/// thread.
pub(super) fn until_woken(
    kind: &'static str,
    caller: &'static Caller<'static>,
    mut is_over: impl FnMut(&Waker) -> bool,
) -> Result<(), Tripped> {
    if is_over(Waker::noop()) {
        return Ok(());
    }
    let (waiter, at) = (WaitingThread::new(), At::of(kind, Location::of(caller)));
    let waker = Waker::from(Arc::clone(&waiter.signal));
    while !is_over(&waker) {
        let most = waiter.check(&at)?;
        if !around::is_paused() {
            waiter.signal.sleep(most);
        } else if !waiter.signal.sleep(most.min(LOOK)) {
            around::advance(most.min(LOOK));
        }
    }
    Ok(())
}

/// Sleeps like [`sleep`](crate::sleep).
pub(super) fn sleep(
    time: Duration,
    kind: &'static str,
    caller: &'static Caller<'static>,
) -> Result<(), Tripped> {
    let at = At::of(kind, Location::of(caller));
    waits::sleep_at(&at, time)
}

/// Sleeps in a future.
///
/// The alarm belongs to a scope, since a scope knows which clock the task follows. The scope ends a little later
/// than the wait, so that the wait ends first and nothing trips.
pub(super) async fn sleep_async(
    time: Duration,
    kind: &'static str,
    caller: &'static Caller<'static>,
) -> Result<(), Tripped> {
    const LATER: u64 = 1_000_000;
    let (site, at) = (
        Site::named(kind, Location::of(caller)),
        At::of(kind, Location::of(caller)),
    );
    let (now, limit) = (around::now(), nanos(time));
    let end = now.saturating_add(limit);
    let mut task = Task::new();
    let mut body = pin!(async {
        _ = begin(site, limit.saturating_add(LATER));
        poll_fn(|_| {
            if around::now() >= end {
                return Poll::Ready(Ok(()));
            }
            around::check(kind, caller)?;
            Poll::Pending
        })
        .await
    });
    poll_fn(|context| task.poll(body.as_mut(), context, &at)).await?
}
