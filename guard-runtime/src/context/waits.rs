//! Waits that end with the budget.

use core::time::Duration;
use std::sync::{Condvar, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

#[cfg(feature = "testing")]
use crate::alarm::paused;
use crate::base::location::At;
use crate::context::wake::{Signal, WaitingThread};
use crate::time::clock;
#[cfg(feature = "testing")]
use crate::time::source;
use crate::trip::tripped::Tripped;

/// The time between two notifications of a cancel.
const REPEAT: Duration = Duration::from_millis(1);

/// Sleeps for this long, or until a budget of this thread is spent: a deadline ends the sleep, and a cancel of a
/// [`CancelToken`](crate::CancelToken) at once. It is itself a check, even with [`Duration::ZERO`].
///
/// On the paused clock of a test it moves that clock instead (feature `testing`).
///
/// # Errors
///
/// The trip.
///
/// ```
/// use std::time::{Duration, Instant};
/// use guard_runtime::{Tripped, loop_guard, sleep};
///
/// #[loop_guard(timeout = "10ms")]
/// fn poll_until(ready: impl Fn() -> bool) -> Result<(), Tripped> {
///     while !ready() {
///         sleep(Duration::from_secs(60))?;
///     }
///     Ok(())
/// }
///
/// # fn main() {
/// let start = Instant::now();
/// assert!(poll_until(|| false).is_err());
/// assert!(start.elapsed() < Duration::from_secs(60));
/// # }
/// ```
#[track_caller]
pub fn sleep(duration: Duration) -> Result<(), Tripped> {
    sleep_at(&At::caller("sleep"), duration)
}

/// Like [`sleep`], with checks at this place.
pub(crate) fn sleep_at(at: &At, duration: Duration) -> Result<(), Tripped> {
    // `None` never comes.
    let end = Instant::now().checked_add(duration);
    let waiter = WaitingThread::new();
    #[cfg(feature = "testing")]
    if source::paused_at().is_some() {
        return pass_time(&waiter, duration, at);
    }
    loop {
        let most = waiter.check(at)?;
        let left = end.map_or(Duration::MAX, |end| {
            end.saturating_duration_since(Instant::now())
        });
        if left.is_zero() {
            return Ok(());
        }
        waiter.signal.sleep(left.min(most));
    }
}

/// Moves the paused clock: up to the deadline that ends the sleep, if one does.
#[cfg(feature = "testing")]
fn pass_time(waiter: &WaitingThread, duration: Duration, at: &At) -> Result<(), Tripped> {
    let mut left = duration;
    loop {
        let step = waiter.check(at)?.min(left);
        if left.is_zero() {
            return Ok(());
        }
        _ = paused::advance(clock::nanos(step));
        left -= step;
    }
}

/// A throttle: an iterator whose items come at multiples of `period`, the first at once.
///
/// The items do not drift, however long each iteration takes; after an iteration that takes longer than the period,
/// missed items are not made up for. Each wait ends with the budget like [`sleep`], and the trip is the last item.
/// In a guarded function the check of the loop then leaves, so the item may be ignored.
///
/// ```
/// use std::time::{Duration, Instant};
/// use guard_runtime::{Tripped, every, loop_guard};
///
/// #[loop_guard(timeout = "1s")]
/// fn heartbeats(count: u32) -> Result<(), Tripped> {
///     let mut sent = 0;
///     for turn in every(Duration::from_millis(2)) {
///         turn?;
///         sent += 1;
///         if sent == count {
///             break;
///         }
///     }
///     Ok(())
/// }
///
/// # fn main() {
/// let start = Instant::now();
/// heartbeats(4).unwrap();
/// assert!(start.elapsed() >= Duration::from_millis(6));
/// # }
/// ```
#[track_caller]
pub fn every(period: Duration) -> Every {
    Every {
        period,
        next: Some(now()),
        at: At::caller("every"),
    }
}

/// The iterator of [`every`].
#[derive(Debug, Clone)]
#[must_use = "iterators do nothing until they are asked"]
pub struct Every {
    period: Duration,
    /// When the next item comes; `None` once it has tripped, or if none ever comes.
    next: Option<Instant>,
    at: At,
}

impl Iterator for Every {
    type Item = Result<(), Tripped>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.next?;
        let wait = next.saturating_duration_since(now());
        if let Err(tripped) = sleep_at(&self.at, wait) {
            self.next = None;
            return Some(Err(tripped));
        }
        let late = now().saturating_duration_since(next).as_nanos();
        // The next multiple that has not passed yet.
        let period = self.period.as_nanos();
        let turns = late.checked_div(period).unwrap_or(0) + 1;
        let after = u64::try_from(period.saturating_mul(turns)).unwrap_or(u64::MAX);
        self.next = next.checked_add(Duration::from_nanos(after));
        Some(Ok(()))
    }
}

