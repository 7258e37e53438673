//! The one switch between the real primitives and loom's.

#[cfg(not(guard_loom))]
pub(crate) use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
#[cfg(not(guard_loom))]
pub(crate) use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

#[cfg(guard_loom)]
pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};
#[cfg(guard_loom)]
pub(crate) use loom::sync::{Mutex, MutexGuard};
#[cfg(guard_loom)]
pub(crate) use std::sync::PoisonError;

/// Nothing that runs under one of our locks leaves its data half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A `const fn`, except under loom, whose atomics cannot be made in a constant.
macro_rules! const_fn {
    ($(#[$attribute:meta])* $visibility:vis fn $($function:tt)*) => {
        #[cfg(not(guard_loom))]
        $(#[$attribute])*
        $visibility const fn $($function)*

        #[cfg(guard_loom)]
        $(#[$attribute])*
        $visibility fn $($function)*
    };
}
pub(crate) use const_fn;

/// Loom has none; it hands out copies.
#[cfg(guard_loom)]
pub(crate) struct OnceLock<T>(Mutex<Option<T>>);

#[cfg(guard_loom)]
impl<T: Clone> OnceLock<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(None))
    }

    pub(crate) fn get(&self) -> Option<T> {
        lock(&self.0).clone()
    }

    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        match &mut *lock(&self.0) {
            Some(_) => Err(value),
            none => {
                *none = Some(value);
                Ok(())
            }
        }
    }
}
