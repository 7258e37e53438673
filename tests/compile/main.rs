//! What the compiler makes of guarded functions: messages, lints, names, and what is left in the assembly.

mod cases;
mod catalogue;
mod diagnostics;
mod few_turns;
mod hygiene;
mod lints;
