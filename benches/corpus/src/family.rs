//! The three copies of a family's kernels.

use crate::Kernel;
use crate::data::Data;

/// One call of a kernel. Returns a digest of what it computed.
pub(crate) type Run = fn(&mut Data) -> u64;

/// The kernels of one family, each plain and with the attribute, and how each is called.
macro_rules! family {
    ($($name:ident = |$data:ident| $call:expr;)* { $($code:tt)* }) => {
        $crate::family::copy!([] plain: $($name = |$data| $call;)* { $($code)* });
        $crate::family::copy!([#[guard_runtime::loop_guard(inherit)]] inheriting: $($name = |$data| $call;)* { $($code)* });
        $crate::family::copy!([#[guard_runtime::loop_guard(timeout = "1h")]] timed: $($name = |$data| $call;)* { $($code)* });

        /// All kernels of the family.
        pub(crate) fn kernels(family: &'static str) -> Vec<crate::Kernel> {
            crate::family::kernels(family, &[$(stringify!($name)),*], [plain::RUN, inheriting::RUN, timed::RUN])
        }
    };
}

/// One of the three copies.
macro_rules! copy {
    ([$($guard:tt)*] $mode:ident: $($name:ident = |$data:ident| $call:expr;)* { $($code:tt)* }) => {
        $($guard)*
        mod $mode {
            #[allow(unused_imports, reason = "not each family needs all")]
            use super::*;

            pub(super) const RUN: &[crate::family::Run] = &[$(|$data| $call.digest()),*];

            $($code)*
        }
    };
}
pub(crate) use {copy, family};

pub(crate) fn kernels(
    family: &'static str,
    names: &[&'static str],
    runs: [&[Run]; 3],
) -> Vec<Kernel> {
    let kernel = |(index, name): (usize, &&'static str)| Kernel {
        family,
        name,
        runs: runs.map(|of_mode| of_mode[index]),
    };
    names.iter().enumerate().map(kernel).collect()
}
