//! Futures that await each other directly were guarded half as deep as the compiler's limit lets plain ones be, with
//! `depth` or `budget` a third as deep, and with policies a sixth or less.
//!
//! That these modules compile is the test. rustc 1.95 accepts 32 nested unguarded futures and no more: computing the
//! layout of a future takes four steps for each `async` body that another one keeps across an await, and stops at 128.
//! So a body that is a future inside its function's can nest 16 deep, whatever is written around it.

use guard_runtime::Tripped;

use crate::block_on;

/// `chain!(#[attribute] a b c)`: `a` awaits `b`, which awaits `c`.
macro_rules! chain {
    ($(#[$guard:meta])* $first:ident $next:ident $($rest:ident)*) => {
        $(#[$guard])*
        async fn $first(n: u32) -> Result<u32, Tripped> {
            Ok($next(n).await? + 1)
        }
        chain!($(#[$guard])* $next $($rest)*);
    };
    ($(#[$guard:meta])* $last:ident) => {
        $(#[$guard])*
        async fn $last(n: u32) -> Result<u32, Tripped> {
            let mut sum = 0;
            for i in 0..n {
                std::future::ready(()).await;
                sum += i;
            }
            Ok(sum)
        }
    };
}

macro_rules! deep {
    ($(#[$guard:meta])* $module:ident: $($name:ident)*) => {
        mod $module {
            use guard_runtime::Tripped;
            chain!($(#[$guard])* $($name)*);

            pub(super) async fn run() -> Result<u32, Tripped> {
                f0(3).await
            }
        }
    };
}

deep!(plain: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(timeout = "1h")] timed: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(timeout = "1h", iterations = 9)] counted: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(timeout = "1h", root)] entered: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(timeout = "1h", iterations = 9, root)] entered_and_counted: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(timeout = "1h", cleanup = |_| ())] cleaned: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(timeout = "1h", iterations = 9, root, cleanup = |_| ())] entered_and_cleaned: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(timeout = "1h", depth = 9)] bounded: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(timeout = "1h", cancel = guard_runtime::CancelToken::new())] cancellable: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(timeout = "1h", iterations = 9, depth = 9, when = "all", root, cleanup = |_| ())] with_all: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(budget = guard_runtime::Budget::new())] budgeted: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(budget = guard_runtime::Budget::new().root().strict().iterations(9), strict, cleanup = |_| ())] budgeted_in_every_way: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
#[cfg(feature = "cpu")]
deep!(#[guard_runtime::loop_guard(timeout = "1h", cpu = "1h")] computing: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(timeout = "1h", strict)] strict: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(timeout = "1h", iterations = 9, depth = 9, root, strict, fallback = Ok(0))] strict_and_falling_back: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);
deep!(#[guard_runtime::loop_guard(inherit)] inherited: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);

/// The workaround for bodies that call helpers, which are futures of their own inside the function's.
mod boxed {
    use guard_runtime::loop_guard;

    use super::Tripped;

    fn helper(n: u32) -> u32 {
        n
    }

    macro_rules! boxed {
        ($first:ident $next:ident $($rest:ident)*) => {
            #[loop_guard(timeout = "1h")]
            async fn $first(n: u32) -> Result<u32, Tripped> {
                Ok(Box::pin($next(n)).await? + helper(1))
            }
            boxed!($next $($rest)*);
        };
        ($last:ident) => {
            #[loop_guard(timeout = "1h")]
            async fn $last(n: u32) -> Result<u32, Tripped> {
                Ok(helper(n))
            }
        };
    }

    boxed!(f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29);

    pub(super) async fn run() -> Result<u32, Tripped> {
        f0(3).await
    }
}

/// As deep as is possible without a box.
mod with_helpers {
    use guard_runtime::loop_guard;

    use super::Tripped;

    fn helper(n: u32) -> u32 {
        n
    }

    macro_rules! calling {
        ($first:ident $next:ident $($rest:ident)*) => {
            #[loop_guard(timeout = "1h")]
            async fn $first(n: u32) -> Result<u32, Tripped> {
                Ok($next(n).await? + helper(1))
            }
            calling!($next $($rest)*);
        };
        ($last:ident) => {
            #[loop_guard(timeout = "1h")]
            async fn $last(n: u32) -> Result<u32, Tripped> {
                Ok(helper(n))
            }
        };
    }

    calling!(f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13);

    pub(super) async fn run() -> Result<u32, Tripped> {
        f0(3).await
    }
}

#[test]
fn they_nest_as_deep_as_plain_ones() {
    assert_eq!(block_on(plain::run()).unwrap(), 32);
    assert_eq!(block_on(timed::run()).unwrap(), 32);
    assert_eq!(block_on(counted::run()).unwrap(), 32);
    assert_eq!(block_on(inherited::run()).unwrap(), 32);
    assert_eq!(block_on(entered::run()).unwrap(), 32);
    assert_eq!(block_on(entered_and_counted::run()).unwrap(), 32);
    assert_eq!(block_on(cleaned::run()).unwrap(), 32);
    assert_eq!(block_on(strict::run()).unwrap(), 32);
    assert_eq!(block_on(strict_and_falling_back::run()).unwrap(), 32);
    assert_eq!(block_on(entered_and_cleaned::run()).unwrap(), 32);
    assert_eq!(block_on(bounded::run()).unwrap(), 32);
    assert_eq!(block_on(cancellable::run()).unwrap(), 32);
    assert_eq!(block_on(with_all::run()).unwrap(), 32);
    assert_eq!(block_on(budgeted::run()).unwrap(), 32);
    assert_eq!(block_on(budgeted_in_every_way::run()).unwrap(), 32);
    #[cfg(feature = "cpu")]
    assert_eq!(block_on(computing::run()).unwrap(), 32);
}

#[test]
fn those_with_helpers_nest_half_as_deep_or_in_boxes() {
    assert_eq!(block_on(with_helpers::run()).unwrap(), 16);
    assert_eq!(block_on(boxed::run()).unwrap(), 32);
}

/// What is polled as a whole, as deep as the documentation says.
mod polled {
    deep!(#[guard_runtime::loop_guard(timeout = "1h", cleanup = async |_| ())] cleanup_async: f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14);
    #[cfg(feature = "policy")]
    deep!(#[guard_runtime::loop_guard(timeout = "1h", retry = guard_runtime::policy::Retry::attempts(2), attempt_timeout = "1h", bulkhead = guard_runtime::policy::Bulkhead::new(9))] policies: f0 f1 f2 f3 f4 f5 f6 f7 f8);

    #[test]
    fn nest_half_as_deep() {
        assert_eq!(crate::block_on(cleanup_async::run()).unwrap(), 17);
    }

    #[test]
    #[cfg(feature = "policy")]
    fn nest_a_third_as_deep_with_policies() {
        assert_eq!(crate::block_on(policies::run()).unwrap(), 11);
    }
}
