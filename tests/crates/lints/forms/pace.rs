//! Loops with an attribute of their own.

/// Loops that set how often they are checked, which have no unguarded twin.
pub mod paces {
    /// All of them.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h"))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit))]
    #[must_use]
    #[allow(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction, reason = "there is no unguarded twin to compare with")]
    pub fn all(n: u32) -> u32 {
        let mut sum = 0;
        #[loop_guard(skip)]
        for i in 0..n {
            sum += i;
        }
        #[loop_guard(every = 8)]
        for i in 0..n {
            sum += i;
        }
        #[loop_guard(every = 8)]
        while sum > 100 {
            sum -= 7;
        }
        let count = |n: u32| {
            let mut n = n;
            #[loop_guard(every = 8)]
            while let Some(next) = n.checked_sub(3) {
                n = next;
            }
            n
        };
        #[loop_guard(every = 8)]
        loop {
            sum += 1;
            if count(sum) == 0 {
                break;
            }
        }
        sum
    }
}
