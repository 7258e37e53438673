//! `defer!`: order, bounds, the handle.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use guard_runtime::{Budget, Exit, Tripped, checkpoint, defer, loop_guard, remaining, testing};

use harness::Paused;
use harness::events::{self, silently};

const MS: Duration = Duration::from_millis(1);

#[test]
fn every_form_runs_last_in_first_out() {
    let told = RefCell::new(Vec::new());
    let say = |what: &'static str| told.borrow_mut().push(what);
    let limit = 50 * MS;
    {
        defer! {
            say("block");
            say("of two");
        }
        defer! { say("without a semicolon") }
        defer!(|_| say("closure"));
        defer!(|exit| {
            assert!(matches!(exit, Exit::Returned));
            say("told why");
        });
        defer!(|exit: &Exit<'_>| say(if matches!(exit, Exit::Returned) {
            "typed"
        } else {
            ""
        }),);
        defer!(move |_| say("moved"));
        defer!(|| say("of nothing"));
        defer!(within = "100ms", |_| say("bounded"));
        defer!(within = limit, { say("bounded by a value") });
        defer!(
            within = Duration::from_secs(1),
            say("bounded without braces")
        );
        say("body");
    }
    assert_eq!(
        told.into_inner(),
        [
            "body",
            "bounded without braces",
            "bounded by a value",
            "bounded",
            "of nothing",
            "moved",
            "typed",
            "told why",
            "closure",
            "without a semicolon",
            "block",
            "of two",
        ]
    );
}

#[test]
fn a_return_leaves_the_block_that_is_deferred() {
    let done = Cell::new(0);
    {
        defer! {
            done.set(1);
            if done.get() == 1 {
                return;
            }
            done.set(2);
        }
    }
    assert_eq!(done.get(), 1);
}

#[test]
fn a_handle_is_defused_or_not() {
    let runs = Cell::new(0);
    for defuse in [true, false] {
        let undo = defer(|_| runs.set(runs.get() + 1)).within(10 * MS);
        if defuse {
            undo.defuse();
        }
    }
    assert_eq!(runs.get(), 1);
}

#[test]
fn what_was_moved_in_is_dropped_once_run_or_not() {
    let value = std::rc::Rc::new(());
    for defuse in [true, false] {
        let moved = value.clone();
        let handle = defer(move |_| assert_eq!(std::rc::Rc::strong_count(&moved), 2));
        if defuse {
            handle.defuse();
        } else {
            drop(handle);
        }
        assert_eq!(std::rc::Rc::strong_count(&value), 1);
    }
}

/// Works for this long, unless a checkpoint trips.
fn work(time: Duration) -> Result<(), Tripped> {
    let mut left = time;
    while left > Duration::ZERO {
        checkpoint()?;
        testing::advance(MS);
        left = left.saturating_sub(MS);
    }
    Ok(())
}

#[test]
fn it_has_a_budget_of_its_own_whatever_the_scope_has_left() {
    let _paused = Paused::new();
    events::take();
    let (left, done) = (Cell::new(None), Cell::new(false));
    let outcome = Budget::timeout(10 * MS).run(|| {
        defer!(within = "100ms", |exit| {
            assert!(matches!(exit, Exit::Tripped(tripped) if tripped.scope() == "budget"));
            left.set(remaining());
            done.set(work(100 * MS).is_ok());
        });
        work(20 * MS)
    });
    assert!(outcome.expect("nothing unwinds").is_err());
    assert_eq!(left.get(), Some(100 * MS));
    assert!(done.get());
    assert_eq!(events::take().len(), 1, "the trip alone");
}

#[test]
fn its_checks_trip_when_that_is_over_and_that_is_told() {
    let _paused = Paused::new();
    for (bound, allowed) in [(None, "1s"), (Some(30 * MS), "30ms")] {
        events::take();
        let cut = RefCell::new(None);
        let handle = defer(|_| *cut.borrow_mut() = work(Duration::from_secs(9)).err());
        let handle = match bound {
            Some(bound) => handle.within(bound),
            None => handle,
        };
        drop(handle);
        let tripped = cut.take().expect("cut");
        assert_eq!(tripped.scope(), "cleanup");
        assert!(tripped.scope_location().file().ends_with("defer.rs"));
        let told = events::take();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].contains(&format!("ran out of time: {allowed} allowed")),
            "{told:?}"
        );
        assert!(
            told[1].contains(&format!("took too long: {allowed} allowed")),
            "{told:?}"
        );
    }
}

