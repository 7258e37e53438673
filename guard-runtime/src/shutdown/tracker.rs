//! Work in flight: what may still begin, what has not ended, and how it is told to stop.
//!
//! A scope with a [`Tracker`] as its token gets a token of its own ([`InFlight`]), which counts it until nothing
//! holds the scope any more. One word holds the count and whether new scopes are refused. So a scope that opens
//! meanwhile either is counted by the thread that waits, or learns that it is refused.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::time::Duration;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock};

use crate::base::lock::lock;
use crate::budget::limits::Budget;
use crate::cancel::asked::Cancel;
use crate::cancel::token::CancelToken;
use crate::check::accounts;
use crate::stack::current;
use crate::trip::tripped::{Cause, Tripped};

/// The bit that refuses new scopes; they are counted in the bits above it.
const REFUSES: usize = 1;
const ONE: usize = 2;

/// The work in flight of one shutdown.
pub(super) struct Work {
    word: AtomicUsize,
    /// How many were in flight when new ones were refused.
    at_first: OnceLock<usize>,
    /// Cancelled when the shutdown begins.
    pub(super) begun: CancelToken,
    /// Cancelled when the work in flight has to stop.
    stop: CancelToken,
    /// Whether a second signal came, so that nothing is waited for any longer.
    hurried: Mutex<bool>,
    /// Notified when that is set, or when the last scope has ended.
    changed: Condvar,
}

impl Work {
    pub(super) fn new() -> Self {
        Self {
            word: AtomicUsize::new(0),
            at_first: OnceLock::new(),
            begun: CancelToken::new(),
            stop: CancelToken::new(),
            hurried: Mutex::new(false),
            changed: Condvar::new(),
        }
    }

    /// Refuses new scopes from now on. Returns how many were in flight when they were refused first.
    pub(super) fn refuse(&self) -> usize {
        let before = self.word.fetch_or(REFUSES, Ordering::Relaxed);
        *self.at_first.get_or_init(|| before / ONE)
    }

    /// Tells the work in flight to stop.
    pub(super) fn stop(&self) {
        _ = self.refuse();
        self.stop.cancel("the process shuts down");
    }

    /// Stops waiting.
    pub(super) fn hurry(&self) {
        *lock(&self.hurried) = true;
        self.changed.notify_all();
    }

    /// Waits for at most `time`, while `holds` is true and there is no hurry.
    pub(super) fn wait_while(&self, time: Duration, holds: impl Fn(&Self) -> bool) {
        let hurried = lock(&self.hurried);
        let waits = |hurried: &mut bool| !*hurried && holds(self);
        drop(self.changed.wait_timeout_while(hurried, time, waits));
    }

    /// How many scopes are in flight.
    pub(super) fn count(&self) -> usize {
        self.word.load(Ordering::Acquire) / ONE
    }
}

/// Guarded scopes that a [`Shutdown`](super::Shutdown) waits for before it stops nodes.
///
/// From the beginning of the shutdown on (after [`lame_duck`](super::Shutdown::lame_duck)), new scopes are refused:
/// they trip at their entry with [`Cause::Shutdown`](crate::Cause::Shutdown). Those in flight go on. If they have
/// not ended when the [`drain`](super::Shutdown::drain) is over, they trip at their next check with the same cause;
/// their cleanups run, shielded as always. A scope that was handed over ([`Context`](crate::Context)) is in flight
/// until the last thread has left it.
///
/// It is a token as well: `#[loop_guard(timeout = "5s", cancel = SHUTDOWN.track())]` and
/// [`Budget::cancel`](crate::Budget::cancel) track their scopes, just as [`run`](Self::run) does. The `cleanup` of
/// such a function is in flight as well, also one that is awaited or spawned. Opening a tracked scope changes a word
/// that all scopes of the tracker share, so track requests, not their parts.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::shutdown::Shutdown;
/// use guard_runtime::{Cause, Tripped, loop_guard};
///
/// #[loop_guard(inherit)]
/// fn handle() -> Result<(), Tripped> {
///     loop {
///         std::hint::spin_loop();
///     }
/// }
///
/// let shutdown = Shutdown::new().drain(Duration::from_millis(20));
/// let requests = shutdown.track().named("request");
/// let worker = {
///     let requests = requests.clone();
///     std::thread::spawn(move || requests.run(handle))
/// };
/// while shutdown.in_flight() == 0 {
///     std::thread::yield_now();
/// }
/// shutdown.begin("deploy");
/// assert_eq!(requests.run(|| ()).unwrap_err().cause(), Cause::Shutdown, "nothing new");
///
/// let report = shutdown.wait();
/// let tripped = worker.join().unwrap().unwrap().unwrap_err();
/// assert_eq!((tripped.scope(), tripped.cause()), ("request", Cause::Shutdown));
/// assert!(!report.is_clean());
/// ```
#[derive(Clone)]
#[must_use = "it tracks what it runs"]
pub struct Tracker {
    flight: Arc<Work>,
    name: &'static str,
}

