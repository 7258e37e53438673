//! Calls that block a thread, to be warned of where a future makes them.
//!
//! As in `check/probe.rs`, method lookup tries the type before what it dereferences to: where the value is what
//! a call of `std` that blocks returns, the deprecated method answers, else the silent one.

use core::any::Any;
use core::marker::PhantomData;
use std::sync::mpsc::RecvError;
use std::sync::{LockResult, MutexGuard};

/// What a call that returned a `T` is.
#[doc(hidden)]
pub struct Blocking<T>(Other<T>);

/// One that does not block, or that nobody knows.
#[doc(hidden)]
pub struct Other<T>(PhantomData<fn() -> T>);

impl<T> Blocking<T> {
    /// By the value that it returned.
    #[inline(always)]
    #[must_use]
    pub fn of(_: &T) -> Self {
        Self(Other(PhantomData))
    }
}

impl Blocking<()> {
    /// Of `std::thread`.
    #[inline(always)]
    #[deprecated(
        note = "it blocks the thread and every task on it, and no guard can end it: await a timer, for example `tokio::time::sleep`"
    )]
    pub fn sleep() {}
}

impl<T> Blocking<Result<T, RecvError>> {
    /// Of a channel of `std`.
    #[inline(always)]
    #[deprecated(
        note = "it blocks the thread and every task on it, and no guard can end it: await an async channel, for example `tokio::sync::mpsc`"
    )]
    pub fn recv(&self) {}
}

impl<T> Blocking<Result<T, Box<dyn Any + Send>>> {
    /// Of a thread of `std`.
    #[inline(always)]
    #[deprecated(
        note = "it blocks the thread and every task on it, and no guard can end it: await the work, for example by `tokio::task::spawn_blocking`"
    )]
    pub fn join(&self) {}
}

impl<T: ?Sized> Blocking<LockResult<MutexGuard<'_, T>>> {
    /// Of a mutex of `std`.
    #[inline(always)]
    #[deprecated(
        note = "it blocks the thread and every task on it while others hold the lock, and no guard can end it: await an async mutex, or `#[allow(deprecated)]` a lock that is only ever held for a moment"
    )]
    pub fn lock(&self) {}
}

impl<T> core::ops::Deref for Blocking<T> {
    type Target = Other<T>;

    fn deref(&self) -> &Other<T> {
        &self.0
    }
}

#[allow(
    clippy::unused_self,
    reason = "the shapes of the methods of `Blocking`"
)]
impl<T> Other<T> {
    #[doc(hidden)]
    #[inline(always)]
    pub fn recv(&self) {}

    #[doc(hidden)]
    #[inline(always)]
    pub fn join(&self) {}

    #[doc(hidden)]
    #[inline(always)]
    pub fn lock(&self) {}
}
