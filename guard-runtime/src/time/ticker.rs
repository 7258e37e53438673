//! The one thread of the process: it ticks when asked and at every heartbeat while a scope is open,
//! and sleeps without a plan otherwise.
//!
//! What it does is here; what it does it with ([`World`]) is the process, or a model of it.

use crate::base::reentry;
use crate::base::sync::{Mutex, OnceLock, lock};
use crate::time::epoch::{CALM_BEATS, Epoch, HEARTBEAT};

/// Heartbeats without an open scope before the ticker parks, so that a loop of short calls does not
/// start and stop it all the time.
const IDLE_BEATS: u32 = 25;

/// Heartbeats without anybody in a hurry before the ticker is calm.
const FINE_BEATS: u32 = 32;

/// What the ticker sees of everything else.
pub(crate) trait World {
    fn now(&self) -> u64;

    /// Between a tick's clock reading and its publication, where a delay hurts most.
    fn stall(&self) {}

    /// Whether any thread has a scope open, or a future waits.
    fn any_open(&self) -> bool;

    /// Rings the alarms before `now`; when the next one is due.
    fn ring(&self, _now: u64) -> u64 {
        u64::MAX
    }

    /// Sleeps until woken, or for so many nanoseconds (`MAX`: for ever), or less.
    fn sleep(&self, nanos: u64);
}

/// The ticker's own state.
pub(crate) struct Ticker<'e, W> {
    epoch: &'e Epoch,
    world: W,
    /// The last word.
    before: u64,
    /// Heartbeats without an open scope.
    idle: u32,
    /// Heartbeats left before it is calm.
    fine: u32,
}

impl<'e, W: World> Ticker<'e, W> {
    pub(crate) fn new(epoch: &'e Epoch, world: W) -> Self {
        Self {
            epoch,
            world,
            before: epoch.word(),
            idle: 0,
            fine: FINE_BEATS,
        }
    }

    /// One that has become calm.
    #[cfg(all(test, guard_loom))]
    pub(crate) fn calm(mut self) -> Self {
        self.fine = 0;
        self
    }

    /// A tick, and the sleep until the next one is due.
    pub(crate) fn turn(&mut self) {
        self.tick();
        // A calm beat is as long as several.
        let beats = if self.fine == 0 { CALM_BEATS } else { 1 };
        self.idle = if self.world.any_open() {
            0
        } else {
            self.idle + beats
        };
        if self.idle < IDLE_BEATS {
            self.sleep();
        } else {
            self.park();
            (self.idle, self.fine) = (0, FINE_BEATS);
        }
    }

    pub(crate) fn tick(&mut self) {
        let now = self.world.now();
        self.world.stall();
        self.fine = if self.epoch.take_hurry() {
            FINE_BEATS
        } else {
            self.fine.saturating_sub(1)
        };
        let word = self.epoch.tick(now, self.fine == 0);
        self.settle(word);
        // After the plan, so that an alarm that is set meanwhile and not found here lowers it.
        let alarm = self.world.ring(now);
        let _: bool = self.epoch.request(alarm);
    }

    fn settle(&mut self, word: u64) {
        self.epoch.settle(self.before, word, self.world.now());
        self.before = word;
    }

    /// Sleeps until the next tick is due; a request wakes it to plan anew.
    pub(crate) fn sleep(&self) {
        loop {
            let (now, next) = (self.world.now(), self.epoch.next());
            if now >= next {
                return;
            }
            self.world.sleep(next - now);
        }
    }

    /// Sleeps until somebody asks.
    pub(crate) fn park(&mut self) {
        let word = self.epoch.park(self.world.now());
        self.settle(word);
        // A thread may have opened a scope after it was asked and before it could see the parked
        // word, and may be inside a call that makes no check: look once more when a store is sure
        // to be seen.
        self.world.sleep(HEARTBEAT);
        if !self.world.any_open() {
            while self.epoch.next() == u64::MAX {
                self.world.sleep(u64::MAX);
            }
        }
    }
}

/// A handle to wake a sleeper by.
pub(crate) trait Wake {
    fn wake(&self);
}

/// The asking side: where the ticker is, once there is one.
pub(crate) struct Bell<T> {
    ticker: OnceLock<T>,
    starting: Mutex<()>,
}

impl<T: Wake + Clone> Bell<T> {
    crate::base::sync::const_fn! {
        pub(crate) fn new() -> Self {
            Self { ticker: OnceLock::new(), starting: Mutex::new(()) }
        }
    }

