//! Properties that hold for any input, each tested with many inputs in a module of its own.

mod never_early;
mod random_functions;
