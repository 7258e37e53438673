//! `testing::every_trip` and `testing::LeakCheck`.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use guard_runtime::testing::{LeakCheck, every_trip};
use guard_runtime::{Budget, Cause, Exit, Tripped, checkpoint, defer, loop_guard, shield, testing};

use harness::events::silently;

#[loop_guard(timeout = "1s")]
fn sum(numbers: &[u32]) -> Result<u32, Tripped> {
    let mut sum = 0;
    for n in numbers {
        sum += n;
    }
    Ok(sum)
}

#[test]
fn each_check_trips_once_strips_included() {
    let runs = RefCell::new(Vec::new());
    let trips = every_trip(|| {
        runs.borrow_mut()
            .push(sum(&[1, 2, 3]).map_err(|tripped| tripped.location().line()));
    });
    let runs = runs.into_inner();
    assert_eq!((trips, runs.len()), (4, 5));
    assert_eq!(*runs.last().unwrap(), Ok(6));
    let [entry, first, second, third] = [0, 1, 2, 3].map(|run| runs[run].unwrap_err());
    assert!(entry <= first && first == second && second == third);
}

#[test]
fn it_is_the_same_each_time_and_leaves_no_trace() {
    let all = || {
        let trips = RefCell::new(Vec::new());
        every_trip(|| {
            trips
                .borrow_mut()
                .push(nested(3).map_err(|tripped| tripped.to_string()));
        });
        trips.into_inner()
    };
    let first = all();
    assert_eq!(first, all());
    assert!(sum(&[1, 2, 3]).is_ok());
    assert_eq!(first, all());
}

#[loop_guard(timeout = "1s")]
fn nested(n: u32) -> Result<u32, Tripped> {
    let mut sum = 0;
    for n in 0..n {
        sum += inner(n)?;
    }
    Ok(sum)
}

#[loop_guard(timeout = "1m", iterations = 100)]
fn inner(n: u32) -> Result<u32, Tripped> {
    let mut sum = 0;
    while sum < n {
        sum += std::hint::black_box(1);
    }
    Ok(sum)
}

#[test]
fn the_innermost_scope_trips() {
    let scopes = RefCell::new(Vec::new());
    let trips = every_trip(|| {
        if let Err(tripped) = nested(2) {
            assert!(
                matches!(tripped.cause(), Cause::Timeout { limit, elapsed } if elapsed == limit + Duration::from_nanos(1))
            );
            scopes
                .borrow_mut()
                .push(tripped.scope().rsplit(':').next().unwrap());
        }
    });
    let wanted = ["nested", "nested", "inner", "nested", "inner", "inner"];
    assert_eq!(scopes.into_inner(), wanted);
    assert_eq!(trips, 6);
}

#[loop_guard(iterations = 5)]
fn counted(n: u32) -> Result<u32, Tripped> {
    for _ in 0..n {
        checkpoint()?;
    }
    Ok(n)
}

#[test]
fn a_scope_without_a_time_trips_by_its_iterations() {
    let trips = every_trip(|| {
        if let Err(tripped) = counted(2) {
            assert_eq!(tripped.cause(), Cause::Iterations { limit: 0 });
        }
    });
    assert_eq!(trips, 5);
}

#[test]
fn what_is_in_no_scope_is_not_tripped() {
    let trips = every_trip(|| {
        assert!(checkpoint().is_ok());
        inherits(3);
        _ = Budget::timeout(Duration::from_secs(1)).run(|| {
            shield(|| {
                assert!(checkpoint().is_ok());
                inherits(3);
            });
        });
    });
    assert_eq!(trips, 1, "the entry");
}

#[loop_guard(inherit)]
fn inherits(n: u32) {
    let mut left = n;
    while left > 0 {
        left -= std::hint::black_box(1);
    }
}

#[loop_guard(timeout = "1s")]
fn no_place_for_an_error(n: u32) -> u32 {
    inherits(n);
    (0..n).for_each(|n| {
        for _ in 0..n {
            inherits(1);
        }
    });
    n
}

