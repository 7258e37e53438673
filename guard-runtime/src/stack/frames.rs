//! The stack of one thread's open scopes: pushing, popping and dating its frames.
//!
//! Only the stack's own thread writes to it. The ticker and the snapshot read it, with acquire loads of what
//! release stores wrote (`reading.rs`).
//!
//! A push stores only the site, and the limit unless the site fixes it. All scopes that the thread opens under the
//! same epoch share one start, [`Stack::entry_word`]. Before that changes, it is copied into the open frames: they
//! are *dated*. Dated frames lie below those that are not dated.
//!
//! A push writes its frame and then raises the depth; a pop only stores the depth. A push that writes more than the
//! site first increments the count of pushes, for the readers.
//!
//! The frames lie in one contiguous piece, and their sites in a row of their own, since most pushes write only that.
//! A piece grows by doubling: the open frames are copied into a new one, and the old one stays for readers that still
//! use it. So entering costs the same at any depth, and all pieces together are at most four times as large as the
//! deepest recursion needs. They stay with their stack when the next thread reuses it.

use std::sync::Mutex;
use std::thread::Thread;

use crate::base::layout::{EMPTY, EXACT, OPEN, RESERVED, STALE, end};
use crate::base::reentry;
use crate::base::sync::{
    AtomicU32, AtomicU64, OnceLock, Ordering, array, const_fn, copy_of, process,
};
use crate::stack::entries::Table;
use crate::stack::frame::{Earliest, Frame, Saved};
use crate::stack::witness::Witness;
use crate::time::epoch::Epoch;

/// Frames in the first piece.
const FIRST: usize = if cfg!(guard_loom) { 1 } else { 32 };

/// The largest number of pieces. A thread runs out of memory long before the last one is full.
const PIECES: usize = if cfg!(guard_loom) { 2 } else { 26 };

/// A piece of the stack.
#[derive(Clone, Copy)]
pub(crate) struct Piece {
    pub(crate) frames: &'static [Frame],
    /// The [`site`](Frame::site) of each frame.
    pub(crate) sites: &'static [AtomicU32],
}

impl Piece {
    pub(crate) const EMPTY: Self = Self {
        frames: &[],
        sites: &[],
    };

    /// A piece of this length, with margins in memory: what other threads write does not lie on its cache lines.
    fn new(length: usize) -> Self {
        let sites: Box<[_]> = (0..length + 2 * MARGIN)
            .map(|_| AtomicU32::new(0))
            .collect();
        let sites: &'static [AtomicU32] = Box::leak(sites);
        let frames: Box<[_]> = sites[MARGIN - 1..=MARGIN + length]
            .iter()
            .map(Frame::new)
            .collect();
        let frames: &'static [Frame] = Box::leak(frames);
        Self {
            frames: &frames[1..=length],
            sites: &sites[MARGIN..MARGIN + length],
        }
    }
}

/// Two cache lines of sites: adjacent lines are fetched in pairs.
const MARGIN: usize = if cfg!(guard_loom) { 1 } else { 32 };

/// The open scopes of one thread.
///
/// On cache lines that no other thread writes to. What entering and leaving name comes first: small offsets are shorter
/// instructions, of which every function has some.
#[repr(C, align(64))]
pub(crate) struct Stack {
    pub(crate) depth: AtomicU32,
    /// The piece in use. Before the first push there is none.
    pub(crate) piece: AtomicU32,
    /// What the cold path of an entry returns besides the stack: the depth as a [`Scope`](crate::stack::scope::Scope)
    /// holds it.
    pub(crate) opened: AtomicU32,
    /// A copy of the epoch that the checks of its thread saw last, or stale.
    seen: AtomicU64,
    /// How many pushes wrote more than a site.
    pub(crate) pushes: AtomicU64,
    /// The epoch under which scopes open without a clock read; stale if none may.
    pub(crate) entry_word: AtomicU64,
    /// The lag that was loaded before that epoch was, or an earlier epoch's.
    pub(crate) entry_lag: AtomicU64,
    pieces: [OnceLock<Piece>; PIECES],
    /// The thread that uses the stack.
    pub(crate) thread: Mutex<Option<Thread>>,
    pub(crate) witness: Witness,
    /// How often the thread has entered each site.
    pub(crate) table: Table,
}

