//! A crate that re-exports the guard.

/// A nested path to the guard.
pub mod deep {
    pub use guard_runtime as guard;
}

pub use guard_runtime::{Tripped, loop_guard};

/// Expands to a guarded function for a user who does not know of the guard.
#[macro_export]
macro_rules! guarded {
    ($name:ident, $limit:expr) => {
        #[$crate::loop_guard(iterations = $limit, crate = $crate::deep::guard)]
        fn $name(n: u32) -> Result<u32, $crate::Tripped> {
            let mut sum = 0;
            for i in 0..n {
                sum += i;
            }
            Ok(sum)
        }
    };
}
