//! Tokens: code that holds one can stop the work that checks it.
//!
//! The room promises that a look at a token is one acquire load, that a cancel takes effect on a whole tree of
//! tokens in one step and makes every check of the process look, and that dropped tokens leave nothing behind. It
//! is built on the epoch (`time`), the alarms (`alarm`) and the ticker's thread (`driver`).
//!
//! - `asked.rs`: what can be asked whether to stop, our tokens or somebody else's.
//! - `token.rs`: [`CancelToken`](token::CancelToken), which users hold, and the future that waits for one.
//! - `tree.rs`: the protocol by which a tree of tokens cancels in one step, and its ordering argument; `model.rs`
//!   is its loom model.
//! - `tokens.rs`: the tokens of one scope.
//! - `delay.rs`: the alarm of `cancel_after`.

pub(crate) mod asked;
pub(crate) mod delay;
#[cfg(all(test, guard_loom))]
mod model;
pub(crate) mod token;
pub(crate) mod tokens;
pub(crate) mod tree;
