//! Walls: frames inside which the scopes around them do not count, for cleanups and shields.
//!
//! A wall opens like a scope of a second or more: under the epoch that this thread saw last, without a clock read,
//! and with nothing due inside. If the epoch has not moved when the wall is removed, no time was exceeded, and
//! there is nothing to check.

use core::cell::Cell;
use core::panic::Location as Caller;

use crate::base::layout::{SHIELD, STALE, WALL};
use crate::base::location::Location;
use crate::base::site::Site;
use crate::stack::current::{self, Usual, force_cold};
use crate::stack::deadline;
use crate::stack::frames::Stack;
use crate::stack::lease::leased;
use crate::time::clock;
use crate::time::epoch::EPOCH;

/// The kinds of walls, as their frames store them.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum WallKind {
    Cleanup = WALL,
    Shield = SHIELD,
    /// Hides everything around, without a limit: for entry points, hooks, other tasks.
    Root = WALL | 2,
}

impl WallKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cleanup => "cleanup",
            Self::Shield => "shield",
            Self::Root => "root",
        }
    }
}

thread_local! {
    /// Where the innermost wall was written; a frame has no room for it.
    static PLACE: Cell<Option<&'static Caller<'static>>> = const { Cell::new(None) };
}

/// The site that a trip of the innermost wall names; `kind` comes from its frame.
#[cold]
pub(crate) fn site(kind: u32) -> &'static Site {
    let kind = if kind == WallKind::Cleanup as u32 {
        WallKind::Cleanup
    } else {
        WallKind::Shield
    };
    let place = PLACE.get().unwrap_or_else(|| Caller::caller());
    Site::named(kind.name(), Location::of(place))
}

/// A wall that exists until this is dropped.
pub(crate) struct Wall {
    stack: &'static Stack,
    /// The index of its frame.
    depth: u32,
    /// The epoch under which it opened; stale if it read the clock.
    word: u64,
    /// Whether the epoch may have moved since it opened.
    moved: bool,
    outer: Option<&'static Caller<'static>>,
}

impl Wall {
    /// Opens a wall under the current epoch, for a `limit` of a second or more; `None` if the clock has to be read
    /// first.
    ///
    /// One comparison covers every obstacle: before the thread's first scope, after a trip, while its clock is
    /// paused and while the ticker is parked, the entry word is stale.
    #[inline(always)]
    pub(crate) fn open(
        kind: WallKind,
        limit: u64,
        place: &'static Caller<'static>,
    ) -> Option<Self> {
        let word = EPOCH.load();
        let usual = current::usual()?;
        if word != usual.word {
            return None;
        }
        let Usual { stack, piece, .. } = usual;
        let depth = stack.raw_depth();
        let frame = piece.frames.get(depth as usize)?;
        stack.push(frame, kind as u32, limit);
        Some(Self {
            stack,
            depth,
            word,
            moved: false,
            outer: PLACE.replace(Some(place)),
        })
    }

    /// Opens a wall that starts at a clock reading, unless it has no limit.
    pub(crate) fn open_exact(kind: WallKind, limit: u64, place: &'static Caller<'static>) -> Self {
        let stack = leased();
        let depth = stack.depth();
        let now = if limit == u64::MAX { 0 } else { clock::now() };
        stack.push_wall(kind as u32, now, limit);
        // The first check inside asks for the tick at the wall's deadline; without that check, no ticker wakes for
        // it.
        force_cold();
        Self {
            stack,
            depth,
            word: STALE,
            moved: true,
            outer: PLACE.replace(Some(place)),
        }
    }

    /// Whether the epoch has moved since the wall opened, so that its limit may have been exceeded. Whoever removes a
    /// wall that was [`open`](Self::open)ed asks, once: what ran inside has ended then, so that a later tick is for the
    /// checks outside, which hold an older epoch.
    #[inline(always)]
    pub(crate) fn has_moved(&mut self) -> bool {
        self.moved = EPOCH.load_relaxed() != self.word;
        self.moved
    }

    /// The stack, and the index of its frame.
    #[inline(always)]
    pub(crate) fn place(&self) -> (&'static Stack, u32) {
        (self.stack, self.depth)
    }

    /// Makes the very next check notice whatever ran out meanwhile, even in loops that hold the current epoch, and
    /// even if the ticker is late.
    #[cold]
    #[inline(never)]
    fn come_back(word: u64) {
        force_cold();
        // Loops around a wall of an earlier epoch hold that epoch or an older one, so they go to the cold path by
        // themselves.
        if word == STALE && deadline::late().is_some() {
            EPOCH.bump();
        }
    }
}

impl Drop for Wall {
    #[inline(always)]
    fn drop(&mut self) {
        PLACE.set(self.outer);
        self.stack.set_depth(self.depth);
        if self.moved {
            Self::come_back(self.word);
        }
    }
}

/// A limit of a wall that was exceeded.
pub(crate) struct Overrun {
    pub(crate) place: Location,
    pub(crate) limit: u64,
    pub(crate) elapsed: u64,
}

/// The limit of the innermost wall, whose frame is at `index`, if it was exceeded.
pub(crate) fn overrun(stack: &Stack, index: u32) -> Option<Overrun> {
    let saved = stack.save(index);
    if saved.limit == u64::MAX {
        return None;
    }
    let due = match stack.settled_deadline(index) {
        Some(due) => due,
        None => match saved.deadline(&EPOCH) {
            (due, true) => due,
            (_, false) => return None,
        },
    };
    let late = clock::now().checked_sub(due).filter(|late| *late > 0)?;
    Some(Overrun {
        place: Location::of(PLACE.get()?),
        limit: saved.limit,
        elapsed: saved.limit.saturating_add(late),
    })
}