#[test]
fn that_it_took_too_long_is_told_if_no_check_noticed() {
    let _paused = Paused::new();
    for (time, events) in [(1000 * MS, 0), (1001 * MS, 1)] {
        events::take();
        {
            defer! { testing::advance(time); }
        }
        let told = events::take();
        assert_eq!(told.len(), events, "{told:?}");
        assert!(
            told.iter()
                .all(|line| line.contains("1s allowed, 1.001s taken")),
            "{told:?}"
        );
    }
}

#[loop_guard(inherit)]
fn no_place_for_an_error(time: Duration) {
    let mut left = time;
    while left > Duration::ZERO {
        testing::advance(MS);
        left = left.saturating_sub(MS);
    }
}

#[test]
fn a_function_without_a_place_for_an_error_is_cut_too_and_nothing_else() {
    let _paused = Paused::new();
    events::take();
    let (before, after) = (Cell::new(false), Cell::new(false));
    {
        defer! { after.set(true); }
        defer!(within = "5ms", {
            before.set(true);
            no_place_for_an_error(Duration::from_secs(9));
            before.set(false);
        });
    }
    assert!(before.get() && after.get());
    let told = events::take();
    assert_eq!(told.len(), 2, "the trip and the overrun: {told:?}");
}

#[loop_guard(timeout = "10ms")]
fn own_scope_without_a_place() {
    no_place_for_an_error(Duration::from_secs(9));
}

#[test]
fn the_trip_of_a_scope_inside_is_a_panic_of_the_cleanup() {
    let _paused = Paused::new();
    let after = Cell::new(false);
    let outcome = silently(|| {
        catch_unwind(AssertUnwindSafe(|| {
            defer!(|exit| after.set(matches!(exit, Exit::Panicked)));
            defer! { own_scope_without_a_place(); }
        }))
    });
    let report = outcome.unwrap_err();
    assert!(
        report
            .downcast_ref::<String>()
            .unwrap()
            .contains("own_scope_without_a_place")
    );
    assert!(after.get());
}

#[test]
fn made_while_the_thread_unwinds_it_is_told_of_its_own_block() {
    struct Unwound<'t>(&'t RefCell<Vec<String>>);
    impl Drop for Unwound<'_> {
        fn drop(&mut self) {
            defer!(|exit| self.0.borrow_mut().push(exit.to_string()));
        }
    }
    let told = RefCell::new(Vec::new());
    let outcome = silently(|| {
        catch_unwind(AssertUnwindSafe(|| {
            let _unwound = Unwound(&told);
            panic!("first");
        }))
    });
    assert!(outcome.is_err());
    assert_eq!(told.into_inner(), ["returned"]);
}

#[test]
fn an_error_that_was_swallowed_is_a_trip_all_the_same() {
    let _paused = Paused::new();
    let told = Cell::new(false);
    let outcome = Budget::timeout(MS).run(|| {
        defer!(|exit| told.set(matches!(exit, Exit::Tripped(_))));
        _ = work(5 * MS);
    });
    assert!(outcome.is_ok() && told.get());
}

#[test]
fn a_trip_from_before_is_no_reason() {
    let _paused = Paused::new();
    let told = RefCell::new(Vec::new());
    let outcome = Budget::timeout(MS).run(|| {
        _ = work(5 * MS);
        defer!(|exit| told.borrow_mut().push(exit.to_string()));
    });
    assert!(outcome.is_ok());
    // Neither is a trip in a scope that is gone.
    Budget::timeout(MS).run(|| _ = work(5 * MS)).unwrap();
    Budget::timeout(MS)
        .run(|| {
            Budget::timeout(MS)
                .run(|| {
                    defer!(|exit| told.borrow_mut().push(exit.to_string()));
                    _ = Budget::timeout(Duration::ZERO).run(|| work(MS));
                })
                .unwrap();
        })
        .unwrap();
    assert_eq!(told.into_inner(), ["returned", "returned"]);
}

mod real;
