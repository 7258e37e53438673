//! Scopes whose guard is off: inside them it is as if the function had no guard.

use std::cell::{Cell, RefCell};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use guard_runtime::{
    Budget, Exit, Mode, Tripped, checkpoint, defer, loop_guard, remaining, set_mode, snapshot,
    testing,
};

use harness::Paused;

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

fn steps(count: u32) -> Result<u32, Tripped> {
    for _ in 0..count {
        testing::advance(MS);
        checkpoint()?;
    }
    Ok(count)
}

#[loop_guard(timeout = "20s", name = "off::long")]
fn long(count: u32) -> Result<u32, Tripped> {
    if count == 0 {
        set_mode("off::long", Mode::Enforce).unwrap();
        testing::advance(30 * SECOND);
        checkpoint()?;
    }
    steps(count)
}

#[loop_guard(timeout = "5ms", name = "off::short")]
fn short(count: u32) -> Result<u32, Tripped> {
    steps(count)
}

#[loop_guard(inherit)]
fn inherits(count: u32) -> Result<u32, Tripped> {
    let mut done = 0;
    while done < count {
        testing::advance(MS);
        done += 1;
    }
    Ok(done)
}

/// Both functions inside the same budget, each in one that is off.
#[loop_guard(timeout = "10ms", name = "off::nested")]
fn nested(count: u32) -> Result<(u32, u32), Tripped> {
    Ok((long(count)?, inherits(count)?))
}

fn around<T>(limit: Duration, work: impl FnOnce() -> T) -> T {
    let outcome = Budget::timeout(limit).named("off::around").run(work);
    outcome.unwrap()
}

#[test]
fn the_scopes_around_one_that_is_off_count() {
    for name in ["off::long", "off::short", "off::nested"] {
        set_mode(name, Mode::Off).unwrap();
    }
    let _paused = Paused::new();
    for _ in 0..3 {
        assert_eq!(long(30_000).unwrap(), 30_000);
        assert_eq!(short(100).unwrap(), 100);
        assert_eq!(nested(100).unwrap(), (100, 100));
        for trips in [
            around(50 * MS, || long(100).unwrap_err()),
            around(50 * MS, || short(100).unwrap_err()),
            around(150 * MS, || nested(100).unwrap_err()),
        ] {
            assert_eq!(trips.scope(), "off::around");
        }
        // Leaving one leaves only that.
        let left = around(50 * MS, || {
            (long(10).unwrap(), short(10).unwrap(), remaining())
        });
        assert_eq!(left, (10, 10, Some(30 * MS)));
    }
    // A scope that was opened while it was off has no budget; the next activation has.
    assert_eq!(long(0).unwrap(), 0);
    assert_eq!(long(30_000).unwrap_err().scope(), "off::long");
}

#[loop_guard(timeout = "1m", name = "off::cleans", cleanup = |exit| told.borrow_mut().push(exit.to_string()))]
fn cleans(count: u32, told: &RefCell<Vec<String>>) -> Result<u32, Tripped> {
    let swallowed = Budget::timeout(MS)
        .named("off::swallowed")
        .run(|| steps(10));
    assert!(swallowed.unwrap().is_err());
    let _deferred = defer(|exit| told.borrow_mut().push(exit.to_string()));
    steps(count)
}

#[loop_guard(timeout = "1m", name = "off::defers")]
fn defers(count: u32, told: &RefCell<Vec<String>>) -> Result<u32, Tripped> {
    let _deferred = defer(|exit| told.borrow_mut().push(exit.to_string()));
    let swallowed = Budget::timeout(MS)
        .named("off::swallowed")
        .run(|| steps(10));
    assert!(swallowed.unwrap().is_err());
    steps(count)
}

