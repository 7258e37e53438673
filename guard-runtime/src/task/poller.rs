//! One poll of a guarded future.

use crate::stack::scope::Scope;
use crate::time::source::{self, Polling};
use crate::trip::log;

/// Around one poll of a guarded future. Whatever comes of it, the stack is left as it was.
pub(crate) struct Poller {
    scope: Scope,
    before: Polling,
}

impl Poller {
    #[inline]
    pub(crate) fn new(scope: Scope, task: usize) -> Self {
        let (_, depth) = scope.place();
        // What was noted for this depth, another future has tripped over.
        log::forget(depth, task);
        if !source::is_polling() {
            scope.place().0.witness.begin_poll();
        }
        Self {
            scope,
            before: source::begin_poll(depth, task),
        }
    }

    #[inline]
    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }
}

impl Drop for Poller {
    #[inline]
    fn drop(&mut self) {
        source::end_poll(&self.before);
    }
}
