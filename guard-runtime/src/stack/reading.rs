//! What other threads read of a stack of open scopes.
//!
//! A reader reads a slot, the depth, the slot again, and the count of pushes around all that. If nothing
//! differs, the scope was open as it was read. A push that is counted was not there meanwhile. One that
//! is not stores a site, which is one store if it is not dated; and the entry word that was read before
//! it cannot come back once another is there, since words only grow. So each row is true. Rows of a
//! thread that opens and closes the same scopes again and again can be of different moments.

use crate::base::site::{LIMITED, Site};
use crate::base::sync::Ordering;
#[cfg(not(guard_loom))]
use crate::base::sync::lock;
#[cfg(not(guard_loom))]
use crate::stack::frames::SLOTS;
use crate::stack::frames::{HIDDEN, LENT, Stack};
use crate::stack::slot::{DATED, Saved, Slot};
#[cfg(all(test, guard_loom))]
use crate::stack::slot::{SPENT, untold};

impl Stack {
    /// What another thread reads: of each open scope its site and what is saved of it.
    ///
    /// One moment's, unless the thread opens and closes scopes faster than they are read, all the
    /// time: then it is what was read last, less what has changed meanwhile.
    #[cfg(not(guard_loom))]
    pub(crate) fn read(&self) -> Vec<(u32, Saved)> {
        const TRIES: u32 = 1000;
        let mut last = Vec::new();
        for _ in 0..TRIES {
            let pushes = self.pushes.load(Ordering::Acquire);
            let depth = self.open_scopes();
            let rows = self.rows(depth);
            let same_depth = self.open_scopes() == depth;
            let again = self.rows(depth);
            if same_depth && rows == again && self.pushes.load(Ordering::Acquire) == pushes {
                return rows;
            }
            let same = again
                .iter()
                .zip(&last)
                .take_while(|(now, before)| now == before);
            let stable = same.count();
            last = again;
            last.truncate(stable.max(1));
            core::hint::spin_loop();
        }
        last
    }

    #[cfg(not(guard_loom))]
    fn rows(&self, depth: u32) -> Vec<(u32, Saved)> {
        // A slot beyond the fixed ones can be new, where one was when the depth was read.
        (0..depth)
            .map_while(|index| self.read_slot(index))
            .take_while(|(site, _)| *site != 0)
            .collect()
    }

    /// How many scopes another thread finds open.
    fn open_scopes(&self) -> u32 {
        self.depth.load(Ordering::Acquire) & !LENT
    }

    #[cfg(not(guard_loom))]
    fn read_slot(&self, index: u32) -> Option<(u32, Saved)> {
        match self.slots.get(index as usize) {
            Some(slot) => Some(self.read_one(slot)),
            None => {
                let deep = lock(&self.deep);
                deep.get((index - SLOTS) as usize)
                    .map(|slot| self.read_one(slot))
            }
        }
    }

    fn read_one(&self, slot: &Slot) -> (u32, Saved) {
        let (mut start, mut lag) = (
            self.entry.load(Ordering::Acquire) & !HIDDEN,
            self.lag.load(Ordering::Acquire),
        );
        // Before the entry word changes, the scope is dated: if it is not by now, that was its own.
        let site = slot.site.load(Ordering::Acquire);
        if site & DATED != 0 {
            start = slot.start.load(Ordering::Acquire);
            lag = slot.lag.load(Ordering::Acquire);
        }
        let limit = if site & (DATED | LIMITED) == LIMITED {
            Site::by_id(site).limit()
        } else {
            slot.limit.load(Ordering::Acquire)
        };
        (site & !DATED, Saved { start, limit, lag })
    }

    /// What another thread reads of the outermost scope: its site, start, limit and lag, and whether
    /// it is spent. `None` if there is none, or if it changed meanwhile.
    #[cfg(all(test, guard_loom))]
    pub(crate) fn glimpse(&self) -> Option<(u32, [u64; 3], bool)> {
        let pushes = self.pushes.load(Ordering::Acquire);
        let slot = &self.slots[0];
        let read = || {
            let (site, saved) = self.read_one(slot);
            let dated = slot.site.load(Ordering::Acquire) & DATED != 0;
            let spent = dated && untold(slot.due.load(Ordering::Acquire)) == SPENT;
            (site, saved.parts(), spent)
        };
        let row = read();
        let open = self.open_scopes() != 0 && read() == row;
        (open && self.pushes.load(Ordering::Acquire) == pushes).then_some(row)
    }
}
