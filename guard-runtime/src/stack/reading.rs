//! What other threads read of a stack of open scopes.
//!
//! A seqlock without a lock: a reader reads a frame, the depth and the frame again, between two reads of the count
//! of pushes and of the current piece. If nothing differs, the scope was open as it was read. Counted pushes are
//! excluded by their count. A push that is not counted stores only a site, in one store, while the frame is not
//! dated; and the entry word that was read before it cannot come back, since epochs only grow. So each row is true.
//! Rows of a thread that opens and closes the same scopes again and again can stem from different moments.

use crate::base::layout::{DATED, FLAGS, LIMITED, OPEN, SHARED, WALL};
use crate::base::site::Site;
use crate::base::sync::Ordering;
use crate::stack::frame::{Frame, Saved};
use crate::stack::frames::Stack;
use crate::time::epoch::Epoch;

/// An open scope as another thread reads it: the number of its site, and its saved state.
pub(crate) type OpenFrame = (u32, Saved);

impl Stack {
    /// The open scopes, the outermost first, as another thread reads them.
    ///
    /// All rows are of one moment, unless the thread opens and closes scopes faster than they can be read: then the
    /// result is the last reading, up to the first scope that changed during it; empty if that is the outermost.
    pub(crate) fn read(&self) -> Vec<OpenFrame> {
        const TRIES: u32 = 1000;
        // Reused for each attempt: if the allocator opens scopes, a thread that reads its own stack would change it
        // with each allocation.
        let (mut rows, mut again, mut last) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..TRIES {
            core::mem::swap(&mut again, &mut last);
            if self.read_twice(&mut rows, &mut again) {
                return rows;
            }
            core::hint::spin_loop();
        }
        let same = again.iter().zip(&last);
        let stable = same.take_while(|(now, before)| now == before).count();
        again.truncate(stable);
        again
    }

    /// Reads the open scopes into both. Whether they are of one moment: nothing has changed meanwhile.
    pub(crate) fn read_twice(&self, rows: &mut Vec<OpenFrame>, again: &mut Vec<OpenFrame>) -> bool {
        let count = self.count();
        let frames = self.frames_of(count.1);
        let depth = self.published_depth();
        self.read_rows(frames, depth, rows);
        let same_depth = self.published_depth() == depth;
        self.read_rows(frames, depth, again);
        same_depth && rows == again && self.count() == count
    }

    /// Whether a scope may be past its deadline, judged by a single reading: scopes that the thread opens and
    /// closes meanwhile may be missed. Cheaper than [`read`](Self::read).
    pub(crate) fn may_be_late(&self, epoch: &Epoch, now: u64) -> bool {
        let frames = self.frames_of(self.count().1).iter();
        let open = frames.take(self.published_depth() as usize);
        open.map(|frame| self.read_frame(frame))
            .any(|(site, saved)| site & WALL == 0 && site != 0 && saved.deadline(epoch).0 < now)
    }

    /// When the thread last took the cold path, or a little earlier; [`APART`](crate::stack::witness::APART) if its
    /// clock is not the real one.
    pub(crate) fn looked(&self) -> u64 {
        let entry = self.entry_word.load(Ordering::Acquire) & !FLAGS;
        self.witness.looked().max(entry)
    }

    /// The count of pushes, and the piece in use.
    fn count(&self) -> (u64, u32) {
        (
            self.pushes.load(Ordering::Acquire),
            self.piece.load(Ordering::Acquire),
        )
    }

    fn read_rows(&self, frames: &[Frame], depth: u32, rows: &mut Vec<OpenFrame>) {
        let open = frames.iter().take(depth as usize);
        let open = open.map(|frame| self.read_frame(frame));
        rows.clear();
        rows.extend(open.take_while(|(site, _)| *site != 0));
    }

    /// The number of scopes that are open, as another thread sees it.
    fn published_depth(&self) -> u32 {
        self.depth.load(Ordering::Acquire) & OPEN
    }

    fn read_frame(&self, frame: &Frame) -> OpenFrame {
        let mut start = self.entry_word.load(Ordering::Acquire);
        let mut lag = self.entry_lag.load(Ordering::Acquire);
        // Before the entry word changes, open scopes are dated. So a frame that is still undated here started at
        // the entry word that was read above.
        let site = frame.site.load(Ordering::Acquire);
        if site & DATED != 0 {
            start = frame.start.load(Ordering::Acquire);
            lag = frame.lag.load(Ordering::Acquire);
        }
        let limit = if site & (DATED | LIMITED) == LIMITED {
            Site::by_id(site).limit()
        } else {
            frame.limit.load(Ordering::Acquire)
        };
        (site & !(DATED | SHARED), Saved { start, limit, lag })
    }
}
