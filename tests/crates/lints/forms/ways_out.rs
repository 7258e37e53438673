//! Functions that say how to leave.

use super::Error;

/// Functions whose loops are broken off.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", on_trip = "break"))]
#[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000, on_trip = "break"))]
#[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, on_trip = "break"))]
pub mod breaks {
    /// All forms.
    pub fn all(numbers: &[u32]) -> u32 {
        let mut sum = 0;
        for number in numbers {
            sum += number;
        }
        for word in "a b".split(' ') {
            sum += word.len() as u32;
        }
        let mut i = 0;
        while i < 10 {
            i += 1;
        }
        'labelled: loop {
            while let Some(next) = sum.checked_sub(7) {
                sum = next;
                if sum == 3 {
                    break 'labelled;
                }
            }
            if sum < 5 {
                break;
            }
        }
        let shrink = |mut n: u32| {
            while n > 10 {
                n -= 10;
            }
            n
        };
        shrink(sum)
    }
}

/// Functions told how to leave.
pub mod told {
    use super::Error;

    /// By an error.
    ///
    /// # Errors
    ///
    /// If it trips.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = crate::budget(n), on_trip = "error", name = "told"))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = n, on_trip = "error"))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, on_trip = "error"))]
    pub fn error(n: u32) -> Result<u32, Error> {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        let mut count = || {
            while sum < 100 {
                sum += 1;
            }
        };
        count();
        Ok(sum)
    }

    /// By a panic, in spite of the type.
    ///
    /// # Errors
    ///
    /// Never.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", iterations = 7, on_trip = "panic"))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = n, on_trip = "panic"))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, on_trip = "panic"))]
    pub fn panic(n: u32) -> Result<u32, core::num::ParseIntError> {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        let count = |n: u32| {
            let mut sum = 0;
            loop {
                sum += 1;
                if sum > n {
                    break sum;
                }
            }
        };
        Ok(count(sum))
    }
}
