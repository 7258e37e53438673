//! The cleanup of a guarded future whose body stays in place: it stands with the scope, and runs once that is gone.

use core::task::Context;

use crate::cleanup::deferred::{Deferred, Exit};
use crate::future::kept::{More, OnStack};
use crate::trip::tripped::Tripped;

/// What the future keeps of its scope, and the cleanup.
#[doc(hidden)]
#[must_use]
pub struct Covered<X, F: FnOnce(&Exit<'_>)> {
    more: X,
    cleanup: Option<Deferred<F>>,
}

/// Lets the scope that keeps `more` run this cleanup.
#[doc(hidden)]
#[inline(always)]
pub fn covered<X: More, F: FnOnce(&Exit<'_>)>(cleanup: Deferred<F>, more: X) -> Covered<X, F> {
    let cleanup = Some(cleanup);
    Covered { more, cleanup }
}

impl<X: More, F: FnOnce(&Exit<'_>)> More for Covered<X, F> {
    fn save(&mut self, scope: &OnStack) {
        self.more.save(scope);
    }

    fn restore(&self, scope: &OnStack) {
        self.more.restore(scope);
    }

    fn is_root(&self) -> bool {
        self.more.is_root()
    }

    const BEGINS: bool = X::BEGINS;

    fn begins(&mut self, scope: &OnStack) -> Result<(), Tripped> {
        self.more.begins(scope)
    }

    fn waits(&mut self, scope: &OnStack, context: &mut Context<'_>) -> Result<(), Tripped> {
        self.more.waits(scope, context)
    }

    fn ends(&mut self) {
        self.more.ends();
    }

    fn ended(&mut self, finished: bool) {
        self.more.ended(finished);
        match self.cleanup.take() {
            Some(cleanup) if finished => cleanup.finish(),
            cleanup => drop(cleanup),
        }
    }
}
