//! The deadline that counts for the current thread, on the clock that it follows.

use crate::base::reentry;
use crate::stack::current;
use crate::stack::frame::Earliest;
use crate::stack::frames::Stack;
use crate::time::clock;
use crate::time::epoch::EPOCH;
#[cfg(feature = "tokio")]
use crate::time::{source, tokio_clock};

/// The deadline that counts on this thread's `stack`, and the current time if that had to be read.
#[inline(always)]
pub(crate) fn counting(stack: &Stack) -> (Earliest, Option<u64>) {
    on_clock(stack, stack.earliest(&EPOCH), None)
}

/// Like [`counting`], if the earliest deadline is known already; `now` is the time, if it was read just now.
///
/// In a runtime whose clock was stopped or moved by hand, deadlines follow that clock.
#[inline(always)]
#[cfg_attr(
    not(feature = "tokio"),
    allow(unused_variables, reason = "there is but one clock")
)]
pub(crate) fn on_clock(
    stack: &Stack,
    earliest: Earliest,
    now: Option<u64>,
) -> (Earliest, Option<u64>) {
    #[cfg(feature = "tokio")]
    if let Some(base) = source::polls() {
        let now = now.unwrap_or_else(clock::compared);
        if tokio_clock::is_apart() {
            stack.switch_clock(base, now);
            return (stack.earliest(&EPOCH), Some(now));
        }
        return (earliest, Some(now));
    }
    (earliest, now)
}

/// The deadline that counts on this thread, if there is one, and the current time if that had to be read.
#[inline]
pub(crate) fn current() -> Option<(Earliest, Option<u64>)> {
    if reentry::is_barred() {
        return None; // The lock of the stacks may be held by this very thread.
    }
    let (earliest, now) = counting(current::current()?);
    (earliest.due != u64::MAX).then_some((earliest, now))
}

/// The index of the scope whose deadline has passed, and by how much: what the next check would find.
fn passed() -> Option<(u32, u64)> {
    let (earliest, now) = current()?;
    if !earliest.is_settled() {
        return None;
    }
    let late = now.unwrap_or_else(clock::now).checked_sub(earliest.due);
    late.filter(|late| *late > 0)
        .map(|late| (earliest.owner, late))
}

/// By how much the deadline that counts has passed, if it has.
pub(crate) fn late() -> Option<u64> {
    passed().map(|(_, late)| late)
}

/// The index of the scope whose deadline has passed, if one has.
#[cfg(feature = "policy")]
pub(crate) fn overdue() -> Option<u32> {
    passed().map(|(owner, _)| owner)
}
