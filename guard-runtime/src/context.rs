//! What stops work besides its own loops and its own budget: tokens that somebody else cancels, and checks inside
//! foreign code.
//!
//! Promises: a look at a token is one acquire load; a cancel takes a whole tree of tokens in one step and
//! makes every check of the process look; tokens that are gone leave nothing behind. Built on the epoch
//! (`time`) and the alarms (`alarm`).
//!
//! - `adaptors.rs`: readers, writers, iterators and streams that check.
//! - `cancel.rs`: what can be asked whether to stop, ours or somebody else's.
//! - `token.rs`: the token; `token/tree.rs` is the protocol by which a tree cancels, `token/model.rs` its model.

#[cfg(not(guard_loom))]
pub(crate) mod adaptors;
#[cfg(not(guard_loom))]
pub(crate) mod cancel;
pub(crate) mod token;
