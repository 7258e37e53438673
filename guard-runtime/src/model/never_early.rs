//! Never early: scopes that read no clock, against a ticker that is late between any two of its steps.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;

use crate::model::explore::{NOW, explore};
use crate::stack::frames::Stack;
use crate::time::epoch::{Epoch, GAP};
use crate::time::ticker::{Ticker, World};

/// A clock that moves at every reading and in every stall, by much more than the longest gap without lag.
#[derive(Clone)]
struct Passing(Arc<AtomicU64>);

impl Passing {
    const STEP: u64 = 4 * GAP;

    /// The same for all threads, and it never goes back. A thread that reads it sees what was done before an earlier
    /// reading.
    fn read(&self) -> u64 {
        self.0.fetch_add(0, Ordering::SeqCst)
    }
}

impl World for Passing {
    fn now(&self) -> u64 {
        self.0.fetch_add(Self::STEP, Ordering::SeqCst)
    }

    fn stall(&self) {
        self.0.fetch_add(Self::STEP, Ordering::SeqCst);
    }

    fn any_open(&self) -> bool {
        true
    }

    fn sleep(&self, _: u64) {}
}

/// The deadline of a scope that opens without a clock read is no earlier than its start plus its limit, at whatever
/// moment it opens, and however late the ticker is between two of its steps.
///
/// Catches: a relaxed load or store of the lag, or of `settled`; a gap that ends at the clock reading of its own tick,
/// or at any other one before the publication; a word that is settled before the gap before it is in the lag.
#[test]
fn a_scope_that_reads_no_clock_is_never_early() {
    explore(None, || never_early(false, false));
}

/// The same for a scope that opens while ticks are slow.
///
/// Catches: a deadline counted from a slow word as if it were a fast one.
#[test]
fn a_scope_that_opens_with_a_slow_word_is_never_early() {
    explore(None, || never_early(true, false));
}

/// The same for a scope that opens under a word that a thread has bumped.
///
/// Catches: a bump by a load and a store, which hides the release of the last tick.
#[test]
fn a_scope_that_opens_with_a_bumped_word_is_never_early() {
    explore(Some(3), || never_early(false, true));
}

fn never_early(slow: bool, bumped: bool) {
    const LIMIT: u64 = 10_000_000_000;
    let epoch = Arc::new(Epoch::new());
    let clock = Passing(Arc::new(AtomicU64::new(NOW)));
    let stack = Stack::new();
    new_ticker(&epoch, clock.clone(), slow).tick();
    let ticker = {
        let (epoch, clock) = (epoch.clone(), clock.clone());
        thread::spawn(move || {
            let mut ticker = new_ticker(&epoch, clock, slow);
            ticker.tick();
            ticker.tick();
            ticker.tick();
            epoch.load()
        })
    };
    if bumped {
        epoch.bump();
    }
    // The word of the thread's last check may be of any age.
    let (lag, word) = epoch.load_with_lag();
    stack.admit(word, Some(lag));
    let began = clock.read();
    if epoch.load() != stack.entry_word() {
        // The entry would read the clock, which is another case.
        ticker.join().unwrap();
        return;
    }
    stack.enter(1, Some(LIMIT));
    let early = |stack: &Stack| {
        let earliest = stack.earliest(&epoch);
        (
            earliest.is_settled(),
            earliest.is_settled() && earliest.due < began + LIMIT,
        )
    };
    assert!(!early(&stack).1, "as soon as it is settled");
    let last = ticker.join().unwrap();
    // Once more, with a deadline that is computed only after the ticker has settled everything.
    stack.set_depth(0);
    stack.enter(1, Some(LIMIT));
    assert_eq!(early(&stack), (word < last, false), "when all is settled");
}

fn new_ticker(epoch: &Epoch, clock: Passing, slow: bool) -> Ticker<'_, Passing> {
    let ticker = Ticker::new(epoch, clock);
    if slow { ticker.slow() } else { ticker }
}
