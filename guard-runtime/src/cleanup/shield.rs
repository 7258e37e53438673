//! Shields, and the time that a cleanup or a shield may take.

use core::panic::Location as Caller;
use core::time::Duration;

use crate::base::reentry;
use crate::check::enter::LONG;
use crate::check::tick::refresh;
use crate::stack::frames::Stack;
use crate::stack::wall::{self, Wall, WallKind};
use crate::time::clock;
use crate::trip::hook;

/// A wall with a limit, which reports if it was exceeded.
pub(crate) struct Bounded {
    wall: Wall,
    kind: WallKind,
}

impl Bounded {
    /// Opens the wall of a cleanup in the usual case: nothing has tripped since its scope opened, and its `limit`
    /// is at least [`LONG`]. `None` if the clock has to be read first.
    #[inline(always)]
    pub(crate) fn open(limit: u64, place: &'static Caller<'static>) -> Option<Self> {
        let wall = Wall::open(WallKind::Cleanup, limit, place)?;
        Some(Self {
            wall,
            kind: WallKind::Cleanup,
        })
    }

    /// Opens the wall of a cleanup in any case.
    pub(crate) fn open_slowly(limit: u64, place: &'static Caller<'static>) -> Self {
        let opened = if limit < LONG {
            None
        } else {
            refresh();
            Self::open(limit, place)
        };
        opened.unwrap_or_else(|| Self::open_exact(WallKind::Cleanup, limit, place))
    }

    /// Opens a wall that starts at a clock reading.
    pub(crate) fn open_exact(kind: WallKind, limit: u64, place: &'static Caller<'static>) -> Self {
        Self {
            wall: Wall::open_exact(kind, limit, place),
            kind,
        }
    }
}

// By value: with a reference to the wall, the usual case would have to write it to memory. The wall's limit and place are
// read where they are, so that the usual case does not keep them over the call.
#[cold]
#[inline(never)]
fn report_overrun((stack, index): (&'static Stack, u32), kind: WallKind) {
    if let Some(overrun) = wall::overrun(stack, index) {
        hook::overran(kind.name(), overrun.place, overrun.limit, overrun.elapsed);
    }
}

impl Drop for Bounded {
    #[inline(always)]
    fn drop(&mut self) {
        if self.wall.has_moved() {
            report_overrun(self.wall.place(), self.kind);
        }
    }
}

/// Calls `f` with every trip postponed: inside it, no budget of the scopes around counts.
///
/// For a section that must not be left half done. A trip that is pending then comes at the first check after it.
/// Scopes that are opened inside count as usual, and so do their own trips. It has no time limit: only
/// [`CancelToken::cancel_with_grace`](crate::CancelToken::cancel_with_grace) stops a loop inside that never ends;
/// see [`shield_for`].
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, checkpoint, shield};
///
/// let outcome = Budget::timeout(Duration::from_millis(1)).run(|| {
///     while checkpoint().is_ok() {}
///     let shielded = shield(|| checkpoint().is_ok());
///     (shielded, checkpoint().is_ok())
/// });
/// assert_eq!(outcome.unwrap(), (true, false));
/// ```
#[track_caller]
pub fn shield<T>(f: impl FnOnce() -> T) -> T {
    let caller = Caller::caller();
    let _wall =
        (!reentry::is_barred()).then(|| Wall::open_exact(WallKind::Shield, u64::MAX, caller));
    f()
}

/// Calls `f` like [`shield`], but for at most this long: then the checks inside trip, and name the shield. If it
/// took longer, that is reported as [`Event::CleanupOverrun`](crate::Event::CleanupOverrun), even if no check
/// noticed.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{checkpoint, shield_for};
///
/// let outcome = shield_for(Duration::from_millis(1), || loop {
///     if let Err(tripped) = checkpoint() {
///         break tripped;
///     }
/// });
/// assert_eq!(outcome.scope(), "shield");
/// ```
#[track_caller]
pub fn shield_for<T>(limit: Duration, f: impl FnOnce() -> T) -> T {
    let (limit, caller) = (clock::nanos(limit), Caller::caller());
    let _wall =
        (!reentry::is_barred()).then(|| Bounded::open_exact(WallKind::Shield, limit, caller));
    f()
}
