//! What every other room stands on, and what needs nothing but the standard library.
//!
//! - `sync.rs`: the one switch between the real atomics and locks and loom's.
//! - `layout.rs`: the meaning of every bit of every packed word (epoch, depth, frame).
//! - `location.rs`: places in source code, as errors and events print them.
//! - `site.rs`: one [`Site`](site::Site) per guarded function, with a number that fits into an atomic.
//! - `lock.rs`: a lock, poisoned or not.
//! - `duration.rs`: durations as people write them in environment variables.
//! - `reentry.rs`: the runtime allocates now and then; guarded functions inside an allocator that it comes to
//!   that way are left alone.

pub(crate) mod duration;
pub(crate) mod layout;
pub(crate) mod location;
pub(crate) mod lock;
pub(crate) mod reentry;
pub(crate) mod site;
pub(crate) mod sync;
