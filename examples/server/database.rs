//! Stands for a database: requests write to it, and after it is closed nobody can.

use std::sync::{Mutex, PoisonError};

/// Counts searches, until it is closed.
#[derive(Debug, Default)]
pub(crate) struct Database(Mutex<Option<u64>>);

impl Database {
    pub(crate) fn open() -> Self {
        Self(Mutex::new(Some(0)))
    }

    /// Counts a search that was answered; false if the database is closed.
    pub(crate) fn note(&self) -> bool {
        let mut searches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        searches.as_mut().map(|count| *count += 1).is_some()
    }

    /// Closes the database. Returns how many searches were counted.
    pub(crate) fn close(&self) -> u64 {
        let mut searches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        searches.take().unwrap_or_default()
    }
}
