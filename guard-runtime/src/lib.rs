//! Loops that cannot run away: deadlines, scopes and the error behind `#[loop_guard]`.
//!
//! # The mental model
//!
//! A guarded function (or [`Budget::run`]) opens a **scope**, which is closed on every way out. It has a budget.
//! Scopes nest per thread; the earliest of their deadlines counts, and the error names the scope to which it
//! belongs.
//!
//! A **check** stands at the head of every iteration of every loop of a guarded function. It compares a word that
//! the whole process shares, the *epoch*, with the value that was seen last: a load, a compare, a branch. One
//! **ticker** thread moves the epoch when a deadline comes near and at every heartbeat; only then does a check read
//! the clock and the budgets.
//!
//! A check that finds the budget spent **trips**: the loop is left in place, destructors run, and the function
//! returns `Err(E::from(tripped))`, or panics with the report if its type has no place for an error. Until the
//! scope is left, every further check in it trips again.
//!
//! ```
//! use guard_runtime::{Tripped, loop_guard};
//!
//! #[loop_guard(timeout = "20ms")]
//! fn wait_for(done: &dyn Fn() -> bool) -> Result<(), Tripped> {
//!     while !done() {
//!         std::hint::spin_loop();
//!     }
//!     Ok(())
//! }
//!
//! # fn main() {
//! assert!(wait_for(&|| true).is_ok());
//! let tripped = wait_for(&|| false).unwrap_err();
//! assert!(tripped.to_string().contains("ran out of time: 20ms allowed"));
//! # }
//! ```
//!
//! # What it does not reach
//!
//! A call that never returns (a blocking read, a lock, foreign code) is noticed at the first check after it; loops
//! inside functions without the attribute, in foreign macros and in iterator chains have no check of their own:
//! call [`checkpoint`] there. While a scope hangs there past its deadline, the hook is told ([`Event::Overdue`]),
//! with the thread and, on Linux, what it is doing.
//!
//! A loop in a closure counts `iterations` for the innermost open activation of its function, because the closure
//! captures nothing of the guard. A closure that is passed to a recursive call of that function counts there, and
//! one that runs on another thread counts nowhere.
//!
//! # Foreign waits
//!
//! [`sleep`], [`every`] and [`wait`] end with the budget, and at once with a cancel. Give foreign waits a time limit:
//! what is left of the budget. When it is over, the [`checkpoint`] after the wait trips.
//!
//! | wait | with the budget |
//! |---|---|
//! | `receiver.recv()` of `std` | `receiver.recv_timeout(remaining().unwrap_or(Duration::MAX))` |
//! | `receiver.recv()` of crossbeam | `receiver.recv_deadline(end)`, while there is a [`deadline`] |
//! | `mutex.lock()` | `parking_lot`'s `mutex.try_lock_until(end)`; that of `std` has no limit |
//! | `child.wait()` | `child.try_wait()?` in `for turn in every(period)`, and `child.kill()` if the turn is a trip |
//! | `stream.read(buffer)` of a `TcpStream` | `stream.set_read_timeout(remaining())` before each read, a millisecond at least: zero is an error |
//! | `cell.get_or_init(f)` | `cell.get_or_try_init(f)` with a guarded `f`: a trip leaves it empty |
//! | a query of rusqlite | `connection.progress_handler(1000, Some(over))` with an `over` that returns `checkpoint().is_err()`: the query ends with an error, and [`tripped()`] tells why |
//! | a parser of pest | `set_call_limit` to as many calls as fit into `remaining()` |
//!
//! `tests/context/foreign_waits.rs` has each of them as a function, except the last two, which are in
//! `tests/crates/peers/tests/progress_handler.rs` and `tests/crates/companions/tests/pest.rs`. A cancel does not end
//! such a wait, except the database's: if one may come, wait in slices of `remaining().min(slice)`. Exactly at the
//! deadline nothing trips yet, so the wait is in a loop:
//!
//! ```
//! use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
//! use std::time::Duration;
//! use guard_runtime::{Budget, Tripped, checkpoint, remaining};
//!
//! fn receive<T>(receiver: &Receiver<T>) -> Result<Option<T>, Tripped> {
//!     loop {
//!         match receiver.recv_timeout(remaining().unwrap_or(Duration::MAX)) {
//!             Ok(item) => return Ok(Some(item)),
//!             Err(RecvTimeoutError::Disconnected) => return Ok(None),
//!             Err(RecvTimeoutError::Timeout) => checkpoint()?,
//!         }
//!     }
//! }
//!
//! let (_sender, receiver) = channel::<u32>();
//! let outcome = Budget::timeout(Duration::from_millis(5)).run(|| receive(&receiver));
//! assert!(outcome.unwrap().is_err());
//! ```
//!
//! # Trips that unwind
//!
//! A function that has no place for an error, and a loop in a closure, leave by unwinding: silently to the nearest
//! guarded function that catches trips (one with loops in closures, a guarded future, a [`Budget::run`]), or as a
//! panic with the report if there is none. The destructors on the way run while
//! [`std::thread::panicking`] is true, so a `Mutex` or `RwLock` whose guard is held there is poisoned, though
//! the function returns an ordinary error. If that matters, take the lock outside the closure, recover it with
//! `PoisonError::into_inner`, or put the locked part into a [`shield`].
//!
//! Nothing can unwind through C. Call a library that calls a Rust function back (`qsort`, a database's comparison)
//! in a [`shield`]: a trip is then postponed to the first check after it.
//!
//! ```
//! use std::time::Duration;
//! use guard_runtime::{Tripped, loop_guard, shield};
//!
//! /// Stands for C: it calls back and cannot be unwound.
//! extern "C" fn for_each(items: &[u32], call: &dyn Fn(u32)) {
//!     items.iter().for_each(|&item| call(item));
//! }
//!
//! #[loop_guard(timeout = "2ms")]
//! fn visit(items: &[u32]) -> Result<(), Tripped> {
//!     let slow = |_| {
//!         for _ in 0..1000 {
//!             std::thread::sleep(Duration::from_micros(5));
//!         }
//!     };
//!     shield(|| for_each(items, &slow));
//!     for _ in items {} // notices
//!     Ok(())
//! }
//!
//! # fn main() {
//! assert!(visit(&[1, 2]).is_err());
//! # }
//! ```
//!
//! # Threads, pools, runtimes
//!
//! Scopes are per thread, and a guarded future has its own wherever it is polled. So it matters whose work a thread
//! does while a scope is open on it.
//!
//! | what runs | the scopes that it sees |
//! |---|---|
//! | a new thread, a spawned task | none, unless they are handed over: [`Budget::rest`] |
//! | a future that a guarded function blocks on (`block_on(future)`) | that function's |
//! | another guarded task of a tokio runtime in one thread that a guarded function blocks on | its own alone |
//! | a job that a pool (rayon) runs on a worker that waits in a guarded function for other jobs | **that function's**: say `root` |
//! | a task of another executor in one thread that a guarded function blocks on, or one without a budget of its own | **that function's**: say `root` |
//!
//! A job cannot be told from a call. Mark it as an entry point, around which nothing counts: with [`Budget::root`]
//! around what a pool runs, or with `root` in the attribute of the function that is the job.
//!
//! ```
//! use std::time::Duration;
//! use guard_runtime::{Budget, Tripped, checkpoint};
//!
//! fn job() -> Result<u32, Tripped> {
//!     let budget = Budget::timeout(Duration::from_secs(5)).root();
//!     budget.run(|| checkpoint().map(|()| 1))?
//! }
//!
//! // Somebody's function is out of time, and waits on this worker for other jobs than this one.
//! let waiting = Budget::timeout(Duration::from_millis(1));
//! let outcome = waiting.run(|| {
//!     while checkpoint().is_ok() {}
//!     job()
//! });
//! assert_eq!(outcome.unwrap().unwrap(), 1);
//! ```
//!
//! # Metrics
//!
//! With the feature `metrics`, the recorder of the crate of that name is told each second; `examples/alerts` has
//! alert rules for Prometheus on it:
//!
//! | metric | what |
//! |---|---|
//! | `loop_guard_entered_total{guard}` | scopes that were opened, without those of a guard that is off |
//! | `loop_guard_fired_total{guard,cause}` | scopes that tripped; `cause` is `timeout`, `iterations`, `cpu`, .. |
//! | `loop_guard_overdue_total{guard}` | scopes that the watchdog has found overdue |
//! | `loop_guard_active` | scopes that are open |
//! | `loop_guard_trip_latency_seconds` | from the deadline to the check that tripped |
//! | `loop_guard_run_seconds{guard}` | how long scopes took: of each guard and thread one in 64, the first of them |
//!
//! With the feature `policy` there are also metrics of breakers and bulkheads that have been called, by their names:
//!
//! | metric | what |
//! |---|---|
//! | `loop_guard_breaker_state{breaker,state}` | how many breakers are in this state: `closed`, `open`, `half_open` |
//! | `loop_guard_breaker_opened_total{breaker}` | how often they have opened |
//! | `loop_guard_bulkhead_permits{bulkhead}`, `.._held`, `.._waiting` | permits in all, those that are held, and calls that wait |
//! | `loop_guard_retries_total{location}` | attempts after the first one, by the place of the retry |
//! | `loop_guard_fired_total{guard,cause}` | refusals, by the name of the policy; `cause` is `refused` or `full` |
//!
//! With the feature `shutdown`, these are published as they happen:
//!
//! | metric | what |
//! |---|---|
//! | `loop_guard_shutdown_nodes_total{node,outcome}` | nodes, flush hooks and work in flight, by what became of them |
//! | `loop_guard_shutdown_node_seconds{node}` | how long the last of that name took to stop, if it ended |
//! | `loop_guard_shutdown_phase_seconds{phase}` | from the beginning of the shutdown to that of the phase |
//!
//! Counters are exact even for a recorder that is installed late, or replaced: they are set to totals that each
//! thread counts for itself. Measurements begin with the recorder, and each second keeps at most 256 times per
//! thread and 4,096 latencies. The recorder runs on the ticker's thread, which then wakes each second for as long
//! as the process lives; if it panics, that is reported on stderr, and it is called again a second later. What
//! happens in the last second of the process may not be published.
//!
//! # The ticker's thread
//!
//! The first guard of a process that has a time budget starts one thread, `loop-guard`, which lives as long as the
//! process and sleeps while no scope is open.
//!
//! - If no thread can be started, checks read the clock instead, which is slower but as correct.
//! - It has the signal mask of the thread that started it, so a signal to the process may be delivered to it: one
//!   that every other thread blocks then takes its default action, which for most is to end the process. A program
//!   that takes signals with `sigwait` has to block them before its first guard, or turn on the feature `signal-mask`,
//!   with which the ticker blocks all of them.
//! - Do what needs a process with a single thread before the first guard: `unshare(CLONE_NEWUSER)`, which fails with
//!   `EINVAL` once there are two, and `fork` without `exec`. A child that is forked later has no ticker: its timeouts are
//!   noticed only by chance, while cancels and shutdowns work.
//! - On targets without a clock (`wasm32-unknown-unknown`) no time passes: time budgets never end there, but those
//!   of iterations do. No thread is started.
//!
//! A program has one runtime: Cargo refuses to link two versions of this crate, since neither would see the other's
//! deadlines.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod alarm;
mod base;
mod budget;
mod cancel;
mod check;
mod cleanup;
mod context;
mod driver;
mod future;
#[cfg(feature = "metrics")]
mod metrics;
mod mode;
#[cfg(all(test, guard_loom))]
mod model;
mod observe;
#[cfg(feature = "policy")]
pub mod policy;
mod public;
#[cfg(feature = "shutdown")]
pub mod shutdown;
mod stack;
mod strip;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod trip;
mod watch;
pub mod wire;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub use public::*;

/// The examples of the README run.
#[cfg(all(doctest, feature = "testing"))]
#[doc = include_str!("../../README.md")]
struct Readme;
