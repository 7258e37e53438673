//! Stopping work from outside its loops: tokens, and checks inside foreign code.

mod adaptors;
mod allocations;
mod arguments;
mod bad_input;
mod borrowed;
mod endless;
mod equals;
mod foreign_waits;
mod futures;
mod grace;
mod handover;
mod hops;
mod limits;
mod pools;
mod programs;
mod random;
mod roots;
mod started;
#[cfg(feature = "tokio")]
mod tasks;
mod tokens;
mod waits;

/// A test that spawns its own threads is about them alone.
#[global_allocator]
static ALLOCATOR: allocations::Counted = allocations::Counted;
