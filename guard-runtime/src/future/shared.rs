//! The scope of a future that work elsewhere refers to.
//!
//! It leaves the stack at each `Pending` and may come back on another one, so its frame cannot tell whether it has
//! ended, as a function's can. So its end is a token, which is cancelled once the future has its result or is
//! dropped, and wakes what waits in the scope. The frame is marked; a poll of a future whose scope nobody shares
//! looks at the mark and does no more.

use core::future::Future;
use core::pin::Pin;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::alarm::alarms::Slot;
use crate::base::lock::lock;
use crate::cancel::asked::Cancel;
use crate::cancel::token::CancelToken;
use crate::stack::frames::Stack;
use crate::trip::tripped::Cause;

/// The end of a future's scope.
#[derive(Clone)]
struct End(CancelToken);

impl Cancel for End {
    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    fn cause(&self) -> Cause {
        Cause::ScopeEnded
    }

    fn moves_the_epoch(&self) -> bool {
        true
    }

    fn wait(&self) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        Some(Box::pin(self.0.cancelled()))
    }
}

/// A map in parts, each under a lock of its own, so that threads rarely contend for one.
struct Parts<K, V>([Mutex<BTreeMap<K, V>>; 16]);

impl<K, V> Parts<K, V> {
    const fn new() -> Self {
        Self([const { Mutex::new(BTreeMap::new()) }; 16])
    }

    fn part(&self, number: u64) -> MutexGuard<'_, BTreeMap<K, V>> {
        lock(&self.0[(number % 16) as usize])
    }
}

/// The ends of scopes that are open, by the marks of their frames.
static ENDS: Parts<u64, Arc<End>> = Parts::new();

/// Which of the scopes wait.
static WAITING: Parts<Slot, u64> = Parts::new();

fn waiting((shard, _): Slot) -> MutexGuard<'static, BTreeMap<Slot, u64>> {
    WAITING.part(shard.get().into())
}

/// The token that tells when the scope of the future that is being polled has ended. It is at `index` of this
/// thread's `stack`.
pub(crate) fn end_of(stack: &Stack, index: u32) -> Arc<dyn Cancel + Send + Sync> {
    let number = stack.share(index);
    let mut ends = ENDS.part(number);
    let end = ends.entry(number);
    Arc::clone(end.or_insert_with(|| Arc::new(End(CancelToken::new())))) as _
}

/// The mark of a scope that is on no stack and does not wait. Dropping it ends the scope.
#[cfg(feature = "tower")]
pub(super) struct DetachedScope(u64);

#[cfg(feature = "tower")]
impl DetachedScope {
    /// The mark of the scope at `index`, which leaves this thread's `stack`.
    pub(super) fn take(stack: &Stack, index: u32) -> Option<Self> {
        let mark = stack.mark_of(index).map(Self);
        stack.set_depth(index);
        mark
    }

    /// The scope is at `index` again.
    pub(super) fn put_back(self, stack: &Stack, index: u32) {
        stack.share_again(index, self.0);
        core::mem::forget(self);
    }
}

#[cfg(feature = "tower")]
impl Drop for DetachedScope {
    fn drop(&mut self) {
        end(self.0);
    }
}

/// Records that the scope with this mark begins to wait.
pub(super) fn suspend(slot: Slot, number: u64) {
    waiting(slot).insert(slot, number);
}

/// Records that it no longer waits, and is open at `index`.
#[cold]
pub(super) fn resume(slot: Slot, stack: &Stack, index: u32) {
    let number = waiting(slot).remove(&slot);
    if let Some(number) = number {
        stack.share_again(index, number);
    }
}

/// Ends the scope, which is dropped while it waits.
#[cold]
pub(super) fn end_waiting(slot: Slot) {
    let number = waiting(slot).remove(&slot);
    number.into_iter().for_each(end);
}

/// Ends the scope with this mark.
#[cold]
pub(super) fn end(number: u64) {
    let end = ENDS.part(number).remove(&number);
    // Usually no work runs in it any more, and then no thread has to look.
    if let Some(end) = end.filter(|end| Arc::strong_count(end) > 1) {
        end.0.cancel("the scope has ended");
    }
}