#[test]
fn a_cleanup_in_a_function_that_is_off_is_told_of_trips_around_and_of_no_other() {
    set_mode("off::cleans", Mode::Off).unwrap();
    set_mode("off::defers", Mode::Off).unwrap();
    let _paused = Paused::new();
    for function in [cleans, defers] {
        let told = RefCell::default();
        for _ in 0..2 {
            assert_eq!(function(10, &told).unwrap(), 10);
        }
        let returned = Exit::Returned.to_string();
        assert!(told.take().iter().all(|exit| *exit == returned));
        assert!(around(50 * MS, || function(100, &told)).is_err());
        let told = told.take();
        let of_around = |exit: &String| exit.starts_with("tripped: loop guard: off::around");
        assert!(!told.is_empty() && told.iter().all(of_around), "{told:?}");
    }
}

#[loop_guard(timeout = "1m", iterations = 10, name = "off::counts")]
fn counts(rows: u32) -> u32 {
    let inner = || {
        let mut done = 0;
        while done < rows {
            done += 1;
        }
        done
    };
    inner()
}

#[test]
fn iterations_of_a_function_that_is_off_are_nobodys() {
    set_mode("off::counts", Mode::Off).unwrap();
    for _ in 0..3 {
        assert_eq!(counts(100), 100);
    }
}

#[loop_guard(timeout = "1m", name = "off::seen")]
fn seen(depth: u32) -> Vec<String> {
    if depth > 0 {
        return seen(depth - 1);
    }
    let ours = snapshot().into_iter().map(|scope| scope.name().to_owned());
    ours.filter(|name| name.starts_with("off::se")).collect()
}

#[test]
fn a_snapshot_shows_no_scope_that_is_off() {
    set_mode("off::seen", Mode::Off).unwrap();
    let budget = Budget::timeout(60 * SECOND).named("off::sees");
    assert_eq!(budget.run(|| seen(100)).unwrap(), ["off::sees"]);
    set_mode("off::seen", Mode::Enforce).unwrap();
    assert_eq!(budget.run(|| seen(2)).unwrap().len(), 4);
}

#[loop_guard(timeout = "5ms", name = "off::late")]
fn late(count: u32) -> Result<u32, Tripped> {
    steps(count)
}

#[loop_guard(timeout = "5ms", iterations = 10, name = "off::late_counted")]
fn late_counted(count: u32) -> Result<u32, Tripped> {
    for _ in 0..count {
        testing::advance(MS);
    }
    Ok(count)
}

/// Calls functions whose guards are off when its thread ends.
struct AtTheEnd(Sender<bool>);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        let _paused = Paused::new();
        let is_off = late(100).is_ok() && late_counted(100).is_ok();
        let trips = around(50 * MS, || late(100).unwrap_err());
        let left = around(50 * MS, || {
            (late(10).unwrap(), late_counted(10).unwrap(), remaining())
        });
        let fine = is_off
            && trips.scope() == "off::around"
            && left == (10, 10, Some(30 * MS))
            && remaining().is_none();
        let _ = self.0.send(fine);
    }
}

thread_local! {
    static BEFORE: Cell<Option<AtTheEnd>> = const { Cell::new(None) };
    static AFTER: Cell<Option<AtTheEnd>> = const { Cell::new(None) };
}

/// One is dropped before the thread's own stack is gone, and one afterwards, or there never was a stack.
#[test]
fn one_that_is_off_in_a_thread_that_ends() {
    set_mode("off::late*", Mode::Off).unwrap();
    for is_guarded in [true, false] {
        let (sender, receiver) = channel();
        let work = move || {
            BEFORE.set(Some(AtTheEnd(sender.clone())));
            if is_guarded {
                let _paused = Paused::new();
                assert!(late(1).is_ok());
                assert!(short(0).is_ok());
            }
            AFTER.set(Some(AtTheEnd(sender)));
        };
        assert!(thread::spawn(work).join().is_ok());
        let seen: Vec<bool> = receiver.iter().collect();
        assert_eq!(seen, [true, true], "guarded: {is_guarded}");
    }
}
