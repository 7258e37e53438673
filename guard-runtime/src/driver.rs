//! The ticker's thread: one per process, started by the first request for a tick.
//!
//! This room gives the protocol of [`ticker`](crate::time::ticker) its thread, its clock and its sleep, and answers
//! its questions from `stack` and `alarm`. In each tick it also gives the watchdog (`watch`) its turn, and before
//! it sleeps the metrics. It promises that a request is heard, or that the caller is told to read the clock itself.
//! The thread ends with the process, holds no lock while it sleeps, and takes a fraction of a millisecond of CPU
//! time per second. With the feature `signal-mask` it handles no signals of the process.

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

/// How long to wait after a failed start before the next attempt, in nanoseconds: each attempt costs a system call.
const RETRY: u64 = 100_000_000;

process! {
    static BELL: Bell<Thread> = Bell::new();
}

/// Asks for a tick at the time `at`.
///
/// Returns false if there is no ticker and none can be started, or if the caller is the ticker itself: checks of
/// the caller must then read the clock.
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

/// Whether this is the ticker's own thread. Nobody ticks while it runs foreign code, and it does: a waker can hold
/// the last reference to a task whose destructors contain guarded loops.
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

/// Calls `f` while this thread blocks all signals. A thread started by `f` inherits that mask from its beginning.
#[cfg(all(unix, feature = "signal-mask"))]
fn with_signals_blocked<T>(f: impl FnOnce() -> T) -> T {
    use nix::sys::signal::{SigSet, SigmaskHow};

    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK);
    let value = f();
    if let Ok(before) = before {
        // Restoring cannot fail: this mask was in force a moment ago.
        let _ = before.thread_set_mask();
    }
    value
}

/// Without the feature, the ticker's thread inherits the signal mask of the thread that starts it.
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

/// The process, as its ticker sees it.
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

/// Publishes the metrics if they are due. Returns when they are due next.
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

/// Delays every tick by this much between its clock reading and its publication, where a delay does the most harm;
/// zero ends that. For this project's own tests of "never early".
#[cfg(feature = "testing")]
pub fn starve(by: Duration) {
    STALL.store(clock::nanos(by), Ordering::Relaxed);
}
