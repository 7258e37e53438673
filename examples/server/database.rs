//! What stands for a database: requests write to it, and once it is closed nobody can.

use std::sync::{Mutex, PoisonError};

/// What was searched for, until it is closed.
#[derive(Debug, Default)]
pub(crate) struct Database(Mutex<Option<u64>>);

impl Database {
    pub(crate) fn open() -> Self {
        Self(Mutex::new(Some(0)))
    }

    /// Notes a search that was answered; false if it is too late for that.
    pub(crate) fn note(&self) -> bool {
        let mut searches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        searches.as_mut().map(|count| *count += 1).is_some()
    }

    /// Closes it: how many searches were noted.
    pub(crate) fn close(&self) -> u64 {
        let mut searches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        searches.take().unwrap_or_default()
    }
}
