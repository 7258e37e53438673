//! Which policies there are, for whoever lists them: snapshots and metrics.
//!
//! A policy may be a static, or part of something that moves and ends, so that nobody else can hold a reference to it.
//! What is counted of it is therefore an allocation of its own, which is made at the first call. The list holds that
//! weakly: a policy that ends leaves nothing but its place, and that until the list is full.

use std::sync::{Arc, Mutex, OnceLock, Weak};

use crate::base::lock::lock;
use crate::base::reentry;

/// What a policy of one kind counts, in a list of its kind.
pub(super) trait List: Sized + 'static {
    /// What it is at.
    type Status;

    fn status(&self) -> Self::Status;

    fn list() -> &'static Mutex<Vec<Weak<Self>>>;
}

/// The place in a policy for what it counts.
#[derive(Debug)]
pub(super) struct Listed<T>(OnceLock<Arc<T>>);

impl<T: List> Listed<T> {
    pub(super) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// What is counted, if there was a call.
    pub(super) fn get(&self) -> Option<&T> {
        self.0.get().map(|counted| &**counted)
    }

    /// What is counted; at the first call, `new` makes it.
    #[inline]
    pub(super) fn get_or(&self, new: impl FnOnce() -> T) -> &T {
        match self.0.get() {
            Some(counted) => counted,
            None => self.list(new),
        }
    }

    #[cold]
    #[inline(never)]
    fn list(&self, new: impl FnOnce() -> T) -> &T {
        reentry::bar(|| {
            self.0.get_or_init(|| {
                let counted = Arc::new(new());
                let mut list = lock(T::list());
                if list.len() == list.capacity() {
                    list.retain(|other| other.strong_count() > 0);
                    // Twice what is left, so that few calls look through the list.
                    let more = list.len().max(8);
                    list.reserve(more);
                }
                list.push(Arc::downgrade(&counted));
                counted
            })
        })
    }
}

/// What all of a kind are at that have been called and have not ended, in the order of their first calls.
pub(super) fn all<T: List>() -> Vec<T::Status> {
    reentry::bar(|| {
        // Under the lock to the end: whoever looks next finds none that is kept only because this one looks.
        let list = lock(T::list());
        let all = list.iter().filter_map(Weak::upgrade);
        all.map(|counted| counted.status()).collect()
    })
}