process! {
    /// The frame that stands for a scope that was not opened because the runtime itself was allocating.
    static NO_FRAME: Frame = Frame::new(&NO_SITE);
}

process! {
    static NO_SITE: AtomicU32 = AtomicU32::new(0);
}

impl Stack {
    const_fn! {
        pub(crate) fn new() -> Self {
            Self {
                depth: AtomicU32::new(EMPTY),
                piece: AtomicU32::new(0),
                opened: AtomicU32::new(0),
                seen: AtomicU64::new(STALE),
                pushes: AtomicU64::new(0),
                entry_word: AtomicU64::new(STALE),
                entry_lag: AtomicU64::new(0),
                pieces: array![OnceLock::new(); PIECES],
                thread: Mutex::new(None),
                witness: Witness::new(),
                table: Table::new(),
            }
        }
    }

    /// Whether no scope is open, and the thread is not about to open one.
    pub(crate) fn is_free(&self) -> bool {
        self.depth.load(Ordering::Acquire) == EMPTY
    }

    /// Takes the stack for a thread that is about to open a scope. Leaving that scope frees it again.
    pub(crate) fn reserve(&self) {
        self.set_depth(RESERVED);
    }

    /// The number of open scopes.
    #[inline(always)]
    pub(crate) fn depth(&self) -> u32 {
        self.raw_depth() & OPEN
    }

    /// The depth with its flag. On a thread's usual stack, which is never reserved, it equals the depth.
    #[inline(always)]
    pub(crate) fn raw_depth(&self) -> u32 {
        self.depth.load(Ordering::Relaxed)
    }

    /// Leaves every scope above `depth`.
    #[inline(always)]
    pub(crate) fn set_depth(&self, depth: u32) {
        self.depth.store(depth, Ordering::Release);
    }

    /// Leaves every scope, so that the next thread can use the stack.
    pub(crate) fn clear(&self) {
        self.set_depth(EMPTY);
        self.entry_word.store(STALE, Ordering::Release);
    }