/// The time of this thread's clock.
fn now() -> Instant {
    clock::instant(clock::now()).unwrap_or_else(Instant::now)
}

/// Waits on a condition variable until `ready` returns true, or until a budget of this thread is spent: a deadline
/// ends the wait, and a cancel of a [`CancelToken`](crate::CancelToken) at once. The guard is returned only if the
/// condition is true; a trip unlocks the mutex.
///
/// A poisoned mutex is no error here: the next lock of it reports the poisoning.
///
/// # Errors
///
/// The trip.
///
/// ```
/// use std::sync::{Condvar, Mutex};
/// use guard_runtime::{Tripped, loop_guard, wait};
///
/// #[loop_guard(timeout = "10ms")]
/// fn take(queue: &Mutex<Vec<u32>>, filled: &Condvar) -> Result<u32, Tripped> {
///     let mut queue = wait(filled, queue.lock().unwrap(), |queue| !queue.is_empty())?;
///     Ok(queue.remove(0))
/// }
///
/// # fn main() {
/// let (queue, filled) = (Mutex::new(vec![7]), Condvar::new());
/// assert_eq!(take(&queue, &filled).unwrap(), 7);
/// assert!(take(&queue, &filled).is_err());
/// # }
/// ```
#[track_caller]
pub fn wait<'m, T>(
    condvar: &Condvar,
    mut guard: MutexGuard<'m, T>,
    mut ready: impl FnMut(&mut T) -> bool,
) -> Result<MutexGuard<'m, T>, Tripped> {
    let at = At::caller("wait");
    let waiter = WaitingThread::new();
    if !waiter.is_registered() || ready(&mut guard) {
        return wait_on(condvar, guard, ready, || waiter.check(&at));
    }
    let over = Signal::default();
    thread::scope(|scope| {
        let end = EndOfWait(&over, &waiter.signal);
        let watch = || notify_once_set(&waiter.signal, condvar, &over);
        let watched = thread::Builder::new().spawn_scoped(scope, watch).is_ok();
        let most = if watched { Duration::MAX } else { REPEAT };
        let outcome = wait_on(condvar, guard, ready, || Ok(waiter.check(&at)?.min(most)));
        drop(end);
        outcome
    })
}

/// Waits until the condition is true. `check` returns how long to wait until the next check.
fn wait_on<'m, T>(
    condvar: &Condvar,
    mut guard: MutexGuard<'m, T>,
    mut ready: impl FnMut(&mut T) -> bool,
    mut check: impl FnMut() -> Result<Duration, Tripped>,
) -> Result<MutexGuard<'m, T>, Tripped> {
    while !ready(&mut guard) {
        let most = check()?;
        let woken = condvar.wait_timeout(guard, most);
        guard = woken.unwrap_or_else(PoisonError::into_inner).0;
    }
    Ok(guard)
}

/// Runs on a thread of its own: a cancel cannot reach the condition variable, which is only borrowed. It notifies
/// repeatedly, since it cannot lock the mutex: the waiting thread may have made its check but not be waiting yet.
fn notify_once_set(signal: &Signal, condvar: &Condvar, over: &Signal) {
    while !signal.sleep(Duration::MAX) {}
    while !over.sleep(REPEAT) {
        condvar.notify_all();
    }
}

/// Ends that thread, even if a panic leaves the wait.
struct EndOfWait<'s>(&'s Signal, &'s Signal);

impl Drop for EndOfWait<'_> {
    fn drop(&mut self) {
        self.0.set();
        self.1.set();
    }
}
