//! Locks of the process, which no model touches.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, poisoned or not: nothing that runs under one of our locks leaves its data half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
