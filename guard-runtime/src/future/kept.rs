//! What a guarded future keeps of its scope from one poll to the next.
//!
//! It is stored on the heap, and allocated at the first `Pending`: futures are moved, and held by the thousand.

use core::task::Context;

use crate::base::site::Site;
use crate::check::tick::LEAD;
use crate::future::quantum;
use crate::future::waiting::{WaitPlace, Waiting};
use crate::stack::current::force_cold;
use crate::stack::frame::Saved;
use crate::stack::frames::Stack;
use crate::time::epoch::EPOCH;
use crate::time::source;
use crate::trip::tripped::Tripped;

/// The scope while it is on no stack; `X` holds what only some scopes have.
pub(crate) struct Kept<X> {
    waiting: Option<Waiting>,
    pub(super) more: X,
}

impl<X> Kept<X> {
    #[inline(always)]
    pub(crate) const fn new(more: X) -> Self {
        Self {
            waiting: None,
            more,
        }
    }
    /// Whether it has waited, and therefore stores the scope.
    #[cfg(feature = "tower")]
    #[inline]
    pub(crate) fn has_waited(&self) -> bool {
        self.waiting.is_some()
    }

    /// Whether the scope has been on no stack since the last poll.
    #[inline(always)]
    pub(crate) fn waits(&self) -> bool {
        self.waiting.as_ref().is_some_and(Waiting::waits)
    }
}

impl<X: More> Kept<X> {
    /// Opens the scope again at `index`, unless it was never open.
    #[inline]
    pub(crate) fn resume(&mut self, stack: &'static Stack, index: u32) {
        let Some(waiting) = &mut self.waiting else {
            return;
        };
        let (saved, is_shared) = waiting.run(|site, saved| stack.resume(site.register(), saved));
        if is_shared {
            waiting.share_again(stack, index);
        }
        self.more.restore(&OnStack(stack, index));
        if waiting.has_fired() {
            force_cold();
        } else {
            look_if_near(&saved);
        }
    }

    /// Takes the scope at `index` from the stack, and sets an alarm for the earliest deadline.
    pub(crate) fn suspend(&mut self, stack: &'static Stack, index: u32, context: &mut Context<'_>) {
        let place = WaitPlace::here();
        if self.waiting.is_none() {
            place.start(stack, index);
        }
        let (saved, own) = stack.save(index).settled(&EPOCH);
        let depth = stack.depth();
        let earliest = match stack.known_below(depth) {
            Some(earliest) => earliest.due,
            // Usually there is no other scope.
            None if depth == 1 => own,
            None => stack.earliest_below(depth, &EPOCH).due,
        };
        self.more.save(&OnStack(stack, index));
        let site = stack.frame(index).site();
        let mark = stack.mark_of(index);
        let leave = || stack.set_depth(index);
        match &mut self.waiting {
            Some(waiting) => waiting.until(saved, earliest, &place, context, leave),
            none => {
                let site = Site::by_id(site);
                *none = Some(Waiting::new(site, saved, earliest, &place, context, leave));
            }
        }
        if let (Some(number), Some(waiting)) = (mark, &mut self.waiting) {
            waiting.share(number);
        }
    }
}

/// Makes the checks of this thread read the clock if a deadline may come before the next planned tick. If the epoch
/// has moved, they do so anyway. A deadline that is not settled can only move later.
#[inline]
pub(super) fn look_if_near(saved: &Saved) {
    // Acquired before `next` is read, as for a request. A parked ticker plans none.
    _ = EPOCH.load();
    let (due, _) = saved.deadline(&EPOCH);
    if due.saturating_sub(LEAD) < EPOCH.next() {
        force_cold();
    }
}

/// What only some scopes have.
#[doc(hidden)]
pub trait More {
    /// Reads it from the open scope.
    #[doc(hidden)]
    fn save(&mut self, scope: &OnStack);

    /// Writes it back into the scope.
    #[doc(hidden)]
    fn restore(&self, scope: &OnStack);

    /// Whether nothing around the scope counts, for all that the type says.
    #[doc(hidden)]
    #[inline(always)]
    fn is_root(&self) -> bool {
        false
    }

    /// Whether [`begins`](Self::begins) does anything.
    #[doc(hidden)]
    const BEGINS: bool = false;

    /// A poll in the scope begins; the trip, if a budget that the frame does not store is spent.
    #[doc(hidden)]
    #[inline(always)]
    #[allow(clippy::missing_errors_doc, reason = "described above")]
    fn begins(&mut self, _: &OnStack) -> Result<(), Tripped> {
        Ok(())
    }

    /// The body waits, and the scope is about to leave the stack; the trip, if there is one after all.
    #[doc(hidden)]
    #[inline(always)]
    #[allow(clippy::missing_errors_doc, reason = "described above")]
    fn waits(&mut self, _: &OnStack, _: &mut Context<'_>) -> Result<(), Tripped> {
        Ok(())
    }

    /// The body has ended during a poll, and its scope is about to end.
    #[doc(hidden)]
    #[inline(always)]
    fn ends(&mut self) {}

    /// The scope is gone: after the body has ended during a poll if it has `finished`, or else since the future is
    /// dropped.
    #[doc(hidden)]
    #[inline(always)]
    fn ended(&mut self, _finished: bool) {}
}

/// An open scope: its stack, and the index of its frame.
#[doc(hidden)]
pub struct OnStack(pub(super) &'static Stack, pub(super) u32);

impl OnStack {
    /// The index of its frame.
    pub(crate) fn index(&self) -> u32 {
        self.1
    }

    /// Whether the scope was opened: none is inside an allocator that the runtime calls.
    pub(crate) fn is_open(&self) -> bool {
        self.0.depth() > self.1
    }
}

impl More for () {
    #[inline(always)]
    fn save(&mut self, _: &OnStack) {}

    #[inline(always)]
    fn restore(&self, _: &OnStack) {}
}

/// Iterations, and the quantum of `yield_every`.
#[doc(hidden)]
#[derive(Default)]
pub struct Extras(Option<Box<SavedExtras>>);

#[derive(Default)]
struct SavedExtras {
    left: u64,
    limit: u64,
    every: u64,
    spent: bool,
}

impl Extras {
    pub(crate) const NONE: Self = Self(None);
}

impl More for Extras {
    fn save(&mut self, &OnStack(stack, index): &OnStack) {
        let saved = self.0.get_or_insert_default();
        (saved.spent, saved.left, saved.limit) = stack.allowance(index);
        saved.every = source::quantum().every;
    }

    fn restore(&self, &OnStack(stack, index): &OnStack) {
        let Some(saved) = &self.0 else { return };
        stack.allow(index, saved.limit);
        stack.set_left(index, saved.left);
        if saved.spent {
            stack.spend(index, saved.limit);
        }
        quantum::begin(saved.every);
    }
}
