//! The one switch between the real primitives and loom's.
//!
//! Loom's atomics and locks cannot be made in a constant: what is `static` in the process is a field of an
//! instance in a model, and the process keeps its one instance in a static that models do not compile.

#[cfg(not(guard_loom))]
mod primitives {
    pub(crate) use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
    pub(crate) use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
}

#[cfg(guard_loom)]
mod primitives {
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
    pub(crate) use loom::sync::{Mutex, MutexGuard};
    pub(crate) use std::sync::PoisonError;

    /// Loom has none. This one hands out copies; while it is empty, a look is one acquire load, as in the real one.
    pub(crate) struct OnceLock<T> {
        is_set: AtomicBool,
        value: Mutex<Option<T>>,
    }

    impl<T: Clone> OnceLock<T> {
        pub(crate) fn new() -> Self {
            Self {
                is_set: AtomicBool::new(false),
                value: Mutex::new(None),
            }
        }

        pub(crate) fn get(&self) -> Option<T> {
            if self.is_set.load(Ordering::Acquire) {
                super::lock(&self.value).clone()
            } else {
                None
            }
        }

        pub(crate) fn set(&self, value: T) -> Result<(), T> {
            match &mut *super::lock(&self.value) {
                Some(_) => Err(value),
                none => {
                    *none = Some(value);
                    self.is_set.store(true, Ordering::Release);
                    Ok(())
                }
            }
        }
    }
}

pub(crate) use primitives::*;

/// Locks, poisoned or not: nothing that runs under one of our locks leaves its data half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Declares a `const fn`; a plain `fn` under loom.
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
