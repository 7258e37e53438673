//! What holds for whatever comes: proofs by numbers, each in one module.

mod never_early;
mod random_functions;
