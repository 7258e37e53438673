//! Loops with few iterations; with the feature `one_more`, also one with one iteration too many.

use guard_runtime::loop_guard;

const CHUNK: usize = 16;

#[inline(never)]
#[loop_guard(inherit)]
pub fn zipped(to: &mut [u32; 4], from: &[u32; 4]) {
    for (to, from) in to.iter_mut().zip(from.iter()) {
        *to += *from;
    }
}

#[inline(never)]
#[loop_guard(timeout = "1h")]
pub fn array_of_a_hash(bytes: &[u8; 16]) -> u32 {
    let mut sum = 0;
    for (i, byte) in bytes.iter().rev().enumerate() {
        sum ^= u32::from(*byte) << i;
    }
    sum
}

#[inline(never)]
#[loop_guard(timeout = "1h")]
pub fn chunks(to: &mut [u8], from: &[u8], key: &[u8]) {
    for (to, from) in to.chunks_exact_mut(CHUNK).zip(from.chunks_exact(CHUNK)) {
        for i in 0..CHUNK {
            to[i] = from[i] ^ key[i];
        }
    }
}

#[inline(never)]
#[loop_guard(inherit)]
pub fn rounds(state: &mut [u64; 8]) {
    for round in 0..64 {
        for word in state.iter_mut() {
            *word = word.rotate_left(round as u32) ^ round;
        }
    }
}

/// Not in strips, so with a check in each iteration, and with a way out.
#[inline(never)]
#[loop_guard(timeout = "1h", iterations = 1_000_000)]
pub fn searched(mut from: u64, step: fn(u64) -> u64) -> Result<u64, guard_runtime::Tripped> {
    while from != 1 {
        from = step(from);
    }
    Ok(from)
}

#[cfg(feature = "one_more")]
#[inline(never)]
#[loop_guard(inherit)]
pub fn too_many(to: &mut [u32; 17]) {
    for to in to.iter_mut() {
        *to += 1;
    }
}
