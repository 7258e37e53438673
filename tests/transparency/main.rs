//! Guarded and unguarded, a function is the same: its value, its types, its drops, its panics.

/// The same items twice: `$name::plain` as written, `$name::guarded` under the attribute.
macro_rules! twins {
    ($name:ident: ($($args:tt)*) $($items:tt)*) => {
        #[allow(
            unused_imports,
            clippy::all,
            clippy::pedantic,
            reason = "code as people write it, not as we would"
        )]
        mod $name {
            pub(super) mod plain {
                use super::super::*;
                $($items)*
            }
            #[guard_runtime::loop_guard($($args)*)]
            pub(super) mod guarded {
                use super::super::*;
                $($items)*
            }
        }
    };
}

mod calls;
mod closures;

mod paces;
mod panics;
mod targets;