    /// Asks for a tick at the time `at`; `start` starts the ticker, if there is none.
    ///
    /// False if none can be started. That is asked for at every wish, not only by the one that
    /// lowered `next`: another thread's start may have failed, or may not have.
    pub(crate) fn ring(&self, epoch: &Epoch, at: u64, start: impl FnOnce() -> Option<T>) -> bool {
        let wake = epoch.request(at);
        if self.ticker.get().is_none() && !self.start(start) {
            return false;
        }
        // Also when it was only just started, by whomever: it may have slept before the wish.
        if let (true, Some(ticker)) = (wake, self.ticker.get()) {
            ticker.wake();
        }
        true
    }

    #[cold]
    fn start(&self, start: impl FnOnce() -> Option<T>) -> bool {
        reentry::bar(|| {
            let _starting = lock(&self.starting);
            if self.ticker.get().is_some() {
                return true;
            }
            start().is_some_and(|ticker| self.ticker.set(ticker).is_ok())
        })
    }
}

#[cfg(not(guard_loom))]
pub(crate) use process::{ask, hurry, is_here};

/// The ticker of this process.
#[cfg(not(guard_loom))]
mod process {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread::{self, Thread};
    use std::time::Duration;

    use super::{Bell, Ticker, Wake, World};
    use crate::alarm::waiting;
    use crate::stack::frame;
    use crate::time::clock;
    use crate::time::epoch::EPOCH;

    /// After a start that failed, in nanoseconds, the next is tried: each costs a system call.
    const RETRY: u64 = 100_000_000;

    static BELL: Bell<Thread> = Bell::new();

    /// Asks for a tick at the time `at`.
    ///
    /// False if there is no ticker and none can be started, or if this is it: the checks must then read
    /// the clock.
    #[inline]
    pub(crate) fn ask(at: u64) -> bool {
        BELL.ring(&EPOCH, at, start) && !is_here()
    }

    thread_local! {
        static HERE: Cell<bool> = const { Cell::new(false) };
    }

    /// Whether this is the ticker's own thread. Nobody ticks while it runs code of others: a waker can be
    /// the last reference to a task, with destructors whose loops are guarded.
    pub(crate) fn is_here() -> bool {
        HERE.get()
    }

    /// Wakes the ticker from its calm, at the time `now`. Without one, nobody is calm.
    #[cold]
    pub(crate) fn hurry(now: u64) {
        EPOCH.hurry();
        ask(now);
    }

    fn start() -> Option<Thread> {
        static RETRY_AT: AtomicU64 = AtomicU64::new(0);
        let now = clock::real();
        if now < RETRY_AT.load(Ordering::Relaxed) {
            return None;
        }
        RETRY_AT.store(now + RETRY, Ordering::Relaxed);
        let ticker = thread::Builder::new()
            .name("loop-guard".into())
            .spawn(run)
            .ok()?;
        Some(ticker.thread().clone())
    }

    fn run() {
        HERE.set(true);
        let mut ticker = Ticker::new(&EPOCH, Process);
        loop {
            ticker.turn();
        }
    }

    struct Process;

    impl World for Process {
        fn now(&self) -> u64 {
            clock::real()
        }

        #[cfg(feature = "testing")]
        fn stall(&self) {
            crate::testing::stall();
        }

        fn any_open(&self) -> bool {
            frame::any_open()
        }

        fn ring(&self, now: u64) -> u64 {
            waiting::ring(now)
        }

        fn sleep(&self, nanos: u64) {
            thread::park_timeout(Duration::from_nanos(nanos));
        }
    }

    impl Wake for Thread {
        fn wake(&self) {
            self.unpark();
        }
    }
}

#[cfg(all(test, not(guard_loom)))]
mod tests {
    use super::{Bell, Wake};
    use crate::time::epoch::Epoch;

    #[derive(Clone)]
    struct Sleepless;

    impl Wake for Sleepless {
        fn wake(&self) {}
    }

    #[test]
    fn a_start_that_failed_is_no_ticker_for_anybody() {
        let (epoch, bell) = (Epoch::new(), Bell::new());
        assert!(!bell.ring(&epoch, 5, || None));
        // This wish is later than the first, which is still in `next`.
        assert!(!bell.ring(&epoch, 7, || None));
        assert!(bell.ring(&epoch, 7, || Some(Sleepless)));
        assert!(bell.ring(&epoch, 9, || unreachable!("it was started")));
    }
}
