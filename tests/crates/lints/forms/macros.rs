//! Functions that macros write, of which lints say less.

macro_rules! function {
    ($vis:vis fn $($rest:tt)*) => {
        /// What the call says.
        #[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h"))]
        #[cfg_attr(feature = "iterations", guard_runtime::loop_guard(iterations = 1_000_000))]
        #[cfg_attr(feature = "inherit", guard_runtime::loop_guard(inherit))]
        $vis fn $($rest)*
    };
}

function! {
    pub fn last<'n>(numbers: &'n [u32]) -> u32 {
        let mut last = 0;
        for number in numbers {
            last = *number;
        }
        return last;
    }
}

function! {
    pub(crate) fn count<'n>(numbers: &'n [u32]) -> u32 {
        let mut count = 0;
        let mut i = 0;
        while i < numbers.len() {
            count += 1;
            i += 1;
        }
        return count;
    }
}

/// Both.
pub fn both(numbers: &[u32]) -> u32 {
    last(numbers) + count(numbers)
}
