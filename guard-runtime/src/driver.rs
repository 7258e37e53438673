//! The ticker's thread: one per process, started by the first request for a tick.
//!
//! The room gives the protocol of [`ticker`](crate::time::ticker) its thread, its clock and its sleep, and
//! answers its questions from `stack`, `alarm` and `watch`, which has its turn in each tick; before it sleeps, the metrics have theirs. What it promises: a request is heard, or the caller is told to
//! read the clock itself. The thread ends with the process, holds no lock while it sleeps, and takes a fraction
//! of a millisecond per second. It takes no signal of the process (feature `signal-mask`).

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use crate::alarm::alarms;
use crate::base::sync::process;
#[cfg(feature = "metrics")]
use crate::metrics;
use crate::stack::lease;
use crate::time::clock;
use crate::time::epoch::EPOCH;
use crate::time::pauses;
use crate::time::ticker::{Bell, Ticker, Wake, World};
use crate::watch::{service, turn};

/// The time after a failed start at which the next is tried, in nanoseconds: each costs a system call.
const RETRY: u64 = 100_000_000;

process! {
    static BELL: Bell<Thread> = Bell::new();
}

/// Asks for a tick at the time `at`.
///
/// False if there is no ticker and none can be started, or if this is its thread: the caller's checks must then
/// read the clock.
#[inline]
pub(crate) fn request(at: u64) -> bool {
    BELL.request(&EPOCH, at, start) && !is_here()
}

/// Asks for fast ticks, from `now` on.
#[cold]
pub(crate) fn request_fast(now: u64) {
    EPOCH.request_fast();
    request(now);
}

thread_local! {
    static HERE: Cell<bool> = const { Cell::new(false) };
}

/// Whether this is the ticker's own thread, on which nobody ticks while it runs code of others: a waker can be
/// the last reference to a task, with destructors whose loops are guarded.
pub(crate) fn is_here() -> bool {
    HERE.get()
}

fn start() -> Option<Thread> {
    static RETRY_AT: AtomicU64 = AtomicU64::new(0);
    let now = clock::real();
    if now < RETRY_AT.load(Ordering::Relaxed) {
        return None;
    }
    RETRY_AT.store(now + RETRY, Ordering::Relaxed);
    let ticker = with_signals_blocked(|| {
        thread::Builder::new()
            .name("loop-guard".into())
            .spawn(run)
            .ok()
    })?;
    Some(ticker.thread().clone())
}

/// Calls `f` while this thread blocks all signals. A thread that it starts blocks them from its beginning.
#[cfg(all(unix, feature = "signal-mask"))]
fn with_signals_blocked<T>(f: impl FnOnce() -> T) -> T {
    use nix::sys::signal::{SigSet, SigmaskHow};

    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK);
    let value = f();
    if let Ok(before) = before {
        // It was in force a moment ago.
        let _ = before.thread_set_mask();
    }
    value
}

/// The ticker's thread inherits the mask of this one.
#[cfg(not(all(unix, feature = "signal-mask")))]
fn with_signals_blocked<T>(f: impl FnOnce() -> T) -> T {
    f()
}

fn run() {
    HERE.set(true);
    let mut ticker = Ticker::new(&EPOCH, Process);
    loop {
        ticker.run_once();
    }
}

/// This process, as its ticker sees it.
struct Process;

impl World for Process {
    fn now(&self) -> u64 {
        clock::real()
    }

    #[cfg(feature = "testing")]
    fn stall(&self) {
        let stall = STALL.load(Ordering::Relaxed);
        if stall != 0 {
            thread::sleep(Duration::from_nanos(stall));
        }
    }

    fn any_open(&self) -> bool {
        alarms::any_set() || lease::any_open() || turn::is_pending()
    }

    fn fire_alarms(&self, now: u64) -> u64 {
        alarms::fire(now).min(turn::turn(now))
    }

    fn sleep(&self, nanos: u64) {
        let now = clock::real();
        let wait = service::keep_alive(now)
            .min(publish(now))
            .saturating_sub(now);
        let nanos = nanos.min(wait);
        pauses::sleep(now, now.saturating_add(nanos));
        thread::park_timeout(Duration::from_nanos(nanos));
        pauses::wake(clock::real());
    }
}

/// Publishes the metrics, if it is time to; when it is time again.
#[cfg(feature = "metrics")]
fn publish(now: u64) -> u64 {
    let next = metrics::publish::turn(now);
    turn::complain("the recorder of metrics", clock::real().saturating_sub(now));
    next
}

#[cfg(not(feature = "metrics"))]
fn publish(_: u64) -> u64 {
    u64::MAX
}

impl Wake for Thread {
    fn wake(&self) {
        self.unpark();
    }
}

#[cfg(feature = "testing")]
static STALL: AtomicU64 = AtomicU64::new(0);

/// Makes every tick late by this much, between its clock reading and its publication, where it hurts most; zero ends
/// it. For this project's own tests of "never early".
#[cfg(feature = "testing")]
pub fn starve(by: Duration) {
    STALL.store(clock::nanos(by), Ordering::Relaxed);
}
