//! The public interface of a shutdown: what a program registers and asks for.

use core::fmt;
use core::future::Future;
use core::time::Duration;
use std::env;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::Instant;

use super::awaited;
use super::last::{Flush, end_process, end_process_at};
use super::node::Node;
use super::plan::Planned;
use super::report::{Reason, Report};
use super::state::{Inner, RegisteredNode, ShutdownState, Stop};
use super::tracker::{Tracker, Work};
use super::{signals, stopping};
use crate::base::lock::lock;
use crate::budget::limits::Budget;
use crate::cancel::token::Cancelled;
use crate::trip::hook;

/// The grace if neither the program nor the environment sets one.
const GRACE: Duration = Duration::from_secs(10);

/// A node asks those before it to leave it at least this fraction of its budget.
const LEAST: u32 = 10;

/// Stops what a process runs, in order and within a grace period.
///
/// Register every node and flush hook, then wait. Cheap to clone; all clones are the same shutdown.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::shutdown::{Outcome, Shutdown};
///
/// let shutdown = Shutdown::new().grace(Duration::from_secs(5));
/// let database = shutdown.node("database", Duration::from_secs(2), |_| println!("closed"));
/// shutdown
///     .node("http", Duration::from_secs(3), |why| println!("no new requests: {why}"))
///     .uses(&database); // so it is stopped first
/// shutdown.flush("log", || println!("flushed"));
///
/// shutdown.begin("end of the example"); // or a signal, see `signals`
/// let report = shutdown.wait();
/// assert_eq!(report.node("http"), Some(Outcome::Done));
/// assert!(report.is_clean());
/// println!("{report}");
/// ```
#[derive(Clone)]
pub struct Shutdown(Arc<Inner>);

