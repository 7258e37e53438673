//! Random numbers for jitter, from the keys that the standard library generates for its hash tables.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// A random number from 0 to `most`.
pub(super) fn up_to(most: u64) -> u64 {
    let random = RandomState::new().build_hasher().finish();
    upper_half(random, most.saturating_add(1))
}

/// The product of two numbers, divided by 2^64.
#[inline]
pub(super) fn upper_half(a: u64, b: u64) -> u64 {
    #[allow(clippy::cast_possible_truncation, reason = "the upper half fits")]
    let upper = ((u128::from(a) * u128::from(b)) >> 64) as u64;
    upper
}
