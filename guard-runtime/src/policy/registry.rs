//! Which policies exist, for code that lists them: snapshots and metrics.
//!
//! A policy may be a static, or part of something that moves and is dropped, so nobody else can hold a reference to
//! it. So what it counts is an allocation of its own, which is made at its first call. The registry refers to
//! that weakly: a policy that is dropped leaves only its entry, until the registry is full.

use std::sync::{Arc, Mutex, OnceLock, Weak};

use crate::base::lock::lock;
use crate::base::reentry;

/// What a policy of one kind counts, and the registry of its kind.
pub(super) trait Register: Sized + 'static {
    /// The status of one policy.
    type Status;

    fn status(&self) -> Self::Status;

    fn registry() -> &'static Mutex<Vec<Weak<Self>>>;
}

/// The cell in a policy for what it counts.
#[derive(Debug)]
pub(super) struct Registered<T>(OnceLock<Arc<T>>);

impl<T: Register> Registered<T> {
    pub(super) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// What is counted, if there was a call.
    pub(super) fn get(&self) -> Option<&T> {
        self.0.get().map(|counted| &**counted)
    }

    /// What is counted; the first call creates it with `new`.
    #[inline]
    pub(super) fn get_or(&self, new: impl FnOnce() -> T) -> &T {
        match self.0.get() {
            Some(counted) => counted,
            None => self.register(new),
        }
    }

    #[cold]
    #[inline(never)]
    fn register(&self, new: impl FnOnce() -> T) -> &T {
        reentry::bar(|| {
            self.0.get_or_init(|| {
                let counted = Arc::new(new());
                let mut registry = lock(T::registry());
                if registry.len() == registry.capacity() {
                    registry.retain(|other| other.strong_count() > 0);
                    // Room for as many again, so that few calls look through the registry.
                    let more = registry.len().max(8);
                    registry.reserve(more);
                }
                registry.push(Arc::downgrade(&counted));
                counted
            })
        })
    }
}

/// The status of all policies of a kind that have been called and not dropped, in the order of their first calls.
pub(super) fn all<T: Register>() -> Vec<T::Status> {
    reentry::bar(|| {
        // The lock is held to the end, so that no other lister finds a policy that is only kept alive by this one.
        let registry = lock(T::registry());
        let all = registry.iter().filter_map(Weak::upgrade);
        all.map(|counted| counted.status()).collect()
    })
}