impl Tracker {
    pub(super) fn new(flight: &Arc<Work>) -> Self {
        let flight = Arc::clone(flight);
        Self {
            flight,
            name: "tracked",
        }
    }

    /// The name of its scopes, which [`Tripped::scope`](crate::Tripped::scope) reports; without it, `tracked`.
    pub fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    #[track_caller]
    fn budget(&self) -> Budget {
        Budget::new().named(self.name).cancel(self.clone())
    }

    /// Calls `f` in a tracked scope: see [`Budget::run`](crate::Budget::run).
    ///
    /// # Errors
    ///
    /// [`Cause::Shutdown`](crate::Cause::Shutdown) if the shutdown has begun: `f` was not called. Otherwise as for
    /// [`Budget::run`](crate::Budget::run).
    #[track_caller]
    pub fn run<T>(&self, f: impl FnOnce() -> T) -> Result<T, Tripped> {
        self.budget().run(f)
    }

    /// Polls `future` in a tracked scope, from its first poll on: see [`Budget::wrap`](crate::Budget::wrap). A
    /// future that waits is woken and dropped when it has to stop.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    #[track_caller]
    pub fn wrap<F: Future>(
        &self,
        future: F,
    ) -> impl Future<Output = Result<F::Output, Tripped>> + use<F> {
        self.budget().wrap(future)
    }
}

impl fmt::Debug for Tracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracker")
            .field("name", &self.name)
            .field("in_flight", &self.flight.count())
            .finish_non_exhaustive()
    }
}

/// Cancelled once the work in flight has to stop.
impl Cancel for Tracker {
    fn is_cancelled(&self) -> bool {
        self.flight.stop.is_cancelled()
    }

    fn reason(&self) -> &'static str {
        "the process shuts down"
    }

    fn cause(&self) -> Cause {
        Cause::Shutdown
    }

    fn of_scope(&self) -> Option<Arc<dyn Cancel + Send + Sync>> {
        Some(Arc::new(InFlight::new(Arc::clone(&self.flight))))
    }

    fn moves_the_epoch(&self) -> bool {
        true
    }

    fn wait(&self) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        Some(Box::pin(self.flight.stop.cancelled()))
    }
}

/// One scope in flight, until nothing holds it any more.
struct InFlight {
    flight: Arc<Work>,
    is_refused: bool,
}

impl InFlight {
    fn new(flight: Arc<Work>) -> Self {
        let mut word = flight.word.load(Ordering::Relaxed);
        loop {
            // A scope that is refused is never counted.
            if word & REFUSES != 0 && !is_part(address(&flight)) {
                let is_refused = true;
                return Self { flight, is_refused };
            }
            let (relaxed, more) = (Ordering::Relaxed, word + ONE);
            match (flight.word).compare_exchange_weak(word, more, relaxed, relaxed) {
                Ok(_) => break,
                Err(now) => word = now,
            }
        }
        let is_refused = false;
        Self { flight, is_refused }
    }
}

/// The address that identifies the shutdown.
fn address(flight: &Arc<Work>) -> usize {
    Arc::as_ptr(flight).addr()
}

/// Whether this thread is in a scope that is in flight already: what it opens is a part of that scope.
fn is_part(shutdown: usize) -> bool {
    let around = current::current().map_or_else(Vec::new, accounts::tokens);
    let mut around = around.iter();
    around.any(|token| token.in_flight_of() == Some(shutdown))
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if self.is_refused {
            return;
        }
        // Release: a thread that waits for the last scope sees what that scope has done.
        let before = self.flight.word.fetch_sub(ONE, Ordering::Release);
        if before == ONE | REFUSES {
            // Under the lock, so that a thread which has just read the count is waiting by now.
            drop(lock(&self.flight.hurried));
            self.flight.changed.notify_all();
        }
    }
}

impl Cancel for InFlight {
    fn is_cancelled(&self) -> bool {
        self.is_refused || self.flight.stop.is_cancelled()
    }

    fn reason(&self) -> &'static str {
        "the process shuts down"
    }

    fn cause(&self) -> Cause {
        Cause::Shutdown
    }

    fn in_flight_of(&self) -> Option<usize> {
        (!self.is_refused).then(|| address(&self.flight))
    }

    fn moves_the_epoch(&self) -> bool {
        true
    }

    fn wait(&self) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        Some(Box::pin(self.flight.stop.cancelled()))
    }
}
