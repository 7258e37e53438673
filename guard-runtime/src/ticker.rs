//! The one thread of the process: it ticks when asked and at every heartbeat while a scope is open,
//! and sleeps without a plan otherwise.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{self, Thread};
use std::time::Duration;

use crate::clock;
use crate::epoch::{EPOCH, HEARTBEAT};
use crate::frame;

static TICKER: OnceLock<Thread> = OnceLock::new();

/// Heartbeats without an open scope before the ticker parks, so that a loop of short calls does not
/// start and stop it all the time.
const IDLE_BEATS: u32 = 25;

/// Asks for a tick at the time `at`.
///
/// False if there is no ticker and none can be started: the checks must then read the clock.
#[inline]
pub(crate) fn ask(at: u64) -> bool {
    !EPOCH.request(at) || wake()
}

#[cold]
fn wake() -> bool {
    match TICKER.get() {
        Some(ticker) => {
            ticker.unpark();
            true
        }
        None => start(),
    }
}

#[cold]
fn start() -> bool {
    static STARTING: Mutex<()> = Mutex::new(());
    let starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    if TICKER.get().is_none() {
        let Ok(ticker) = thread::Builder::new().name("loop-guard".into()).spawn(run) else {
            return false;
        };
        TICKER.get_or_init(|| ticker.thread().clone());
    }
    drop(starting);
    // Its first tick is newer than any word that a thread can hold: nobody's wish is lost.
    true
}

fn run() {
    let mut before = EPOCH.word();
    let mut idle = 0;
    loop {
        before = tick(before);
        idle = if frame::any_open() { 0 } else { idle + 1 };
        if idle >= IDLE_BEATS {
            before = park(before);
            idle = 0;
        } else {
            sleep();
        }
    }
}

fn tick(before: u64) -> u64 {
    let now = clock::real();
    #[cfg(feature = "testing")]
    crate::testing::stall();
    let word = EPOCH.tick(now, now + HEARTBEAT);
    EPOCH.settle(before, word, clock::real());
    word
}

/// Sleeps until the next tick is due; a request wakes it to plan anew.
fn sleep() {
    loop {
        let (now, next) = (clock::real(), EPOCH.next());
        if now >= next {
            return;
        }
        thread::park_timeout(Duration::from_nanos(next - now));
    }
}

/// Sleeps until somebody asks.
fn park(before: u64) -> u64 {
    let word = EPOCH.park(clock::real());
    EPOCH.settle(before, word, clock::real());
    // A thread may have opened a scope after it was asked and before it could see the parked word,
    // and may be inside a call that makes no check: look once more when a store is sure to be seen.
    thread::park_timeout(Duration::from_nanos(HEARTBEAT));
    if !frame::any_open() {
        while EPOCH.next() == u64::MAX {
            thread::park();
        }
    }
    word
}
