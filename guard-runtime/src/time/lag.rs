//! How late ticks were, and when: what the ticker knows about the process being starved or stopped.
//!
//! A scope that reads no clock at its entry needs the lag of one gap, the gap in which it began, and may need it at
//! any later time. So the sum of all lag is kept as a history: for each late gap, the word before it and the sum up
//! to its end. The scope uses the record of the first late gap that began after it: that sum is at least the sum at
//! the end of the scope's own gap, and contains no lag of its later life.
//!
//! Of older records only every second, fourth, and so on is kept: level `n` holds the last [`LENGTH`] records whose
//! number is a multiple of 2^n. A missing record makes the answer later, by the lag until the next record that was
//! kept: less than one part in [`LENGTH`] of the scope's age.
//!
//! # Orderings
//!
//! Only the ticker writes. It stores the sum of a record before the word, both with release, and a reader loads the
//! word first with acquire: the sum it then finds belongs to that word or to a later one. A later sum, or another
//! record in the same place, only makes the answer later.

use crate::base::sync::{AtomicU64, Ordering, array, const_fn};

/// How many records a level holds.
const LENGTH: usize = if cfg!(guard_loom) { 1 } else { 64 };

/// 64 late gaps times 2^8 cover minutes of a machine that is starved all the time.
const LEVELS: usize = if cfg!(guard_loom) { 1 } else { 9 };

struct Record {
    /// The word before a late gap.
    before: AtomicU64,
    /// The sum of all lag up to the end of that gap.
    sum: AtomicU64,
}

impl Record {
    const_fn! {
        /// An empty record: no scope began before the first word.
        fn new() -> Self {
            Self { before: AtomicU64::new(0), sum: AtomicU64::new(0) }
        }
    }

    fn write(&self, before: u64, sum: u64) {
        self.sum.store(sum, Ordering::Release);
        self.before.store(before, Ordering::Release);
    }

    /// The sum, if this is the record of a gap that began after `word`.
    fn sum_after(&self, word: u64) -> Option<u64> {
        let later = self.before.load(Ordering::Acquire) > word;
        later.then(|| self.sum.load(Ordering::Acquire))
    }
}

/// By how much gaps between ticks exceeded their allowed length, in all, and when.
pub(crate) struct Lag {
    sum: AtomicU64,
    /// How many gaps were late.
    count: AtomicU64,
    history: [[Record; LENGTH]; LEVELS],
}

impl Lag {
    const_fn! {
        pub(crate) fn new() -> Self {
            Self {
                sum: AtomicU64::new(0),
                count: AtomicU64::new(0),
                history: array![array![Record::new(); LENGTH]; LEVELS],
            }
        }
    }

    /// The sum of all lag. The acquire load also makes the word visible that ended the last late gap.
    #[inline(always)]
    pub(crate) fn sum(&self) -> u64 {
        self.sum.load(Ordering::Acquire)
    }

    /// Records that the gap after the word `before` was late by `excess`. Only the ticker calls this.
    pub(crate) fn add(&self, before: u64, excess: u64) {
        let sum = self.sum.load(Ordering::Relaxed);
        let number = self.count.load(Ordering::Relaxed);
        self.count.store(number + 1, Ordering::Relaxed);
        for (level, records) in self.history.iter().enumerate() {
            if number % (1 << level) != 0 {
                break;
            }
            #[allow(clippy::cast_possible_truncation, reason = "less than `LENGTH`")]
            let index = ((number >> level) % LENGTH as u64) as usize;
            records[index].write(before, sum);
        }
        self.sum
            .store(sum.saturating_add(excess), Ordering::Release);
    }

    /// An upper bound of the lag of the gap after `word`, if that gap is over; `entry` is the sum that was loaded
    /// before `word`.
    pub(crate) fn after(&self, word: u64, entry: u64) -> u64 {
        let now = self.sum();
        if now == entry {
            return 0;
        }
        let records = self.history.iter().flatten();
        let sums = records.filter_map(|record| record.sum_after(word));
        sums.fold(now, u64::min).saturating_sub(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::{LENGTH, Lag};

    #[test]
    fn only_the_gap_after_the_word_counts() {
        let lag = Lag::new();
        lag.add(100, 7);
        let entry = lag.sum();
        // The gaps after 200 and 300 were on time.
        assert_eq!(lag.after(200, entry), 0);
        lag.add(400, 50);
        assert_eq!(lag.after(200, entry), 0, "it began before the late gap");
        assert_eq!(lag.after(400, entry), 50, "it began in it");
        lag.add(500, 1000);
        assert_eq!(lag.after(200, entry), 0);
        assert_eq!(lag.after(400, entry), 50);
        // A word that was bumped in the middle of the gap.
        assert_eq!(lag.after(404, entry), 50);
    }

    #[test]
    fn what_is_forgotten_makes_it_later_by_a_small_part_of_its_age() {
        let lag = Lag::new();
        let mut scopes = Vec::new();
        for tick in 1..=100_000_u64 {
            scopes.push((tick * 10, lag.sum()));
            lag.add(tick * 10, 3);
        }
        for (word, entry) in scopes.into_iter().rev().take(16_000) {
            let late = lag.after(word, entry);
            let age = lag.sum() - entry;
            assert!(late >= 3, "never less than its own gap's");
            assert!(late <= 6 + 2 * age / LENGTH as u64, "{late} of {age}");
        }
    }
}
