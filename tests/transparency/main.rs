//! A guarded function behaves and compiles like the unguarded one: its value, its types, its drops, its panics.

/// The same items four times: `$name::plain` as written, and under the attribute with each kind of budget, none of
/// which is ever spent.
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
            #[guard_runtime::loop_guard(timeout = "1h", $($args)*)]
            pub(super) mod timed {
                use super::super::*;
                $($items)*
            }
            #[guard_runtime::loop_guard(iterations = 1_000_000, $($args)*)]
            pub(super) mod counted {
                use super::super::*;
                $($items)*
            }
            #[guard_runtime::loop_guard(inherit, $($args)*)]
            pub(super) mod inherited {
                use super::super::*;
                $($items)*
            }
        }
    };
}

mod calls;
mod closures;
mod constructs;
mod editions;
mod futures;
mod paces;
mod panics;
mod targets;
mod types;
