//! Pauses: spans in which the whole process stood still, because it was stopped or the machine starved it.
//!
//! The ticker detects them when it wakes long after it planned to. It records a pause before it ticks, and no
//! thread trips because of a pause that is not recorded yet, since every reader sees that the ticker is late. A
//! recorded pause begins where the ticker went to sleep, at most 80 ms before the process stood still, so nobody is
//! given back too little. A suspended machine is not a pause, because the monotonic clock stands still as well.

use std::sync::Mutex;

use crate::base::lock::lock;
use crate::base::reentry;

/// The shortest pause, in nanoseconds. Anything shorter is normal load and counts.
const LEAST: u64 = 100_000_000;

/// How many pauses are kept. Time lost to older ones is not given back.
const ROOM: usize = 1024;

/// A pause, as its beginning and its end.
type Pause = (u64, u64);

struct Pauses {
    /// When the ticker went to sleep, and when it plans to wake.
    asleep: Option<Pause>,
    /// The pauses that were recorded, in order.
    seen: Vec<Pause>,
}

static PAUSES: Mutex<Pauses> = Mutex::new(Pauses::new());

/// The ticker goes to sleep now and plans to wake at `until`.
pub(crate) fn sleep(now: u64, until: u64) {
    lock(&PAUSES).asleep = Some((now, until));
}

/// The ticker is awake again.
pub(crate) fn wake(now: u64) {
    reentry::bar(|| lock(&PAUSES).wake(now));
}

/// How much of the span between these moments the process stood still.
pub(crate) fn between(from: u64, now: u64) -> u64 {
    lock(&PAUSES).between(from, now)
}

impl Pauses {
    const fn new() -> Self {
        Self {
            asleep: None,
            seen: Vec::new(),
        }
    }

    /// The pause that is in progress at `now`, or ends there.
    fn present(&self, now: u64) -> Option<Pause> {
        let (from, until) = self.asleep?;
        (now > until.saturating_add(LEAST)).then_some((from, now))
    }

    fn wake(&mut self, now: u64) {
        let pause = self.present(now);
        self.asleep = None;
        if let Some(pause) = pause {
            if self.seen.len() == ROOM {
                self.seen.remove(0);
            }
            self.seen.push(pause);
        }
    }

    fn between(&self, from: u64, now: u64) -> u64 {
        let present = self.present(now);
        let all = self.seen.iter().copied().chain(present);
        let parts = all.map(|(begin, end)| end.min(now).saturating_sub(begin.max(from)));
        parts.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{LEAST, Pauses, ROOM};

    #[test]
    fn who_wakes_in_time_was_not_paused() {
        let mut pauses = Pauses::new();
        pauses.asleep = Some((100, 200));
        pauses.wake(200 + LEAST);
        assert_eq!(pauses.between(0, 300 + LEAST), 0);
    }

    #[test]
    fn a_pause_counts_while_it_goes_on_and_no_more_than_once() {
        let mut pauses = Pauses::new();
        pauses.asleep = Some((100, 200));
        let end = 200 + 9 * LEAST;
        assert_eq!(
            pauses.between(0, end),
            end - 100,
            "it is not written down yet"
        );
        assert_eq!(pauses.between(150, end), end - 150, "the scope began in it");
        pauses.wake(end);
        for now in [end, end + 5 * LEAST] {
            assert_eq!(pauses.between(0, now), end - 100);
            assert_eq!(pauses.between(end - 7, now), 7);
            assert_eq!(pauses.between(end, now), 0);
        }
    }

    #[test]
    fn without_a_plan_the_ticker_is_never_late() {
        let mut pauses = Pauses::new();
        pauses.asleep = Some((100, u64::MAX));
        assert_eq!(pauses.between(0, u64::MAX - 1), 0);
        pauses.wake(1 << 60);
        assert!(pauses.seen.is_empty());
    }

    #[test]
    fn the_last_ones_are_kept() {
        let mut pauses = Pauses::new();
        for pause in 0..2 * ROOM as u64 {
            let begin = 1 + pause * 4 * LEAST;
            pauses.asleep = Some((begin, begin));
            pauses.wake(begin + 2 * LEAST);
        }
        assert_eq!(pauses.between(0, u64::MAX), ROOM as u64 * 2 * LEAST);
    }
}
