//! Rewrites a function by its plan.
//!
//! The function is edited in place: its attributes, signature and body keep their tokens and spans, and what is
//! added comes from `emit`. This room reports no error.
//!
//! - `loops.rs`: the visitor that puts a check at the head of every loop;
//! - `strips.rs`: the loops among them that run in strips;
//! - `function.rs`: functions, and the boundary around a body with loops in closures;
//! - `future.rs`: functions that are guarded as futures;
//! - `awaits.rs`: futures whose body stays where it was written;
//! - `strict.rs`: what leaves those of them that are `strict`;
//! - `arguments.rs`: how arguments move into a body that becomes a closure or a future;
//! - `cleanup.rs`: the attribute's `cleanup`;
//! - `constants.rs`: lengths of arrays, which stay constants in a closure;
//! - `expectations.rs`: `#[expect]`ed lints in a function;
//! - `warning.rs`: the warning for an attribute that guards nothing, or that stands in the wrong place.

pub(crate) mod arguments;
pub(crate) mod awaits;
pub(crate) mod cleanup;
pub(crate) mod constants;
pub(crate) mod expectations;
pub(crate) mod function;
pub(crate) mod future;
pub(crate) mod loops;
pub(crate) mod strict;
pub(crate) mod strips;
pub(crate) mod warning;
