//! Guarded and unguarded, a function is the same: its value, its types, its drops, its panics.

/// The same items twice: `$name::plain` as written, `$name::guarded` under the attribute.
macro_rules! twins {
    ($name:ident: ($($args:tt)*) $($items:tt)*) => {
        mod $name {
            pub(super) mod plain {
                #[allow(unused_imports, reason = "not every pair names something outside")]
                use super::super::*;
                $($items)*
            }
            #[guard_runtime::loop_guard($($args)*)]
            pub(super) mod guarded {
                #[allow(unused_imports, reason = "not every pair names something outside")]
                use super::super::*;
                $($items)*
            }
        }
    };
}

mod closures;
mod panics;