    /// The piece with this number; empty if it does not exist.
    #[inline]
    pub(crate) fn frames_of(&self, piece: u32) -> &'static [Frame] {
        self.piece(piece).frames
    }

    #[inline]
    fn piece(&self, number: u32) -> Piece {
        copy_of(&self.pieces[number as usize]).unwrap_or(Piece::EMPTY)
    }

    /// The piece in use.
    pub(crate) fn used(&self) -> Piece {
        self.piece(self.piece.load(Ordering::Relaxed))
    }

    /// The frames in use.
    #[inline]
    pub(crate) fn frames(&self) -> &'static [Frame] {
        self.frames_of(self.piece.load(Ordering::Relaxed))
    }

    /// The frame of an open scope.
    #[inline]
    pub(crate) fn frame(&self, index: u32) -> &'static Frame {
        let Some(frame) = self.frames().get(index as usize) else {
            return &NO_FRAME;
        };
        frame
    }

    /// Whether there is no frame for one more scope.
    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        self.frames().len() <= self.depth() as usize
    }

    /// Makes room for more frames. Copies of [`frames`](Self::frames) must be replaced afterwards.
    pub(crate) fn grow(&self) {
        let before = self.frames();
        let piece = self.piece.load(Ordering::Relaxed) + u32::from(!before.is_empty());
        reentry::bar(|| {
            let place = &self.pieces[piece as usize];
            if place.get().is_none() {
                let _ = place.set(Piece::new(FIRST << piece));
            }
        });
        let frames = self.frames_of(piece);
        for (new, old) in frames.iter().zip(before) {
            new.copy(old);
        }
        // Release, and before anything is written to the new piece: a reader that finds the piece also finds the
        // copies, and a reader that finds a later depth or frame also finds that the piece has changed.
        self.piece.store(piece, Ordering::Release);
    }

    /// The epoch under which scopes open without a clock read; stale if none may.
    #[inline(always)]
    pub(crate) fn entry_word(&self) -> u64 {
        self.entry_word.load(Ordering::Relaxed)
    }

    /// A copy of the epoch that the checks of its thread saw last, or stale.
    #[inline(always)]
    pub(crate) fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }

    pub(crate) fn set_seen(&self, word: u64) {
        self.seen.store(word, Ordering::Relaxed);
    }

    pub(crate) fn entry_lag(&self) -> u64 {
        self.entry_lag.load(Ordering::Relaxed)
    }

    /// Makes scopes open under the epoch `word` from now on; a stale `word` admits none. `lag` must have been
    /// loaded before `word`; it may be missing if `word` is stale.
    pub(crate) fn admit(&self, word: u64, lag: Option<u64>) {
        self.date_open();
        let lag = lag.unwrap_or(self.entry_lag());
        self.entry_lag.store(lag, Ordering::Release);
        self.entry_word.store(word, Ordering::Release);
    }

    /// Dates the open scopes.
    #[inline(always)]
    pub(crate) fn date_open(&self) {
        self.date_below(self.depth());
    }

    // Callers that know the depth pass it on: the compiler does not merge two loads of an atomic.
    #[inline(always)]
    fn date_below(&self, depth: u32) {
        if depth != 0 && !self.frame(depth - 1).is_dated() {
            self.date_undated(depth);
        }
    }

    #[inline(never)]
    fn date_undated(&self, depth: u32) {
        for index in (0..depth).rev() {
            let frame = self.frame(index);
            if frame.is_dated() {
                break;
            }
            frame.date(self.entry_word(), self.entry_lag());
        }
    }

    /// Opens a scope under the [entry word](Self::entry_word), in `frame`, the one at the current depth.
    #[inline(always)]
    pub(crate) fn push(&self, frame: &Frame, site: u32, limit: u64) {
        self.count_push();
        frame.limit.store(limit, Ordering::Release);
        frame.site.store(site, Ordering::Release);
        self.deepen();
    }

    /// Like [`push`](Self::push), for a site that fixes the limit, in the frame to which this word belongs.
    #[inline(always)]
    pub(crate) fn push_limited(&self, word: &AtomicU32, site: u32) {
        word.store(site, Ordering::Release);
        self.deepen();
    }

    /// Raises the depth by one, with the instruction that increments memory.
    #[inline(always)]
    fn deepen(&self) {
        let depth = self.depth.load(Ordering::Relaxed);
        self.depth.store(depth.wrapping_add(1), Ordering::Release);
    }

    #[inline(always)]
    fn count_push(&self) {
        let pushes = self.pushes.load(Ordering::Relaxed);
        self.pushes.store(pushes.wrapping_add(1), Ordering::Release);
    }

    /// Opens a scope that starts at a clock reading. The stack must not be full. Returns the deadline that counts,
    /// so that it need not be read back from frames that were just written.
    #[inline]
    pub(crate) fn push_exact(
        &self,
        depth: u32,
        epoch: &Epoch,
        site: u32,
        start: u64,
        limit: u64,
    ) -> Earliest {
        let around = self.earliest_below(depth, epoch);
        self.push_inside(around, depth, site, start, limit)
    }

    /// Like [`push_exact`](Self::push_exact), in the `frame` at the current depth, if it is known which deadline
    /// will be the earliest.
    #[inline(always)]
    pub(crate) fn push_known(
        &self,
        frame: &Frame,
        site: u32,
        (start, limit): (u64, u64),
        earliest: Earliest,
    ) {
        self.count_push();
        frame.write_known(site, start, limit, earliest);
        self.deepen();
    }

    /// Like [`push_exact`](Self::push_exact), for a wall, inside which no scope around it counts.
    pub(crate) fn push_wall(&self, kind: u32, start: u64, limit: u64) {
        self.push_inside(Earliest::NONE, self.depth(), kind, start, limit);
    }

    #[inline]
    fn push_inside(
        &self,
        mut earliest: Earliest,
        depth: u32,
        site: u32,
        start: u64,
        limit: u64,
    ) -> Earliest {
        self.open(depth, move |frame| {
            frame.write(site, start, limit, EXACT);
            frame.take_in(depth, (end(start, limit), true), &mut earliest);
            earliest
        })
    }

    // Always inlined: the values to write arrive in registers, and a call would pass them through memory.
    #[inline(always)]
    fn open<T>(&self, depth: u32, write: impl FnOnce(&Frame) -> T) -> T {
        self.date_below(depth);
        self.count_push();
        let written = write(self.frame(depth));
        self.set_depth(depth + 1);
        written
    }

    /// Whether the innermost scope may have a time limit below `limit`. `limit` must be one from which scopes open
    /// without a clock read: those are dated later, shorter ones at once.
    #[cfg(feature = "policy")]
    #[inline]
    pub(crate) fn is_short(&self, limit: u64) -> bool {
        let Some(top) = self.depth().checked_sub(1) else {
            return false;
        };
        let frame = self.frame(top);
        frame.is_dated() && frame.limit.load(Ordering::Relaxed) < limit
    }

    /// What is needed to open the scope at `index` again.
    #[inline]
    pub(crate) fn save(&self, index: u32) -> Saved {
        self.date_open();
        self.frame(index).save()
    }

    /// Opens a saved scope again, on this stack or another one.
    #[inline]
    pub(crate) fn resume(&self, site: u32, saved: &Saved) {
        let Saved { start, limit, lag } = *saved;
        self.open(self.depth(), move |frame| {
            frame.write(site, start, limit, lag);
        });
    }
}

