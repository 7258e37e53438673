//! The futures under measurement, each plain, guarded and timed out.

use std::future::{Future, poll_fn};
use std::task::Poll;
use std::time::Duration;

use guard_runtime::Tripped;
use tokio::time::error::Elapsed;

/// Is pending once, and wakes its task at once.
pub(crate) async fn once() {
    let mut polled = false;
    poll_fn(|context| {
        if polled {
            return Poll::Ready(());
        }
        polled = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A callee that is never pending.
async fn callee(x: u64) -> u64 {
    std::hint::black_box(x) + 1
}

/// The same functions under each attribute.
macro_rules! futures {
    ($($(#[$guard:meta])* $module:ident;)*) => {$(
        pub(crate) mod $module {
            use super::{Tripped, callee, once};

            #[allow(deprecated, reason = "the warning of a guard that guards nothing")]
            $(#[$guard])*
            pub(crate) async fn ready(x: u64) -> Result<u64, Tripped> {
                Ok(x + 1)
            }

            $(#[$guard])*
            pub(crate) async fn pending_once(x: u64) -> Result<u64, Tripped> {
                once().await;
                Ok(x + 1)
            }

            $(#[$guard])*
            pub(crate) async fn awaits(mut x: u64) -> Result<u64, Tripped> {
                for _ in 0..1_000 {
                    x = callee(x).await;
                }
                Ok(x)
            }

            #[allow(dead_code, reason = "a crowd needs no short one")]
            $(#[$guard])*
            pub(crate) async fn never(_: u64) -> Result<u64, Tripped> {
                std::future::pending().await
            }
        }
    )*};
}

futures! {
    plain;
    #[guard_runtime::loop_guard(timeout = "50ms")] short;
    #[guard_runtime::loop_guard(timeout = "30s")] long;
}

/// The counterpart of `never` in the other modules.
#[guard_runtime::loop_guard(timeout = "500ms")]
pub(crate) async fn middle(_: u64) -> Result<u64, Tripped> {
    std::future::pending().await
}

/// The usual code without a guard.
pub(crate) fn timed<F: Future<Output = Result<u64, Tripped>>>(
    budget: Duration,
    future: F,
) -> impl Future<Output = Result<Result<u64, Tripped>, Elapsed>> {
    tokio::time::timeout(budget, future)
}
