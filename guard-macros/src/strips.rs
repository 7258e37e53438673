//! Which loops run in strips, and over what. The room only answers; `emit/weave.rs` quotes what it finds.
//!
//! A loop qualifies if its body is plain, which means that it takes little time and runs no user code except
//! operators (`plain.rs`), and if the type of what it iterates over is known (`names.rs`, `known.rs`). `strip.rs` takes
//! the head of such a loop apart. `while` loops qualify if they count to a bound (`counted.rs`).

pub(crate) mod counted;
mod known;
pub(crate) mod names;
pub(crate) mod plain;
pub(crate) mod strip;
#[cfg(test)]
mod strip_table;
