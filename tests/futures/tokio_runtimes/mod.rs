//! Guarded futures in tokio's runtimes: with the feature `tokio` they follow the runtime's clock, else the ticker
//! rings.

#[cfg(feature = "tokio")]
mod cleanup;
#[cfg(feature = "tokio")]
mod paused_time;
mod real_time;
