//! A closure of one activation that is called in another activation counts there, as the documentation says.

use std::cell::Cell;

use guard_runtime::{Cause, Tripped, loop_guard};

#[loop_guard(iterations = 10)]
fn outer(hand_on: bool, turns: &Cell<u32>, call: &dyn Fn()) -> Result<(), Tripped> {
    let three = || {
        for _ in 0..3 {
            turns.set(turns.get() + 1);
        }
    };
    if hand_on {
        // Three iterations of its own, then an activation with ten, which calls the closure of this one.
        three();
        outer(false, turns, &three)?;
        three();
        return Ok(());
    }
    loop {
        call();
    }
}

#[test]
fn the_innermost_activation_counts_them_and_is_exact() {
    let turns = Cell::new(0);
    let tripped = outer(true, &turns, &|| {}).unwrap_err();
    assert_eq!(tripped.cause(), Cause::Iterations { limit: 10 });
    // Three of this activation, and up to ten of the inner one, some of which its own loop has used.
    assert!((3..=3 + 10).contains(&turns.get()), "{}", turns.get());

    let turns = Cell::new(0);
    assert!(outer(false, &turns, &|| turns.set(turns.get() + 1)).is_err());
    assert_eq!(turns.get(), 10, "the loop's own are exact");
}
