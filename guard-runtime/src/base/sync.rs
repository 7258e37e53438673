//! The one switch between the real primitives and loom's. Elsewhere `cfg(guard_loom)` only makes a table as small as a
//! model can explore, and starts or leaves out what a model cannot have.
//!
//! Loom's atomics and locks cannot be created in a constant or outside a model. So each model works on its own
//! instances, and under loom the statics of the process, which no model uses, are created at their first use.
//!
//! - `const_fn!` declares a `const fn`; a plain `fn` under loom.
//! - `array!` makes an array of equal values inside a `const_fn!`.
//! - `process!` declares a process-wide static that holds primitives of this file.

pub(crate) use primitives::*;

#[cfg(not(guard_loom))]
mod primitives {
    pub(crate) use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
    pub(crate) use std::sync::{Mutex, OnceLock};

    pub(crate) use crate::base::lock::lock;

    /// The value, once it is set.
    pub(crate) fn copy_of<T: Clone>(cell: &OnceLock<T>) -> Option<T> {
        cell.get().cloned()
    }

    macro_rules! const_fn {
        ($(#[$attribute:meta])* $visibility:vis fn $($function:tt)*) => {
            $(#[$attribute])*
            $visibility const fn $($function)*
        };
    }

    macro_rules! array {
        ($value:expr; $length:expr) => {
            [const { $value }; $length]
        };
    }

    macro_rules! process {
        ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $value:expr;) => {
            $(#[$attribute])*
            $visibility static $name: $type = $value;
        };
    }

    pub(crate) use {array, const_fn, process};
}

#[cfg(guard_loom)]
mod primitives {
    use std::sync::PoisonError;

    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
    pub(crate) use loom::sync::{Mutex, MutexGuard};

    /// Ignores poisoning, like `base::lock`.
    pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value, once it is set.
    pub(crate) fn copy_of<T: Clone>(cell: &OnceLock<T>) -> Option<T> {
        cell.get()
    }

    /// Loom has no `OnceLock`. This one hands out copies; reading it while it is empty is one acquire load, as in
    /// the real one.
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
                lock(&self.value).clone()
            } else {
                None
            }
        }

        pub(crate) fn set(&self, value: T) -> Result<(), T> {
            match &mut *lock(&self.value) {
                Some(_) => Err(value),
                none => {
                    *none = Some(value);
                    self.is_set.store(true, Ordering::Release);
                    Ok(())
                }
            }
        }
    }

    macro_rules! const_fn {
        ($(#[$attribute:meta])* $visibility:vis fn $($function:tt)*) => {
            $(#[$attribute])*
            $visibility fn $($function)*
        };
    }

    macro_rules! array {
        ($value:expr; $length:expr) => {
            core::array::from_fn::<_, { $length }, _>(|_| $value)
        };
    }

    macro_rules! process {
        ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $value:expr;) => {
            $(#[$attribute])*
            $visibility static $name: std::sync::LazyLock<$type> = std::sync::LazyLock::new(|| $value);
        };
    }

    pub(crate) use {array, const_fn, process};
}
