//! Never early: scopes that read no clock, against a ticker that is late between any two of its steps.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;

use crate::model::explore::{NOW, explore};
use crate::stack::frames::Stack;
use crate::time::epoch::{Epoch, GAP};
use crate::time::ticker::{Ticker, World};

/// Time that passes: at every reading and in every stall, by much more than a gap may be long.
#[derive(Clone)]
struct Passing(Arc<AtomicU64>);

impl Passing {
    const STEP: u64 = 4 * GAP;

    /// What a clock is: the same for all, and never back. Who reads it has seen what was done before
    /// an earlier reading.
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

/// Never early: a scope that opens with a word, at any moment of a ticker that is late between any
/// two of its steps, has no deadline before its start and its limit.
///
/// Caught: either of the lag's, or of `settled`'s, two accesses relaxed; a gap that ends at the tick's own clock reading, or at one before its publication; a word
/// that is settled before its gap is.
#[test]
fn a_scope_that_reads_no_clock_is_never_early() {
    explore(None, || never_early(false, false));
}

/// Nor is one that opens while ticks are slow.
///
/// Caught: a slow word that is taken for a fast one when the deadline is counted from it.
#[test]
fn a_scope_that_opens_with_a_slow_word_is_never_early() {
    explore(None, || never_early(true, false));
}

/// Nor is one that opens with a word that a thread has bumped.
///
/// Caught: a bump in two steps, which takes the last tick's release away.
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
    // The thread's last check was at any time before.
    let (lag, word) = epoch.load_with_lag();
    stack.admit(word, Some(lag));
    let began = clock.read();
    if epoch.load() != stack.entry_word() {
        // The clock is read.
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
    // The same once more, worked out late.
    stack.set_depth(0);
    stack.enter(1, Some(LIMIT));
    assert_eq!(early(&stack), (word < last, false), "when all is settled");
}

fn new_ticker(epoch: &Epoch, clock: Passing, slow: bool) -> Ticker<'_, Passing> {
    let ticker = Ticker::new(epoch, clock);
    if slow { ticker.slow() } else { ticker }
}
