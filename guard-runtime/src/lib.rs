//! Loops that cannot run away: deadlines, scopes and the error behind `#[loop_guard]`.
//!
//! # The mental model
//!
//! A **scope** is opened by a guarded function (or [`Budget::run`]) and closed when it is left, on
//! every way out. It has a budget. Scopes nest per thread; the earliest deadline of them all is the
//! one that counts, and the scope it belongs to is the one that the error names.
//!
//! A **check** stands at the head of every iteration of every loop of a guarded function. It
//! compares one word that the process shares, the *epoch*, with the value seen last: a load, a
//! compare, a branch. One **ticker** thread moves the epoch when a deadline comes near and at every
//! heartbeat; only then does a check look at the clock and at the budgets.
//!
//! A check that finds the budget spent **trips**: the loop is left in place, destructors run, and
//! the function returns `Err(E::from(tripped))`, or panics with the report where its type has no
//! place for an error. Until the scope is left, every further check in it trips again.
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
//! A call that never returns (a blocking read, a lock, foreign code) is noticed at the first check after it;
//! loops inside functions without the attribute, in foreign macros and in iterator chains have no check of
//! their own: call [`checkpoint`] there. What hangs there past its deadline is told to the hook while it
//! hangs ([`Event::Overdue`]), with the thread and, on Linux, what it does.
//!
//! A loop in a closure counts `iterations` for the innermost open activation of its function, since a closure
//! that captured its own would be another closure. One that is handed to a recursive call of that function
//! counts there, and one that runs on another thread counts nowhere.
//!
//! # Foreign waits
//!
//! [`sleep`], [`every`] and [`wait`] end with the budget, and at once with a cancel. Waits of others take a time limit: what
//! is left of the budget. When it is over, the [`checkpoint`] behind the wait trips.
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
//! Each of them stands as a function in `tests/context/foreign_waits.rs`, the last two in
//! `tests/crates/peers/tests/progress_handler.rs` and `tests/crates/companions/tests/pest.rs`. A cancel does not end such
//! a wait, but that of the database: where one may come, wait in slices of `remaining().min(slice)`. At the deadline itself
//! nothing trips yet, so the wait stands in a loop:
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
//! A function that has no place for an error, and a loop in a closure, leave by unwinding: in silence to the
//! nearest guarded function that catches trips (one with loops in closures, a guarded future, a
//! [`Budget::run`]), or as a panic with the report where there is none. The destructors on the way run while
//! [`std::thread::panicking`] is true, so a `Mutex` or `RwLock` whose guard is held there is poisoned, though
//! the function returns an ordinary error. Where that matters, take the lock outside of the closure, recover
//! it by `PoisonError::into_inner`, or do the locked part in a [`shield`].
//!
//! Nothing can unwind through C. A library that calls a Rust function back (`qsort`, a database's comparison)
//! is called in a [`shield`]: a trip then waits for the first check behind it.
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
//! Scopes are per thread, and a guarded future has its own wherever it is polled. So the question is whose
//! work a thread does while a scope is open on it.
//!
//! | what runs | the scopes that it sees |
//! |---|---|
//! | a new thread, a spawned task | none, unless they are handed over: [`Budget::rest`] |
//! | a future that a guarded function blocks on (`block_on(future)`) | that function's |
//! | another guarded task of a tokio runtime in one thread that a guarded function blocks on | its own alone |
//! | a job that a pool (rayon) runs on a worker that waits in a guarded function for other jobs | **that function's**: say `root` |
//! | a task of another executor in one thread that a guarded function blocks on, or one without a budget of its own | **that function's**: say `root` |
//!
//! A job cannot be told from a call. Say that it is an entry point, around which nothing counts, with
//! [`Budget::root`] around what a pool runs, or in the attribute of the function that is the job (`root`).
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
//! With the feature `metrics`, the recorder of the crate of that name is told each second; `examples/alerts` has alert
//! rules for Prometheus on it:
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
//! and with the feature `policy` as well, of breakers and bulkheads that have been called, by their names:
//!
//! | metric | what |
//! |---|---|
//! | `loop_guard_breaker_state{breaker,state}` | how many of them are in this state: `closed`, `open`, `half_open` |
//! | `loop_guard_breaker_opened_total{breaker}` | how often they have opened |
//! | `loop_guard_bulkhead_permits{bulkhead}`, `.._held`, `.._waiting` | permits in all, those that are held, and calls that wait |
//! | `loop_guard_retries_total{location}` | attempts after the first one, by the place of the retry |
//! | `loop_guard_fired_total{guard,cause}` | refusals, by the name of the policy; `cause` is `refused` or `full` |
//!
//! Counters are exact also for a recorder that is installed late, or replaced: they are set to totals that each thread
//! counts for itself. What is measured begins with the recorder, and a second keeps at most 256 times a thread and
//! 4,096 latencies. The recorder runs on the ticker's thread, which then wakes each second for as long as the process
//! lives; if it panics, that is told on stderr, and it is told again a second later. What the process does in its last
//! second may stay untold.
//!
//! # The ticker's thread
//!
//! The first guard of a process that has a time budget starts one thread, `loop-guard`, which lives as long
//! as the process and sleeps while no scope is open.
//!
//! - Where no thread can be started, checks read the clock instead: slower, and as right.
//! - It has the signal mask of the thread that started it, and may be the one that a signal of the process goes to.
//!   A program that takes signals by `sigwait` blocks them before its first guard, or turns on the feature
//!   `signal-mask`, with which the ticker blocks all of them.
//! - What a process can do only while it has one thread (`unshare`, `fork` without `exec`) comes before the first
//!   guard.
//! - On targets without a clock (`wasm32-unknown-unknown`) no time passes: budgets of time never end there, and
//!   those of iterations do. No thread is started.
//!
//! A program has one runtime: Cargo refuses to link two versions of this crate, of which neither would see the
//! other's deadlines.
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
