//! Every form of loop, in every way of leaving: plain, or under one of three budgets by feature.
//!
//! All lints are on. The code is such that many of them fire; `tests/compile/lints.rs` compares which.
#![forbid(unsafe_code)]
#![warn(
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::restriction,
    future_incompatible,
    keyword_idents,
    let_underscore,
    nonstandard_style,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    unused,
    explicit_outlives_requirements,
    ffi_unwind_calls,
    meta_variable_misuse,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![allow(
    clippy::arbitrary_source_item_ordering,
    clippy::blanket_clippy_restriction_lints,
    reason = "forms stand by concept, and every lint is on because that is what is tested"
)]

/// An error that a trip converts into.
#[derive(Debug)]
pub struct Error;

impl From<guard_runtime::Tripped> for Error {
    fn from(_: guard_runtime::Tripped) -> Self {
        Error
    }
}

impl From<core::num::ParseIntError> for Error {
    fn from(_: core::num::ParseIntError) -> Self {
        Error
    }
}

/// A `Result` under another name.
pub type Outcome<T> = Result<T, Error>;

/// This many milliseconds.
pub const fn budget(n: u32) -> core::time::Duration {
    core::time::Duration::from_millis(n as u64)
}

#[cfg(feature = "futures")]
#[path = "forms/futures.rs"]
pub mod futures;

// The imports differ in edition 2015.
#[cfg(feature = "futures")]
#[path = "forms/arguments.rs"]
pub mod arguments;

macro_rules! own {
    ($value:expr) => {
        $value
    };
}

#[path = "forms/results.rs"]
pub mod results;

#[path = "forms/plain.rs"]
pub mod plain;

#[path = "forms/returns.rs"]
pub mod returns;

#[path = "forms/ways_out.rs"]
pub mod ways_out;

#[path = "forms/methods.rs"]
pub mod methods;

#[path = "forms/cleanups.rs"]
pub mod cleanups;

#[cfg(any(feature = "timeout", feature = "iterations", feature = "inherit"))]
#[path = "forms/pace.rs"]
pub mod pace;

/// Contains a mistake that the macro rejects.
#[cfg(feature = "misuse")]
#[guard_runtime::loop_guard(timout = "1h")]
pub fn misused() {
    loop {}
}

#[path = "forms/macros.rs"]
pub mod macros;
