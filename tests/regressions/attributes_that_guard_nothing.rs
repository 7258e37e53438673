//! An attribute that guards nothing causes a warning (`tests/compile/ui/warned`). These guard something and cause
//! none.

#![deny(deprecated)]

use std::future::ready;
use std::time::{Duration, Instant};

use guard_runtime::{Tripped, checkpoint, loop_guard};

use crate::block_on;

#[loop_guard(inherit)]
fn helper(n: u32) -> Result<u32, Tripped> {
    for _ in 0..n {}
    Ok(n)
}

#[loop_guard(timeout = "1h")]
fn calls(n: u32) -> Result<u32, Tripped> {
    helper(n)
}

#[loop_guard(timeout = "1h")]
fn checks_a_chain(n: u32) -> Result<u32, Tripped> {
    (0..n).map(|i| checkpoint().map(|()| i)).sum()
}

#[derive(Clone, Copy)]
struct Matrix(u32);

impl std::ops::Mul for Matrix {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        for _ in 0..other.0 {}
        Self(self.0 * other.0)
    }
}

#[loop_guard(timeout = "1h")]
fn multiplies(a: Matrix, b: Matrix) -> Matrix {
    a * b
}

macro_rules! spin {
    ($n:expr) => {
        for _ in 0..$n {}
    };
}

#[loop_guard(timeout = "1h")]
fn has_a_macro(n: u32) {
    spin!(n);
}

#[loop_guard(timeout = "1h", strict)]
fn is_strict(n: u32) -> Result<u32, Tripped> {
    Ok(n)
}

#[loop_guard(timeout = "1h", cleanup = |_| told.set(told.get() + 1))]
fn cleans_up(told: &std::cell::Cell<u32>) {}

#[loop_guard(depth = 1)]
fn is_shallow(n: u32) -> Result<u32, Tripped> {
    Ok(n)
}

#[loop_guard(deadline = end)]
fn is_until(end: Instant) -> Result<u32, Tripped> {
    Ok(1)
}

#[loop_guard(timeout = "1h")]
async fn awaits() -> Result<u32, Tripped> {
    Ok(ready(1).await)
}

#[loop_guard(timeout = "1h", yield_every = "1ms")]
async fn takes_turns(n: u32) -> Result<u32, Tripped> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}

#[loop_guard(timeout = "1h")]
mod of_a_block {
    pub(super) fn constant() -> u32 {
        3
    }
}

#[allow(deprecated, reason = "it is generated with a loop or without one")]
#[loop_guard(iterations = 3)]
fn is_silenced(n: u32) -> u32 {
    n
}

#[test]
fn they_do_what_they_did() {
    let told = std::cell::Cell::new(0);
    cleans_up(&told);
    has_a_macro(2);
    let sum = calls(1).unwrap()
        + checks_a_chain(3).unwrap()
        + multiplies(Matrix(2), Matrix(3)).0
        + is_strict(1).unwrap()
        + told.get()
        + is_shallow(1).unwrap()
        + is_until(Instant::now() + Duration::from_secs(3600)).unwrap()
        + block_on(awaits()).unwrap()
        + block_on(takes_turns(3)).unwrap()
        + of_a_block::constant()
        + is_silenced(1);
    assert_eq!(sum, 22);
}
