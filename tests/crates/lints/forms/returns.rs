//! Functions as `clippy::implicit_return` demands them, whose bodies become closures.

use super::{Error, Outcome};

/// With loops in closures.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h"))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit))]
pub mod closures {
    use super::{Error, Outcome};

    /// A number.
    pub fn number(n: u32) -> f32 {
        let sum_to = |end: u32| {
            let mut sum = 0;
            for x in 0..end {
                sum += x;
            }
            return sum;
        };
        if sum_to(n) > 4 {
            return 1.0;
        }
        return 2.5;
    }

    /// A `Result`, and a helper without a place for an error.
    pub fn outcome(n: u32) -> Outcome<f32> {
        let mut sum = 0.0;
        for x in 0..n {
            sum += number(x);
        }
        if sum > 9.0 {
            return Err(Error);
        }
        return Ok(sum);
    }

    /// Nothing.
    pub fn nothing(n: &mut [u32]) {
        n.iter_mut().for_each(|x| {
            while *x > 7 {
                *x /= 2;
            }
        });
    }
}

/// A late result is a trip.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", strict))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(budget = guard_runtime::Budget::new()))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(timeout = "1h", strict))]
pub fn late(n: u32) -> Outcome<u32> {
    let mut sum = 0;
    while sum < n {
        sum += 3;
    }
    return Ok(sum);
}
