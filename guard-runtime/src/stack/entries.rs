//! How often a thread has entered each site, and how long some of its scopes took (feature `metrics`).
//!
//! Only the stack's own thread counts, with a load and a store; the publisher adds up the counts of all stacks. A
//! stack outlives its threads, so no count is lost. Without the feature nothing here takes memory or instructions.

pub(crate) use kind::{Entries, Table};

#[cfg(feature = "metrics")]
mod kind {
    use core::sync::atomic::{AtomicU64, Ordering};
    use std::sync::Mutex;

    use crate::base::layout::LIMITED;
    use crate::base::lock::lock;
    use crate::base::reentry;

    /// One entry in this many is timed, starting with the first: a clock read costs more than everything else.
    const TIMED: u64 = 64;

    /// How many times a thread keeps until they are published. In a second with more timed scopes, only the first
    /// ones are told.
    const ROOM: usize = 256;

    /// The counters of a thread, indexed by the number of the site, as its entries use them.
    #[derive(Clone, Copy)]
    pub(crate) struct Entries(&'static [AtomicU64]);

    fn index(site: u32) -> usize {
        (site & !LIMITED) as usize
    }

    impl Entries {
        /// Counts an entry of the site. Returns false if the cold path has to count it: there is no room yet, or
        /// the entry is timed.
        #[inline(always)]
        pub(crate) fn count(self, site: u32) -> bool {
            let Some(count) = self.0.get(index(site)) else {
                return false;
            };
            let before = count.load(Ordering::Relaxed);
            if before % TIMED == 0 {
                return false;
            }
            count.store(before + 1, Ordering::Relaxed);
            true
        }
    }

    /// What a stack stores about its thread's entries.
    pub(crate) struct Table {
        /// Grows by copying, in the cold path of the thread that counts. Older copies stay as they are.
        counts: Mutex<Entries>,
        /// The number of a site, and a time in nanoseconds.
        runs: Mutex<Vec<(u32, u64)>>,
    }

    impl Table {
        pub(crate) const fn new() -> Self {
            Self {
                counts: Mutex::new(Entries(&[])),
                runs: Mutex::new(Vec::new()),
            }
        }

        pub(crate) fn entries(&self) -> Entries {
            *lock(&self.counts)
        }

        /// Counts an entry of the site. Returns whether the entry is timed, and whether the counters have moved.
        pub(crate) fn count(&self, site: u32) -> (bool, bool) {
            let mut counts = lock(&self.counts);
            let moved = counts.0.len() <= index(site);
            if moved {
                *counts = reentry::bar(|| counts.with_room(index(site)));
            }
            let count = &counts.0[index(site)];
            let before = count.load(Ordering::Relaxed);
            count.store(before + 1, Ordering::Relaxed);
            (before % TIMED == 0, moved)
        }

        /// Records that a scope of the site took this many nanoseconds.
        pub(crate) fn add_run(&self, site: u32, nanos: u64) {
            let mut runs = lock(&self.runs);
            if runs.len() < ROOM {
                reentry::bar(|| runs.push((site & !LIMITED, nanos)));
            }
        }

        /// Takes the times that were recorded since the last call.
        pub(crate) fn take_runs(&self) -> Vec<(u32, u64)> {
            core::mem::take(&mut *lock(&self.runs))
        }

        /// Calls `add` with the number of each site that was entered, and how often.
        pub(crate) fn each(&self, mut add: impl FnMut(u32, u64)) {
            for (site, count) in (0..).zip(self.entries().0) {
                let count = count.load(Ordering::Relaxed);
                if count != 0 {
                    add(site, count);
                }
            }
        }
    }

    impl Entries {
        /// A copy with room for the site at `index`. Called only by the thread that counts here.
        fn with_room(self, index: usize) -> Self {
            let length = (index + 1).next_power_of_two().max(16);
            let before = self.0.iter().map(|count| count.load(Ordering::Relaxed));
            let counts = before.chain(core::iter::repeat(0)).take(length);
            let counts: Box<[_]> = counts.map(AtomicU64::new).collect();
            Self(Box::leak(counts))
        }
    }

    #[cfg(test)]
    mod tests {
        use super::{ROOM, TIMED, Table};

        #[test]
        fn every_entry_counts_once_whichever_way_it_takes() {
            let table = Table::new();
            let mut timed = 0;
            for entry in 0..10 * TIMED {
                for site in [1, 40] {
                    if !table.entries().count(site) {
                        let (is_timed, moved) = table.count(site);
                        assert_eq!(moved, entry == 0, "{site}");
                        timed += u64::from(is_timed);
                    }
                }
            }
            let mut counts = Vec::new();
            table.each(|site, count| counts.push((site, count)));
            assert_eq!(counts, [(1, 10 * TIMED), (40, 10 * TIMED)]);
            assert_eq!(timed, 2 * 10);
        }

        #[test]
        fn times_wait_to_be_published_and_no_more_than_there_is_room_for() {
            let table = Table::new();
            for nanos in 0..2 * ROOM as u64 {
                table.add_run(7, nanos);
            }
            let runs = table.take_runs();
            assert_eq!((runs.len(), runs[0]), (ROOM, (7, 0)));
            assert_eq!(table.take_runs(), []);
        }
    }
}

#[cfg(not(feature = "metrics"))]
mod kind {
    /// Without the feature: counts nothing.
    #[derive(Clone, Copy)]
    pub(crate) struct Entries;

    impl Entries {
        #[inline(always)]
        #[allow(clippy::unused_self, reason = "the shape with the feature")]
        pub(crate) fn count(self, _: u32) -> bool {
            true
        }
    }

    pub(crate) struct Table;

    impl Table {
        pub(crate) const fn new() -> Self {
            Self
        }

        #[inline(always)]
        #[allow(clippy::unused_self, reason = "the shape with the feature")]
        pub(crate) fn entries(&self) -> Entries {
            Entries
        }

        #[inline(always)]
        #[allow(clippy::unused_self, reason = "the shape with the feature")]
        pub(crate) fn count(&self, _: u32) -> (bool, bool) {
            (false, false)
        }

        #[allow(clippy::unused_self, reason = "the shape with the feature")]
        pub(crate) fn add_run(&self, _: u32, _: u64) {}
    }
}
