//! What the ticker's thread does, and how other threads wake it.
//!
//! The ticker ticks when it is asked to and at every heartbeat while a scope is open; otherwise it parks. This file
//! has its code; `driver.rs` has its thread. It acts on a [`World`], which is the process or, in `model/`, a model
//! of it.

use crate::base::reentry;
use crate::base::sync::{Mutex, OnceLock, lock};
use crate::time::epoch::{Epoch, HEARTBEAT, SLOW_BEATS};

/// Heartbeats without an open scope before the ticker parks, so that a loop of short calls does not start and stop
/// it again and again.
const IDLE_BEATS: u32 = 25;

/// Heartbeats without a request for fast ticks before ticks become slow.
const FAST_BEATS: u32 = 32;

/// Everything outside itself that the ticker sees.
pub(crate) trait World {
    fn now(&self) -> u64;

    /// Called between the clock reading of a tick and its publication, where a delay does the most harm.
    fn stall(&self) {}

    /// Whether any thread has a scope open, or an alarm is set.
    fn any_open(&self) -> bool;

    /// Fires the alarms that are due before `now`. Returns the time of the next one.
    fn fire_alarms(&self, _now: u64) -> u64 {
        u64::MAX
    }

    /// Sleeps until woken, or for `nanos` nanoseconds at most (`MAX`: no limit).
    fn sleep(&self, nanos: u64);
}

/// The ticker's own state.
pub(crate) struct Ticker<'e, W> {
    epoch: &'e Epoch,
    world: W,
    /// The word of the last tick.
    before: u64,
    /// Heartbeats since a scope was open.
    idle: u32,
    /// Heartbeats left until ticks become slow.
    fast: u32,
}

impl<'e, W: World> Ticker<'e, W> {
    pub(crate) fn new(epoch: &'e Epoch, world: W) -> Self {
        Self {
            epoch,
            world,
            before: epoch.load(),
            idle: 0,
            fast: FAST_BEATS,
        }
    }

    /// Starts with slow ticks.
    #[cfg(all(test, guard_loom))]
    pub(crate) fn slow(mut self) -> Self {
        self.fast = 0;
        self
    }

    /// Ticks once, then sleeps until the next tick is due.
    pub(crate) fn run_once(&mut self) {
        self.tick();
        let beats = if self.fast == 0 { SLOW_BEATS } else { 1 };
        self.idle = if self.world.any_open() {
            0
        } else {
            self.idle + beats
        };
        if self.idle < IDLE_BEATS {
            self.sleep();
        } else {
            self.park();
            (self.idle, self.fast) = (0, FAST_BEATS);
        }
    }

    pub(crate) fn tick(&mut self) {
        let now = self.world.now();
        self.world.stall();
        self.fast = if self.epoch.take_fast_request() {
            FAST_BEATS
        } else {
            self.fast.saturating_sub(1)
        };
        let word = self.epoch.tick(now, self.fast == 0);
        self.settle(word);
        // Fired after the next tick was planned: an alarm that is set in the meantime and missed here lowers the
        // plan itself.
        let alarm = self.world.fire_alarms(now);
        let _: bool = self.epoch.request(alarm);
    }

    fn settle(&mut self, word: u64) {
        self.epoch.settle(self.before, word, self.world.now());
        self.before = word;
    }

    /// Sleeps until the next tick is due. A request wakes it to read the plan again.
    pub(crate) fn sleep(&self) {
        loop {
            let (now, next) = (self.world.now(), self.epoch.next());
            if now >= next {
                return;
            }
            self.world.sleep(next - now);
        }
    }

    /// Sleeps until a thread asks for a tick.
    pub(crate) fn park(&mut self) {
        let word = self.epoch.park(self.world.now());
        self.settle(word);
        // A scope may open after `any_open` and before its thread sees the parked word, and that thread may be
        // inside a call that makes no check. After one heartbeat the store of its depth is visible, so look again.
        self.world.sleep(HEARTBEAT);
        if !self.world.any_open() {
            while self.epoch.next() == u64::MAX {
                self.world.sleep(u64::MAX);
            }
        }
    }
}

/// A handle that wakes a sleeping thread.
pub(crate) trait Wake {
    fn wake(&self);
}

/// How threads reach the ticker. The first request starts it.
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

    /// Asks for a tick at the time `at`. `start` starts the ticker if there is none.
    ///
    /// Returns false if it cannot be started. Every request tries to start it, not only the one that lowered
    /// `next`: another thread's attempt may have failed, or may not have happened yet.
    pub(crate) fn request(
        &self,
        epoch: &Epoch,
        at: u64,
        start: impl FnOnce() -> Option<T>,
    ) -> bool {
        let wake = epoch.request(at);
        if self.ticker.get().is_none() && !self.start(start) {
            return false;
        }
        // Wake it even if it was only just started, by whatever thread: it may have gone to sleep before the
        // request.
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

#[cfg(test)]
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
        assert!(!bell.request(&epoch, 5, || None));
        // This request is later than the first one, which is still in `next`.
        assert!(!bell.request(&epoch, 7, || None));
        assert!(bell.request(&epoch, 7, || Some(Sleepless)));
        assert!(bell.request(&epoch, 9, || unreachable!("it was started")));
    }
}
