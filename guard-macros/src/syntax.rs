//! Questions about syntax, and the one walk that answers them.
//!
//! Nothing here edits (but for `groups.rs`), rejects or knows the runtime; visitors take `&mut` only because `syn`'s walk does.
//!
//! - `walk.rs`: the walk that all visitors share;
//! - `function.rs`: one function, wherever it is written;
//! - `calls.rs`: macro calls whose arguments are expressions, and names among tokens;
//! - `diverge.rs`: blocks that never yield a value;
//! - `jumps.rs`: the jumps whose target is a given loop;
//! - `assigns.rs`: assignments to parts of a variable;
//! - `moves.rs`: arguments that a body moves out;
//! - `awaits.rs`: code that may suspend the future that it is part of;
//! - `paths.rs`: names in paths;
//! - `groups.rs`: the invisible groups of `macro_rules!`, which the compiler forgets;
//! - `types.rs`: return types.

pub(crate) mod assigns;
pub(crate) mod awaits;
pub(crate) mod calls;
pub(crate) mod diverge;
pub(crate) mod function;
pub(crate) mod groups;
pub(crate) mod jumps;
pub(crate) mod moves;
pub(crate) mod paths;
pub(crate) mod types;
pub(crate) mod walk;
