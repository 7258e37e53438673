//! The attribute macro of the loop guard. Use it through `guard_runtime::loop_guard`.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

use proc_macro::TokenStream;

mod analyze;
mod args;
mod calls;
mod emit;
mod expand;
mod instrument;
mod strip;

#[cfg(test)]
mod snapshots;

/// Makes every loop of a function check a budget, and leave in time, in place, with destructors run.
///
/// ```ignore
/// #[loop_guard(timeout = "30s")]
/// fn settle(batch: &[Payment]) -> Result<Report, SettleError> { // SettleError: From<Tripped>
///     for payment in batch { /* checked before every iteration */ }
/// }
/// ```
///
/// # Arguments
///
/// | argument | value | meaning |
/// |---|---|---|
/// | `timeout` | `"30s"`, `"1m 30s"`, `"250ms"` or an expression of type `Duration` | wall-clock budget, from entry |
/// | `iterations` | integer expression | iterations of all loops of one activation together; trips at the one after |
/// | `inherit` | | no budget of its own: its loops check the caller's |
/// | `on_trip` | `"error"`, `"panic"`, `"break"` | how to leave; by default `Err` from a `Result`, a panic otherwise |
/// | `fallback` | expression, or `\|t: Tripped\| ...` | the value to return instead |
/// | `name` | string literal | the scope's name; by default `module::path::function` |
/// | `crate` | path | where `guard_runtime` is, if renamed or re-exported |
///
/// Expressions are evaluated once, at entry, and may use the function's arguments; `fallback` is
/// evaluated when the body and its locals are gone. A `timeout` of [`Duration::MAX`] never trips,
/// one of zero or a nanosecond trips at the first check; a negative `iterations` counts as zero.
///
/// # How it leaves
///
/// A function that returns `Result<T, E>`, under whatever alias, returns `Err(E::from(tripped))`;
/// any other panics with the report as its message. `fallback` returns a value instead.
/// `on_trip = "break"` breaks the loop, reports that on stderr, and goes on after the loop.
///
/// [`Duration::MAX`]: core::time::Duration::MAX
#[proc_macro_attribute]
pub fn loop_guard(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(args.into(), item.into()).into()
}
