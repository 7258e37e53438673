//! Time: how a moment is represented, which clock a thread follows, and the word by which all threads learn that
//! time has passed.
//!
//! This room promises that a deadline never fires early ([`epoch`] has the argument) and that no tick that a thread
//! asks for is forgotten. It knows neither scopes nor futures, and it starts no thread: `driver.rs` runs the
//! ticker's protocol on one.
//!
//! - `moment.rs`: moments as numbers.
//! - `source.rs`: the cells that decide which clock a thread follows.
//! - `tokio_clock.rs`: the clock of a tokio runtime (feature `tokio`).
//! - `clock.rs`: the time of this thread, from those three. The usual way to ask for the time.
//! - `cpu.rs`: the CPU time of a thread (feature `cpu`).
//! - `epoch.rs`: the published word, its orderings, and why no deadline fires early.
//! - `lag.rs`: how late ticks were, and when.
//! - `pauses.rs`: when the whole process stood still.
//! - `ticker.rs`: what the ticker's thread does, and how other threads wake it.
//! - `seen.rs`: what a loop remembers between two checks.

pub(crate) mod clock;
pub(crate) mod cpu;
pub(crate) mod epoch;
pub(crate) mod lag;
pub(crate) mod moment;
pub(crate) mod pauses;
pub(crate) mod seen;
pub(crate) mod source;
pub(crate) mod ticker;
#[cfg(feature = "tokio")]
pub(crate) mod tokio_clock;
