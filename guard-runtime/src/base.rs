//! The ground floor: what every other room stands on. It needs nothing but the standard library.
//!
//! - `sync.rs`: the one switch between the real atomics and locks and loom's.
//! - `layout.rs`: the meaning of every bit of every packed word (epoch, depth, frame).
//! - `location.rs`: places in source code, as errors and events print them.
//! - `site.rs`: one [`Site`](site::Site) per guarded function, with a number that fits into an atomic;
//!   `options.rs`: what few of them have.
//! - `getters.rs`: public getters that only return a field.
//! - `lock.rs`: a lock that ignores poisoning.
//! - `duration.rs`: durations as people write them in environment variables.
//! - `reentry.rs`: keeps guarded functions inside a global allocator inactive while the runtime itself allocates.

pub(crate) mod duration;
pub(crate) mod getters;
pub(crate) mod layout;
pub(crate) mod location;
pub(crate) mod lock;
pub(crate) mod options;
pub(crate) mod reentry;
pub(crate) mod site;
pub(crate) mod sync;
