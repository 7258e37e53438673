//! A closure of one activation that is called in another activation of the same function counts there, as the
//! documentation says, and in no activation of another function, not even of one that a macro writes at the same place.

use std::cell::Cell;

use guard_runtime::{Budget, Cause, Tripped, loop_guard};

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

macro_rules! twins {
    ($($twin:ident)*) => {$(
        mod $twin {
            use super::*;

            /// Lends `around` a closure with three iterations, and makes none itself.
            #[loop_guard(budget = Budget::new().iterations(limit).named("twin"))]
            pub(super) fn count(limit: u64, around: &dyn Fn(&dyn Fn())) -> Result<(), Tripped> {
                around(&|| {
                    for _ in core::iter::repeat_n((), 3) {
                        std::hint::black_box(());
                    }
                });
                Ok(())
            }
        }
    )*};
}
twins!(first second);

#[test]
fn no_other_function_of_the_same_place_counts_them() {
    // The closure of the first one, with three iterations, is called inside the second one, which may make one.
    let limit_spent = |limit| {
        let spent = Cell::new(None);
        let outcome = first::count(limit, &|three| {
            let inside = second::count(1, &|_| three());
            spent.set(inside.err().map(|tripped| tripped.cause()));
        });
        (spent.get(), outcome.is_ok())
    };
    assert_eq!(limit_spent(3), (None, true));
    assert_eq!(limit_spent(2).0, Some(Cause::Iterations { limit: 2 }));
    let tripped = second::count(2, &|three| three()).unwrap_err();
    assert_eq!(tripped.cause(), Cause::Iterations { limit: 2 });
}
