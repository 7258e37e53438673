//! Loops that run in strips: which ones, and over what. The room only answers; `emit/weave.rs` quotes what it finds.
//!
//! A loop qualifies if its body is plain, so that it takes little time and runs no code of the user's but operators
//! (`plain.rs`), and if the type of what it is over is known where it stands (`known.rs`). `strip.rs` takes the
//! head of such a loop apart. Of `while` loops those qualify that count by one (`counted.rs`). Others
//! whose body is small and plain, and such `loop`s, are checked once in eight iterations (`unrolled.rs`).

pub(crate) mod counted;
pub(crate) mod known;
pub(crate) mod plain;
pub(crate) mod strip;
#[cfg(test)]
mod strip_table;
pub(crate) mod unrolled;
