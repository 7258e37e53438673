//! A cancel after a delay: an alarm that belongs to no scope.

use std::task::Waker;

use crate::alarm::alarms::{Slot, list, own_shard, rounded};
use crate::alarm::list::NEVER;
use crate::base::lock::lock;
use crate::driver;

/// Wakes a waker once a time has passed, unless it is dropped before.
pub(crate) struct Alarm {
    /// `None` on the paused clock of a test, and for a time that never comes.
    slot: Option<Slot>,
}

impl Alarm {
    pub(crate) fn new(due: u64, waker: Waker) -> Self {
        #[cfg(feature = "testing")]
        if crate::time::source::paused_at().is_some() {
            crate::alarm::paused::wake_after(due, &waker);
            return Self { slot: None };
        }
        let at = rounded(due);
        if at == NEVER {
            return Self { slot: None };
        }
        let shard = own_shard();
        let mut list = lock(list(shard));
        let index = list.add_alone();
        list.set(index, at, waker);
        drop(list);
        // If there is no ticker, nothing fires the alarm.
        let _: bool = driver::request(at);
        Self {
            slot: Some((shard, index)),
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if let Some((shard, index)) = self.slot {
            let waker = lock(list(shard)).remove(index);
            // Dropped outside the lock, which its destructor may take.
            drop(waker);
        }
    }
}
