//! Every path into `guard_runtime::__private` that an expansion contains.
//!
//! This room quotes; it decides nothing and keeps no state between calls. All tokens have `mixed_site` hygiene:
//! locals cannot collide with the user's, and lints that skip the macros of other crates skip these tokens. If the
//! compiler should point at something of the user's, a token of ours is *located* there: it keeps its hygiene and
//! takes over the place.
//!
//! - `quotes.rs`: what the others are made of;
//! - `place.rs`: places in source code, and the site of a scope;
//! - `scope.rs`: opening a scope;
//! - `budget.rs`: opening the scope of a `Budget`;
//! - `check.rs`: the check of a loop;
//! - `exit.rs`: the ways out of a function that tripped;
//! - `arguments.rs`: arguments that are bound again;
//! - `policy.rs`: policies around the body;
//! - `poll.rs`: guarded futures;
//! - `cleanup.rs`: `cleanup`, and the duration of `defer!`;
//! - `weave.rs`: loops that run in strips.

pub(crate) mod arguments;
pub(crate) mod budget;
pub(crate) mod check;
pub(crate) mod cleanup;
pub(crate) mod exit;
pub(crate) mod place;
pub(crate) mod policy;
pub(crate) mod poll;
pub(crate) mod quotes;
pub(crate) mod scope;
pub(crate) mod weave;

pub(crate) use crate::emit::check::Check;
pub(crate) use crate::emit::exit::Position;
pub(crate) use crate::emit::place::Mark;
pub(crate) use crate::emit::quotes::{
    Emit, blaming, block, braced, ends, in_braces_of, parenthesized_at, q, run, statement,
};
