//! A waiting thread, and what wakes it: a time, or a cancel of a scope's token.

use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Waker};
use core::time::Duration;
use std::sync::{Arc, Condvar, Mutex};
use std::task::Wake;

use crate::base::location::At;
use crate::base::lock::lock;
use crate::check::accounts;
use crate::check::tick::tick;
use crate::stack::current::{self, force_cold};
use crate::stack::deadline;
use crate::time::clock;
use crate::time::epoch::HEARTBEAT;
use crate::trip::tripped::Tripped;

/// The time between two looks at a deadline that has passed but is not final yet (see `epoch.rs`).
const AGAIN: u64 = 200_000;

/// What the thread sleeps on. Not `park`, which would consume wake-ups that are meant for the thread's own code.
#[derive(Default)]
pub(crate) struct Signal {
    is_set: Mutex<bool>,
    changed: Condvar,
}

impl Signal {
    pub(crate) fn set(&self) {
        *lock(&self.is_set) = true;
        self.changed.notify_all();
    }

    /// Sleeps until it is set, or for at most `limit`. Unsets it: a cancel that an observed scope lets pass ends one
    /// sleep, and not all that follow.
    pub(crate) fn sleep(&self, limit: Duration) -> bool {
        let is_set = lock(&self.is_set);
        let wait = self
            .changed
            .wait_timeout_while(is_set, limit, |is_set| !*is_set);
        mem::take(&mut *wait.unwrap_or_else(std::sync::PoisonError::into_inner).0)
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.set();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.set();
    }
}

/// The scopes around a wait.
pub(crate) struct WaitingThread {
    pub(crate) signal: Arc<Signal>,
    /// What sets the signal.
    tokens: Vec<Pin<Box<dyn Future<Output = ()> + Send>>>,
    /// Whether a token has to be asked repeatedly.
    asks: bool,
}

impl WaitingThread {
    pub(crate) fn new() -> Self {
        let signal = Arc::<Signal>::default();
        let all = current::current().map_or_else(Vec::new, accounts::tokens);
        let mut tokens: Vec<_> = all.iter().filter_map(|token| token.wait()).collect();
        let asked = current::current().is_some_and(accounts::are_asked);
        let asks = tokens.len() < all.len() || asked;
        let waker = Waker::from(Arc::clone(&signal));
        let mut context = Context::from_waker(&waker);
        // A token that is cancelled already is found by the first check.
        tokens.retain_mut(|token| token.as_mut().poll(&mut context).is_pending());
        Self {
            signal,
            tokens,
            asks,
        }
    }

    /// Whether a cancel can set the signal.
    pub(crate) fn is_registered(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// Makes a check that reads the clock. Returns how long the thread may wait until the next one.
    pub(crate) fn check(&self, at: &At) -> Result<Duration, Tripped> {
        force_cold();
        tick(at)?;
        let mut wait = if self.asks { HEARTBEAT } else { u64::MAX };
        if let Some(look) = current::current().map(accounts::next_of_time) {
            wait = wait.min(look.saturating_sub(clock::now()).max(AGAIN));
        }
        if let Some((earliest, now)) = deadline::current() {
            let now = now.unwrap_or_else(clock::now);
            // Exactly at the deadline nothing trips yet.
            let left = earliest.due.saturating_sub(now).saturating_add(1);
            wait = wait.min(if earliest.due < now { AGAIN } else { left });
        }
        Ok(Duration::from_nanos(wait))
    }
}
