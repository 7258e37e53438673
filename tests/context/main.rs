//! What stops work from outside: tokens.

mod allocations;
mod tokens;

/// A test that spawns its own threads is about them alone.
#[global_allocator]
static ALLOCATOR: allocations::Counted = allocations::Counted;
