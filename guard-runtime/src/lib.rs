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
//! A call that never returns (a blocking read, a lock, foreign code) is noticed at the first check
//! after it; loops inside functions without the attribute, in foreign macros and in iterator chains
//! have no check of their own: call [`checkpoint`] there.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
// Models run the protocol alone; the rest of these files has nobody to call it.
#![cfg_attr(guard_loom, allow(dead_code, reason = "see above"))]

mod epoch;
mod reading;
mod reentry;
#[cfg_attr(
    guard_loom,
    allow(
        dead_code,
        unreachable_pub,
        reason = "models need no more than a number of it"
    )
)]
mod site;
mod slot;
mod stack;
mod sync;
mod ticker;

#[cfg(all(test, guard_loom))]
mod model;

#[cfg(not(guard_loom))]
mod adaptors;
#[cfg(not(guard_loom))]
mod blocking;
#[cfg(not(guard_loom))]
mod budget;
#[cfg(not(guard_loom))]
mod cleanup;
#[cfg(not(guard_loom))]
mod cleanup_future;
#[cfg(not(guard_loom))]
mod clock;
#[cfg(not(guard_loom))]
mod enter;
#[cfg(all(feature = "testing", not(guard_loom)))]
mod every_trip;
#[cfg(not(guard_loom))]
mod frame;
#[cfg(not(guard_loom))]
mod hook;
#[cfg(not(guard_loom))]
mod indexed;
#[cfg(not(guard_loom))]
mod late;
#[cfg(all(feature = "testing", not(guard_loom)))]
mod leak_check;
#[cfg(not(guard_loom))]
mod leave;
#[cfg(not(guard_loom))]
mod list;
#[cfg(not(guard_loom))]
mod record;
#[cfg(not(guard_loom))]
mod scope;
#[cfg(not(guard_loom))]
mod shield;
#[cfg(not(guard_loom))]
mod snapshot;
#[cfg(not(guard_loom))]
mod split;
#[cfg(not(guard_loom))]
mod strip;
#[cfg(not(guard_loom))]
mod task;
#[cfg(all(feature = "testing", not(guard_loom)))]
pub mod testing;
#[cfg(all(feature = "tokio", not(guard_loom)))]
mod timer;
#[cfg(not(guard_loom))]
mod tripped;
#[cfg(not(guard_loom))]
mod waiting;
#[cfg(not(guard_loom))]
mod watched;

#[cfg(not(guard_loom))]
pub use budget::Budget;
#[cfg(not(guard_loom))]
pub use cleanup::{Deferred, Exit, defer};
#[cfg(all(feature = "macros", not(guard_loom)))]
pub use guard_macros::loop_guard;
#[cfg(not(guard_loom))]
pub use hook::{Event, set_hook};
#[cfg(not(guard_loom))]
pub use scope::{checkpoint, deadline, remaining};
#[cfg(not(guard_loom))]
pub use shield::{shield, shield_for};
#[cfg(not(guard_loom))]
pub use site::Location;
#[cfg(not(guard_loom))]
pub use snapshot::{OpenScope, Snapshot, snapshot};
#[cfg(not(guard_loom))]
pub use tripped::{Cause, Tripped};

/// What expansions name. Not public API: it changes without notice.
#[cfg(not(guard_loom))]
#[doc(hidden)]
pub mod __private {
    pub use core::future::poll_fn;
    pub use core::iter::IntoIterator;
    pub use core::pin::pin;
    pub use core::{
        column, concat, file, line, module_path, option::Option, primitive::u64, result::Result,
    };

    #[cfg(feature = "macros")]
    pub use guard_macros::within;

    #[cfg(not(feature = "macros"))]
    pub use crate::__within as within;
    pub use crate::blocking::Blocking;
    pub use crate::cleanup::{cleanup, cleanup_of_future};
    pub use crate::cleanup_future::{cleanup_async, until_panic};
    pub use crate::enter::{enter, enter_or_panic, open};
    pub use crate::leave::{
        ErrorReturn, Fallback, FromTripped, Probe, abandon, boundary, broken, look, panic, unwind,
    };
    pub use crate::scope::{Count, Scope, Seen, count, due, inherit, nanos, spend, tick};
    pub use crate::site::{At, Site};
    pub use crate::strip::{Stride, kind, turns};
    pub use crate::task::{Body, Task, allow, begin, leave, poll_caught, take_turns, turn};
    pub use crate::tripped::Tripped;
}

/// The examples of the README run.
#[cfg(all(doctest, feature = "testing"))]
#[doc = include_str!("../../README.md")]
struct Readme;
