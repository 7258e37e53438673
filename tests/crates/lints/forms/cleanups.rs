//! Functions with a cleanup.

use super::{budget, Error};

/// Functions with a cleanup.
pub mod cleaned {
    use super::{budget, Error};

    /// Does nothing.
    #[cfg(any(feature = "timeout", feature = "iterations", feature = "inherit"))]
    const fn told(_: &guard_runtime::Exit<'_>) {}

    /// An error.
    ///
    /// # Errors
    ///
    /// If it trips.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = budget(n), cleanup = told, cleanup_timeout = budget(n)))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = n, cleanup = |_| told(&guard_runtime::Exit::Returned)))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, cleanup = told))]
    pub fn error(n: u32) -> Result<u32, Error> {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        Ok(sum)
    }

    /// A value, from a closure too.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", cleanup = told, fallback = n))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = n, cleanup = told, on_trip = "panic"))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, cleanup = |_| {
        for _ in 0..budget(n).as_secs() {
            told(&guard_runtime::Exit::Returned);
        }
    }))]
    pub fn value(n: u32) -> u32 {
        let mut sum = n;
        let mut count = || {
            while sum < 100 {
                sum += 1;
            }
        };
        count();
        let _ = budget(n);
        sum
    }

    /// Nothing, and nothing to check.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", cleanup = told))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 7, cleanup = told))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, cleanup = told))]
    pub fn nothing(n: u32) {
        drop(n);
    }

    /// Never.
    #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", cleanup = told))]
    #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 7, cleanup = told))]
    #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit, cleanup = told))]
    pub fn never(mut n: u32) -> ! {
        loop {
            n = n.wrapping_add(1);
        }
    }

    /// Not a word is said of `defer!`: this has no plain twin.
    #[cfg(any(feature = "timeout", feature = "iterations", feature = "inherit"))]
    #[inline]
    pub fn deferred() {
        guard_runtime::defer! {
            told(&guard_runtime::Exit::Returned);
        }
        guard_runtime::defer!(|exit| told(exit));
        guard_runtime::defer!(within = "1s", |exit| {
            told(exit);
        });
        let limit = budget(7);
        guard_runtime::defer!(within = limit, { told(&guard_runtime::Exit::Returned); });
    }
}