#[cfg(test)]
impl Stack {
    /// Makes room as [`leased`](crate::stack::lease) does.
    pub(crate) fn make_room(&self) {
        if self.is_full() {
            self.grow();
        }
    }

    /// Opens a scope the way an entry does, under the entry word; without a `limit`, the site fixes it.
    pub(crate) fn enter(&self, site: u32, limit: Option<u64>) {
        let depth = self.depth();
        self.make_room();
        let frame = self.frame(depth);
        match limit {
            Some(limit) => self.push(frame, site, limit),
            None => self.push_limited(frame.site, site),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Stack;
    use crate::base::layout::HEARD;
    use crate::time::epoch::Epoch;

    #[test]
    fn a_scope_that_is_being_left_with_its_flag_is_closed_for_all_readers() {
        let stack = Stack::new();
        (1..=2).for_each(|site| stack.enter(site, Some(1)));
        stack.set_depth(1 | HEARD);
        assert_eq!(stack.depth(), 1);
        assert_eq!(stack.read().len(), 1);
        stack.set_depth(HEARD);
        assert_eq!((stack.depth(), stack.read().len()), (0, 0));
        assert!(!stack.is_free(), "its listener still uses it");
    }

    #[test]
    fn a_deep_stack_keeps_what_was_open() {
        let (epoch, stack) = (Epoch::new(), Stack::new());
        stack.admit(100, Some(7));
        for site in 1..=100_u32 {
            match site % 3 {
                0 => {
                    stack.make_room();
                    stack.push_exact(stack.depth(), &epoch, site, 5, 50);
                }
                _ => stack.enter(site, Some(u64::from(site))),
            }
        }
        stack.admit(200, Some(8));
        let open = stack.read();
        assert_eq!(open.len(), 100);
        for (site, (number, saved)) in (1..).zip(open) {
            let exact = site % 3 == 0;
            let expected = if exact {
                (5, 50)
            } else {
                (100, u64::from(site))
            };
            assert_eq!(
                (number, saved.start, saved.limit),
                (site, expected.0, expected.1)
            );
        }
        let pieces = stack.frames().len();
        for _ in 0..3 {
            stack.set_depth(0);
            (0..100).for_each(|_| stack.enter(1, Some(1)));
        }
        assert_eq!(stack.frames().len(), pieces, "used again");
    }
}
