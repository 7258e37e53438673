//! Alarms of tasks that follow the paused clock of a test.

use core::cell::RefCell;
use core::task::Waker;

use crate::alarm::alarms::wake;
use crate::time::source;

thread_local! {
    /// The alarms on this thread's paused clock.
    static ALARMS: RefCell<Vec<(u64, Waker)>> = const { RefCell::new(Vec::new()) };
}

/// Wakes the task once this thread's clock has passed `due`. Does nothing on a thread that exits.
pub(crate) fn wake_after(due: u64, waker: &Waker) {
    let _ = ALARMS.try_with(|alarms| {
        let mut alarms = alarms.borrow_mut();
        if !alarms
            .iter()
            .any(|(at, other)| *at == due && other.will_wake(waker))
        {
            alarms.push((due, waker.clone()));
        }
    });
}

/// Moves this thread's clock forward by this many nanoseconds; `None` if it is not paused.
pub(crate) fn advance(by: u64) -> Option<()> {
    let now = source::paused_at()?.saturating_add(by);
    source::set_paused_at(Some(now));
    fire(now);
    Some(())
}

/// Fires the alarms before `now`.
pub(crate) fn fire(now: u64) {
    let alarms = ALARMS.try_with(RefCell::take).unwrap_or_default();
    let (due, later): (Vec<_>, Vec<_>) = alarms.into_iter().partition(|(at, _)| *at < now);
    let _ = ALARMS.try_with(|alarms| alarms.borrow_mut().extend(later));
    wake(due.into_iter().map(|(_, waker)| waker).collect());
}