impl Shutdown {
    /// With a grace of 10 s, or that of the environment variable `LOOP_GUARD_GRACE` (`"25s"`, `"1m 30s"`). If that is not
    /// a duration, one line on stderr says so, once, and it counts as unset.
    #[must_use]
    #[allow(
        clippy::new_without_default,
        reason = "it reads the environment, which no default should"
    )]
    pub fn new() -> Self {
        let given = env::var_os("LOOP_GUARD_GRACE");
        let given = given.and_then(|text| grace_of(&text.to_string_lossy()));
        Self(Arc::new(Inner {
            state: Mutex::new(ShutdownState {
                chosen: GRACE,
                given,
                ..ShutdownState::default()
            }),
            changed: Condvar::new(),
            flight: Arc::new(Work::new()),
        }))
    }

    fn state(&self) -> MutexGuard<'_, ShutdownState> {
        lock(&self.0.state)
    }

    /// Sets how long the shutdown may take in all, unless the environment does.
    ///
    /// Choose less than what the process is given from outside, which is 10 s in Docker, 30 s in Kubernetes and 90
    /// s under systemd. The last 100 ms are kept for [`flush`](Self::flush) hooks; a grace of zero leaves a
    /// millisecond to each node.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::shutdown::Shutdown;
    ///
    /// let shutdown = Shutdown::new().grace(Duration::from_secs(25));
    /// assert!(!shutdown.is_draining());
    /// ```
    #[must_use]
    pub fn grace(self, grace: Duration) -> Self {
        self.state().chosen = grace;
        self
    }

    /// Sets how long everything keeps running after the shutdown has begun, so that load balancers notice
    /// [`is_draining`](Self::is_draining) and send nothing new; zero by default.
    #[must_use]
    pub fn lame_duck(self, time: Duration) -> Self {
        self.state().lame_duck = time;
        self
    }

    /// Sets how long work in flight ([`track`](Self::track)) may go on after the [`lame_duck`](Self::lame_duck)
    /// before it trips; nodes are stopped after that. By default that is all of the grace that the nodes' budgets
    /// leave, except a second in which the work is left. It is never so long that a node gets less than it asks for
    /// with [`at_least`](Node::at_least).
    #[must_use]
    pub fn drain(self, time: Duration) -> Self {
        let mut state = self.state();
        state.drain = Some(time);
        state.tell_if_too_short();
        drop(state);
        self
    }

    /// A tracker of work in flight: of guarded scopes that the shutdown waits for before it stops nodes, and of new
    /// ones that it refuses.
    pub fn track(&self) -> Tracker {
        Tracker::new(&self.0.flight)
    }

    /// How many scopes that are [tracked](Self::track) are open.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.flight.count()
    }

    /// Begins the shutdown at SIGTERM or SIGINT. The signals are received on a thread of its own, so this works
    /// even while every executor is blocked.
    ///
    /// A second signal runs the flush hooks at once, a third ends the process. Once begun, the shutdown ends the
    /// process in any case: 10 ms before its grace is over the process exits with code 70, wherever it hangs (a
    /// `spawn_blocking` that a runtime waits for, a call into C), and if a handler of `exit` hangs as well, it is
    /// aborted. A shutdown without signals never ends the process.
    ///
    /// Signals are counted as they are received: two of the same kind that come before the first was received are
    /// one, as the system defines it. A child that is forked without `exec` has the handlers, but no thread that
    /// receives the signals: it would ignore them, so it should reset them or `exec`.
    ///
    /// # Errors
    ///
    /// If the handlers cannot be installed, or no thread can be started.
    pub fn signals(self) -> io::Result<Self> {
        let this = self.clone();
        signals::listen(move |number, name| match number {
            1 => this.begin(name),
            2 => this.hurry(),
            _ => end_process(),
        })?;
        self.state().ends_process = true;
        Ok(self)
    }

    /// Registers something that has to be stopped, within `budget`, by calling `stop`.
    ///
    /// Stopping is a scope with that budget, on a thread of its own: guarded loops and checkpoints in it are cut
    /// short when the budget is spent. Two nodes may have the same name; [`Report::node`] then returns the first. A
    /// node that is registered after the shutdown began is stopped at once.
    ///
    /// If the longest chain of nodes takes longer than the grace, one line on stderr says so.
    pub fn node<T>(
        &self,
        name: &'static str,
        budget: Duration,
        stop: impl FnOnce(&Reason) -> T + Send + 'static,
    ) -> Node {
        let run = move |budget: &Budget, why: &Reason| budget.run(|| drop(stop(why)));
        self.register(name, budget, Box::new(run))
    }

    /// Registers something that has to be stopped, within `budget`, by awaiting the future that `stop` returns.
    /// When the budget is spent, the future is dropped where it waits.
    ///
    /// It is polled on a thread of its own, so it need not be `Send`, and is dropped in time even while every
    /// executor is blocked. If it is registered inside a tokio runtime, it is polled in the context of that runtime
    /// (feature `tokio`): its sockets, timers and tasks work as long as the runtime runs. Otherwise like
    /// [`node`](Self::node).
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::shutdown::{Outcome, Shutdown};
    ///
    /// let shutdown = Shutdown::new();
    /// shutdown.node_async("queue", Duration::from_secs(2), async |why| println!("stopped: {why}"));
    /// shutdown.node_async("peer", Duration::from_millis(5), async |_| std::future::pending::<()>().await);
    /// shutdown.begin("end of the example");
    /// let report = shutdown.wait();
    /// assert_eq!(report.node("queue"), Some(Outcome::Done));
    /// assert_ne!(report.node("peer"), Some(Outcome::Done)); // cut
    /// ```
    pub fn node_async<F: Future>(
        &self,
        name: &'static str,
        budget: Duration,
        stop: impl FnOnce(Reason) -> F + Send + 'static,
    ) -> Node {
        self.register(name, budget, awaited::stop(budget, stop))
    }

    fn register(&self, name: &'static str, budget: Duration, run: Stop) -> Node {
        let mut state = self.state();
        state.nodes.push(RegisteredNode {
            name,
            planned: Planned {
                own: budget,
                least: budget / LEAST,
                uses: Vec::new(),
            },
            run: Some(run),
        });
        let index = state.nodes.len() - 1;
        state.tell_if_too_short();
        drop(state);
        self.0.changed.notify_all();
        Node {
            shutdown: Arc::clone(&self.0),
            index,
        }
    }

    /// Registers something that must run before the process ends, whatever hangs: it starts with the last 100 ms of
    /// the grace at the latest, on a thread of its own.
    pub fn flush(&self, name: &'static str, run: impl FnOnce() + Send + 'static) {
        let run = Box::new(run);
        self.state().flushes.push(Flush { name, run });
    }

    /// Begins the shutdown, if it has not begun. Returns at once.
    pub fn begin(&self, reason: &str) {
        let mut state = self.state();
        if state.begun.is_some() {
            return;
        }
        let began = Instant::now();
        state.begun = Some((Reason::new(reason), began));
        if state.lame_duck.is_zero() {
            _ = self.0.flight.refuse();
        }
        if state.ends_process {
            end_process_at(began.checked_add(state.grace()));
        }
        drop(state);
        self.0.changed.notify_all();
        self.0.flight.begun.cancel("the shutdown began");
        let inner = Arc::clone(&self.0);
        let thread = thread::Builder::new().name("shutdown".to_owned());
        if thread.spawn(move || stopping::run(&inner)).is_err() {
            stopping::run(&self.0);
        }
    }

    /// Whether the shutdown has begun: no longer ready for new work.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.state().begun.is_some()
    }

    /// Waits until the shutdown has begun, on any executor: for code that accepts new work.
    ///
    /// ```
    /// use guard_runtime::shutdown::Shutdown;
    ///
    /// let shutdown = Shutdown::new();
    /// shutdown.begin("end of the example");
    /// futures::executor::block_on(shutdown.draining());
    /// assert!(shutdown.is_draining());
    /// ```
    pub fn draining(&self) -> Cancelled {
        self.0.flight.begun.cancelled()
    }

    /// Waits until the shutdown has begun and is over.
    #[must_use = "it tells what did not end in time"]
    pub fn wait(&self) -> Report {
        let mut state = self.state();
        loop {
            if let Some(report) = &state.report {
                return report.clone();
            }
            let changed = self.0.changed.wait(state);
            state = changed.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Runs the flush hooks now; nodes are no longer waited for.
    fn hurry(&self) {
        self.state().hurried = true;
        self.0.flight.hurry();
        self.0.changed.notify_all();
    }
}

/// The grace that the environment gives.
fn grace_of(text: &str) -> Option<Duration> {
    static TOLD: Once = Once::new();
    let parsed = humantime::parse_duration(text);
    if let Err(error) = &parsed {
        TOLD.call_once(|| {
            hook::line(&format_args!(
                "loop guard: LOOP_GUARD_GRACE=\"{}\" is not a duration ({error}): ignored",
                text.escape_debug()
            ));
        });
    }
    parsed.ok()
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        let nodes: Vec<_> = state.nodes.iter().map(|node| node.name).collect();
        f.debug_struct("Shutdown")
            .field("grace", &state.grace())
            .field("nodes", &nodes)
            .field("begun", &state.begun.is_some())
            .finish_non_exhaustive()
    }
}