#[test]
fn a_trip_that_has_no_place_ends_the_run() {
    let done = Cell::new(0);
    let trips = every_trip(|| {
        assert_eq!(no_place_for_an_error(3), 3);
        done.set(done.get() + 1);
    });
    // Entry, three iterations, and (a step and its iteration) three times.
    assert_eq!((trips, done.get()), (10, 1));
}

fn message(f: impl FnOnce()) -> String {
    let payload = silently(|| catch_unwind(AssertUnwindSafe(f))).unwrap_err();
    payload.downcast_ref::<String>().expect("a text").clone()
}

#[test]
fn it_tells_the_check_at_which_an_assertion_failed() {
    let books = RefCell::new((0, 0));
    let said = message(|| {
        every_trip(|| {
            *books.borrow_mut() = (0, 0);
            _ = Budget::timeout(Duration::from_secs(1))
                .named("booking")
                .run(|| {
                    books.borrow_mut().0 += 1;
                    checkpoint()?;
                    books.borrow_mut().1 += 1;
                    checkpoint()
                });
            let (debit, credit) = *books.borrow();
            assert_eq!(debit, credit, "unbalanced");
        });
    });
    assert!(
        said.starts_with("every_trip: failed with a trip at check 2 (the `checkpoint` at "),
        "{said}"
    );
    assert!(
        said.contains("in the scope of booking (") && said.contains("unbalanced"),
        "{said}"
    );
    let said = message(|| {
        every_trip(|| assert!(sum(&[1]).is_err(), "it did not trip"));
    });
    assert!(
        said.contains("failed in the run without a trip: it did not trip"),
        "{said}"
    );
}

#[test]
fn a_loop_that_only_a_trip_ends_is_given_up() {
    let said = message(|| {
        every_trip(|| {
            Budget::timeout(Duration::from_secs(1)).run(|| while checkpoint().is_ok() {})
        });
    });
    assert!(said.contains("more than 3000 checks"), "{said}");
    assert!(sum(&[1]).is_ok(), "nothing of it is left");
}

#[test]
fn cleanup_is_cut_as_well_and_told_why() {
    let told = RefCell::new(Vec::new());
    let trips = every_trip(|| {
        let log = |what: &str| told.borrow_mut().push(what.to_owned());
        _ = Budget::timeout(Duration::from_secs(1)).run(|| {
            defer!(|exit| log(match checkpoint() {
                Err(tripped) => tripped.scope(),
                Ok(()) if matches!(exit, Exit::Tripped(_)) => "after a trip",
                Ok(()) => "after the end",
            }));
            checkpoint()
        });
    });
    assert_eq!(trips, 3);
    assert_eq!(
        told.into_inner(),
        ["after a trip", "cleanup", "after the end"]
    );
}

#[test]
fn a_clock_that_is_paused_already_stays_so() {
    let _paused = harness::Paused::new();
    every_trip(|| {
        testing::advance(Duration::from_millis(1));
        sum(&[1, 2])
    });
    testing::advance(Duration::from_millis(1));
}

#[test]
fn forgotten_cleanup_is_found() {
    let leaks = LeakCheck::new();
    let kept = defer(|_| ());
    assert_eq!(leaks.deferred(), 1);
    drop(kept);
    leaks.assert_clean();
    let outcome = Budget::timeout(Duration::MAX).run(|| {
        assert_eq!(leaks.open_scopes(), 1);
        let said = message(|| leaks.assert_clean());
        assert_eq!(
            said,
            "left behind on this thread: 1 open scopes, 0 deferred calls that were not made"
        );
    });
    assert!(outcome.is_ok());
    let said = message(|| {
        every_trip(|| {
            if sum(&[1]).is_err() {
                std::mem::forget(defer(|_| ()));
            }
        });
    });
    assert!(
        said.contains("at check 1 ")
            && said.ends_with("left 0 scopes open and 1 deferred calls not made"),
        "{said}"
    );
}
