//! What can be asked whether to stop.

use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use crate::cancel::token::CancelToken;
use crate::trip::tripped::Cause;

/// Something that can say whether to stop: a [`CancelToken`], a flag, a function, or the token of another library.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
/// use guard_runtime::{Cancel, CancelToken};
///
/// fn stops(cancel: impl Cancel) -> bool {
///     cancel.is_cancelled()
/// }
///
/// static STOP: AtomicBool = AtomicBool::new(true);
/// assert!(stops(&STOP));
/// assert!(!stops(Arc::new(AtomicBool::new(false))));
/// assert!(!stops(CancelToken::new()));
///
/// let failures = AtomicU32::new(3);
/// assert!(stops(|| failures.load(Ordering::Relaxed) > 2));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot tell whether to stop",
    label = "write a `CancelToken`, a `&AtomicBool`, an `Arc<AtomicBool>` or a closure that returns `bool`"
)]
pub trait Cancel {
    /// Whether to stop. It is asked often, so it must neither block nor panic.
    fn is_cancelled(&self) -> bool;

    /// The reason, once [`is_cancelled`](Self::is_cancelled) returns true.
    fn reason(&self) -> &'static str {
        "cancelled"
    }

    /// The cause of the trip.
    #[doc(hidden)]
    fn cause(&self) -> Cause {
        let reason = self.reason();
        Cause::Cancelled { reason }
    }

    /// A separate token for one scope that opens now, if the owner of this one wants to know how long that scope is
    /// open.
    #[doc(hidden)]
    fn of_scope(&self) -> Option<Arc<dyn Cancel + Send + Sync>> {
        None
    }

    /// The shutdown that has this scope in flight, if this is its token.
    #[doc(hidden)]
    fn in_flight_of(&self) -> Option<usize> {
        None
    }

    /// Whether a cancel makes every check of the process look; otherwise the token is asked at ticks.
    #[doc(hidden)]
    fn moves_the_epoch(&self) -> bool {
        false
    }

    /// Whether shields no longer postpone its trips.
    #[doc(hidden)]
    fn is_forced(&self) -> bool {
        false
    }

    /// A future that completes once it is cancelled, if the token can provide one.
    #[doc(hidden)]
    fn wait(&self) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        None
    }
}

impl Cancel for CancelToken {
    #[inline]
    fn is_cancelled(&self) -> bool {
        self.is_cancelled()
    }

    fn reason(&self) -> &'static str {
        self.reason().unwrap_or("cancelled")
    }

    fn moves_the_epoch(&self) -> bool {
        true
    }

    fn is_forced(&self) -> bool {
        CancelToken::is_forced(self)
    }

    fn wait(&self) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        Some(Box::pin(self.cancelled()))
    }
}

/// What a [`Budget`](crate::Budget) accepts as a token: anything that implements [`Cancel`] and can be shared, and
/// `&CancelToken`, of which it takes a clone.
///
/// ```
/// use guard_runtime::{Budget, CancelToken, checkpoint};
///
/// fn until_cancelled(token: &CancelToken) -> Budget {
///     Budget::new().cancel(token)
/// }
///
/// let token = CancelToken::new();
/// token.cancel("stop");
/// assert!(until_cancelled(&token).run(checkpoint).is_err());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot tell whether to stop",
    label = "write a `CancelToken`, a `&AtomicBool`, an `Arc<AtomicBool>` or a closure that returns `bool`"
)]
pub trait IntoCancel {
    /// The token, to be shared by the scopes that it stops.
    fn into_cancel(self) -> Arc<dyn Cancel + Send + Sync>;
}

impl<C: Cancel + Send + Sync + 'static> IntoCancel for C {
    fn into_cancel(self) -> Arc<dyn Cancel + Send + Sync> {
        Arc::new(self)
    }
}

impl IntoCancel for &CancelToken {
    fn into_cancel(self) -> Arc<dyn Cancel + Send + Sync> {
        Arc::new(self.clone())
    }
}

/// Acquire: what happened before the flag was set is visible.
impl Cancel for &AtomicBool {
    #[inline]
    fn is_cancelled(&self) -> bool {
        self.load(Ordering::Acquire)
    }
}

/// Like `&AtomicBool`.
impl Cancel for Arc<AtomicBool> {
    #[inline]
    fn is_cancelled(&self) -> bool {
        self.load(Ordering::Acquire)
    }
}

impl<F: Fn() -> bool> Cancel for F {
    #[inline]
    fn is_cancelled(&self) -> bool {
        self()
    }
}

#[cfg(feature = "tokio-util")]
impl Cancel for tokio_util::sync::CancellationToken {
    fn is_cancelled(&self) -> bool {
        self.is_cancelled()
    }

    fn wait(&self) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        Some(Box::pin(self.clone().cancelled_owned()))
    }
}
