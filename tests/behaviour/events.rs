//! What the hook is told.

use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use guard_runtime::{Budget, Tripped, checkpoint, defer, loop_guard, testing};

use harness::events::{silently, take, then};
use harness::{Paused, exits};

#[loop_guard(timeout = "1s")]
fn swallows(times: u32) -> Result<(), Tripped> {
    testing::advance(Duration::from_secs(2));
    for _ in 0..times {
        _ = checkpoint();
    }
    checkpoint()
}

#[test]
fn a_trip_is_told_once_for_each_activation() {
    let _paused = Paused::new();
    take();
    for _ in 0..2 {
        assert!(swallows(3).is_err());
    }
    let told = take();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].contains("events::swallows") && told[0].contains("1s allowed"),
        "{told:?}"
    );
}

#[loop_guard(iterations = 3)]
fn counted(n: u32) -> Result<(), Tripped> {
    for _ in 0..n {
        std::hint::black_box(n);
    }
    Ok(())
}

#[test]
fn so_is_one_of_iterations() {
    take();
    assert!(counted(3).is_ok());
    assert!(counted(4).is_err());
    assert!(counted(4).is_err());
    assert_eq!(take().len(), 2);
}

#[loop_guard(iterations = 3, on_trip = "break")]
fn broken() -> u32 {
    let mut n = 0;
    for _ in 0..10 {
        n += 1;
    }
    n
}

#[test]
fn a_loop_that_was_broken_off_is_told() {
    take();
    assert_eq!(broken(), 3);
    let told = take();
    assert_eq!(told.len(), 2, "the trip, and what came of it: {told:?}");
    assert!(told[1].contains("events::broken"), "{told:?}");
    assert!(
        told[1].ends_with("was broken off, as `on_trip = \"break\"` says"),
        "{told:?}"
    );
}

#[test]
fn a_panic_in_the_hook_changes_nothing() {
    take();
    then(Some(|_| panic!("in the hook")));
    let outcome = silently(|| catch_unwind(|| counted(4)));
    then(None);
    assert!(outcome.expect("no panic").is_err());
    assert_eq!(take().len(), 1);
}

#[test]
fn a_hook_may_call_guarded_code_which_is_not_told_again() {
    let _paused = Paused::new();
    take();
    then(Some(|_| {
        assert!(checkpoint().is_ok(), "the trip is not the hook's");
        assert!(counted(3).is_ok());
        assert!(counted(4).is_err());
        exits::note("through");
    }));
    let outcome = Budget::timeout(Duration::from_secs(1)).run(|| {
        let outcome = swallows(2);
        assert!(checkpoint().is_err(), "the trip is still there");
        outcome
    });
    then(None);
    assert!(outcome.expect("the scope had ended well").is_err());
    let told = take();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(exits::told(), ["through"]);
}

#[test]
fn a_hook_that_panics_while_the_thread_unwinds_does_not_abort() {
    take();
    then(Some(|_| panic!("in the hook")));
    let outcome = silently(|| {
        catch_unwind(AssertUnwindSafe(|| {
            defer!(|_| panic!("second"));
            panic!("first");
        }))
    });
    then(None);
    assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"first"));
    let told = take();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].ends_with("panicked, which goes no further: second"),
        "{told:?}"
    );
}

#[test]
fn a_value_that_is_no_text_is_told_and_dropped_with_care() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("third");
        }
    }
    take();
    let outcome = silently(|| {
        catch_unwind(AssertUnwindSafe(|| {
            defer!(|_| panic::panic_any(Bomb));
            panic!("first");
        }))
    });
    assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"first"));
    assert!(take()[0].ends_with("no further: (a value, not a text)"));
}
