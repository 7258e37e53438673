//! A clock that tests move by hand.
//!
//! [`pause`] stops the clock of the calling thread: scopes that it enters from then on use that time, which only
//! [`advance`] moves. Other threads are not affected, so tests can run in parallel.
//!
//! ```
//! use std::time::Duration;
//! use guard_runtime::{Tripped, loop_guard, testing};
//!
//! #[loop_guard(timeout = "30s")]
//! fn work(step: Duration) -> Result<u32, Tripped> {
//!     let mut done = 0;
//!     while done < 3 {
//!         testing::advance(step);
//!         done += 1;
//!     }
//!     Ok(done)
//! }
//!
//! # fn main() {
//! let _paused = testing::pause();
//! assert_eq!(work(Duration::from_secs(15)).unwrap(), 3); // the last check is at the limit
//! assert!(work(Duration::from_nanos(15_000_000_001)).is_err());
//! # }
//! ```
//!
//! [`every_trip`] runs a test with a trip at every check, one after the other; [`LeakCheck`] finds
//! scopes that are still open and cleanup that was forgotten.

pub(crate) mod every_trip;
pub(crate) mod leak_check;
pub(crate) mod test_clock;

pub use crate::context::started::Started;
pub use crate::testing::every_trip::{Outcome, every_trip};
pub use crate::testing::leak_check::LeakCheck;
#[cfg(feature = "cpu")]
pub use crate::testing::test_clock::spend_cpu;
pub use crate::testing::test_clock::{Paused, advance, pause};
