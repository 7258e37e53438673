//! What the compiler makes of guarded functions: messages, lints, names, what is left in the assembly, and what
//! happens under `panic = "abort"`.

mod aborting;
mod cases;
mod catalogue;
mod companions;
mod coverage;
mod diagnostics;
mod few_turns;
mod hygiene;
mod kinds;
mod lints;
mod random_jumps;
mod same_events;
mod span_locations;
mod without_features;
mod without_policies;
