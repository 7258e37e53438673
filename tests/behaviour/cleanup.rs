//! The attribute's `cleanup`: what it may use, when it runs, with which arguments.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Duration;

use guard_runtime::{Exit, Tripped, checkpoint, loop_guard, remaining, testing};

use harness::Paused;
use harness::events::{self, silently};
use harness::exits::{Local, note, told};

const SECOND: Duration = Duration::from_secs(1);

fn tell_why(exit: &Exit<'_>) {
    note(match exit {
        Exit::Tripped(tripped) => format!("tripped: {}", tripped.scope()),
        other => other.to_string(),
    });
}

#[loop_guard(timeout = "1s", cleanup = tell_why)]
fn by_path(time: Duration) -> Result<(), Tripped> {
    testing::advance(time);
    for _ in 0..3 {
        note("body");
    }
    Ok(())
}

#[test]
fn a_path_is_called() {
    let _paused = Paused::new();
    told();
    assert!(by_path(SECOND).is_ok());
    assert_eq!(told(), ["body", "body", "body", "returned"]);
    assert!(by_path(2 * SECOND).is_err());
    assert_eq!(told(), ["tripped: behaviour::cleanup::by_path"]);
}

#[loop_guard(timeout = "1s", cleanup = |exit| note(format!("{n} {} {exit}", text.len())))]
fn uses(n: u32, text: &str, mut owned: String) -> Result<usize, Tripped> {
    for c in text.chars() {
        owned.push(c);
    }
    drop(owned);
    Ok(text.len() + n as usize)
}

#[test]
fn it_uses_copies_and_shared_references() {
    assert_eq!(uses(1, "ab", String::new()).unwrap(), 3);
    assert_eq!(told(), ["1 2 returned"]);
}

#[loop_guard(timeout = "1s", cleanup = move |_| note(name))]
fn moves(name: String, n: u32) -> u32 {
    let mut sum = 0;
    (0..n).for_each(|n| {
        for i in 0..n {
            sum += i;
        }
    });
    sum
}

#[test]
fn it_keeps_what_is_moved_in() {
    assert_eq!(moves("abc".to_owned(), 4), 4);
    assert_eq!(told(), ["abc"]);
}

struct Guarded {
    balance: Cell<i32>,
    log: Mutex<Vec<i32>>,
}

impl Guarded {
    #[loop_guard(timeout = "1s", cleanup = |_| self.log.lock().unwrap().push(self.balance.get()))]
    fn spend(&self, steps: i32) -> Result<usize, Tripped> {
        for _ in 0..steps {
            self.balance.set(self.balance.get() - 1);
        }
        // The guard of this lock lives as long as the last expression does.
        Ok(self.log.lock().unwrap().len())
    }

    #[loop_guard(inherit, cleanup = |_| self.log.lock().unwrap().push(9))]
    fn tail(&self) -> usize {
        self.log.lock().unwrap().len()
    }
}

#[test]
fn temporaries_of_the_last_expression_are_gone() {
    let guarded = Guarded {
        balance: Cell::new(10),
        log: Mutex::default(),
    };
    assert_eq!(guarded.spend(3).unwrap(), 0);
    assert_eq!(guarded.tail(), 1);
    assert_eq!(*guarded.log.lock().unwrap(), [7, 9]);
}

#[loop_guard(inherit, cleanup = |exit| note(exit))]
fn without_a_loop(n: u32) -> u32 {
    n + 1
}

#[loop_guard(inherit, cleanup = tell_why)]
fn inherits() -> Result<(), Tripped> {
    loop {
        checkpoint()?;
    }
}

#[loop_guard(timeout = "1s", cleanup = tell_why)]
fn around() -> Result<(), Tripped> {
    testing::advance(2 * SECOND);
    inherits()
}

#[test]
fn with_inherit_it_is_told_of_the_callers_trip() {
    let _paused = Paused::new();
    told();
    assert_eq!(without_a_loop(1), 2);
    assert_eq!(told(), ["returned"]);
    assert!(around().is_err());
    let name = "tripped: behaviour::cleanup::around";
    assert_eq!(told(), [name, name]);
}

#[loop_guard(timeout = "1s", fallback = { note("fallback"); n }, cleanup = tell_why)]
fn falls_back(n: u32, in_closure: bool) -> u32 {
    let _local = Local("local");
    testing::advance(2 * SECOND);
    if in_closure {
        let run = || loop {};
        run();
    }
    loop {}
}

#[loop_guard(timeout = "1s", fallback = { note("fallback"); n }, cleanup = tell_why)]
fn falls_back_plain(n: u32) -> u32 {
    let _local = Local("local");
    testing::advance(2 * SECOND);
    loop {}
}

#[test]
fn it_runs_behind_the_locals_and_before_the_fallback() {
    let _paused = Paused::new();
    told();
    assert_eq!(falls_back(7, true), 7);
    assert_eq!(
        told(),
        [
            "local",
            "tripped: behaviour::cleanup::falls_back",
            "fallback"
        ]
    );
    assert_eq!(falls_back(7, false), 7);
    assert_eq!(
        told(),
        [
            "local",
            "tripped: behaviour::cleanup::falls_back",
            "fallback"
        ]
    );
    assert_eq!(falls_back_plain(7), 7);
    assert_eq!(
        told(),
        [
            "local",
            "tripped: behaviour::cleanup::falls_back_plain",
            "fallback"
        ]
    );
}

#[loop_guard(iterations = 2, on_trip = "break", cleanup = tell_why)]
fn breaks() -> u32 {
    let mut n = 0;
    for _ in 0..10 {
        n += 1;
    }
    n
}

#[loop_guard(iterations = 2, on_trip = "panic", cleanup = tell_why)]
fn panics() {
    loop {}
}

#[loop_guard(timeout = panic_now(), cleanup = tell_why)]
fn panics_at_entry() {
    loop {}
}

fn panic_now() -> Duration {
    panic!("no budget")
}

#[test]
fn it_runs_on_each_way_to_leave() {
    told();
    events::take();
    assert_eq!(breaks(), 2);
    assert_eq!(told(), ["tripped: behaviour::cleanup::breaks"]);
    assert!(silently(|| catch_unwind(panics)).is_err());
    assert_eq!(told(), ["tripped: behaviour::cleanup::panics"]);
    assert!(silently(|| catch_unwind(panics_at_entry)).is_err());
    assert_eq!(told(), ["panicked"]);
}

#[loop_guard(timeout = "1s", cleanup = |_| note(format!("{:?}", remaining())), cleanup_timeout = "1m 30s")]
fn bounded(n: u32) -> Result<(), Tripped> {
    testing::advance(2 * SECOND);
    for _ in 0..n {
        note("never");
    }
    Ok(())
}

#[loop_guard(timeout = "1s", cleanup = |_| note(format!("{:?}", remaining())), cleanup_timeout = bound * 2)]
fn bounded_by_a_value(bound: Duration) -> Result<(), Tripped> {
    testing::advance(2 * SECOND);
    loop {}
}

#[test]
fn its_budget_is_its_own() {
    let _paused = Paused::new();
    told();
    assert!(bounded(1).is_err());
    assert_eq!(told(), ["Some(90s)"]);
    assert!(bounded_by_a_value(SECOND).is_err());
    assert_eq!(told(), ["Some(2s)"]);
}

#[loop_guard(timeout = "1s", cleanup = |_| while done.get() < 5000 { advance_and_count(done) }, cleanup_timeout = "2s")]
fn loops_in_its_cleanup(done: &Cell<u32>) -> Result<(), Tripped> {
    testing::advance(2 * SECOND);
    loop {}
}

fn advance_and_count(done: &Cell<u32>) {
    testing::advance(SECOND / 100);
    done.set(done.get() + 1);
}

#[test]
fn a_loop_in_the_closure_is_cut_by_that_budget() {
    let _paused = Paused::new();
    events::take();
    let done = Cell::new(0);
    assert!(loops_in_its_cleanup(&done).is_err());
    assert_eq!(done.get(), 201);
    let told = events::take();
    assert!(
        told.last().unwrap().contains("took too long: 2s allowed"),
        "{told:?}"
    );
}

#[loop_guard(timeout = "1s", cleanup = |_| while done.get() < 5000 { advance_and_count(done) }, cleanup_timeout = "2s")]
fn loops_in_its_cleanup_while_unwinding(done: &Cell<u32>) {
    assert!(done.get() > 0, "first");
}

#[test]
fn so_it_is_while_the_thread_unwinds() {
    let _paused = Paused::new();
    let done = Cell::new(0);
    let panic = silently(|| {
        catch_unwind(AssertUnwindSafe(|| {
            loops_in_its_cleanup_while_unwinding(&done);
        }))
    });
    assert!(panic.is_err());
    assert_eq!(done.get(), 201);
}

struct Closes(Cell<bool>);

impl Drop for Closes {
    #[loop_guard(inherit, cleanup = |exit| { tell_why(exit); self.0.set(false) })]
    fn drop(&mut self) {
        for _ in 0..3 {
            assert!(self.0.get());
            note("step");
        }
    }
}

#[loop_guard(timeout = "1s")]
fn closes() -> Result<(), Tripped> {
    let _closes = Closes(Cell::new(true));
    testing::advance(2 * SECOND);
    loop {}
}

#[test]
fn a_destructor_runs_to_its_end_and_then_its_cleanup() {
    let _paused = Paused::new();
    told();
    assert!(closes().is_err());
    assert_eq!(told(), ["step", "step", "step", "returned"]);
}

#[loop_guard(timeout = "1s", cleanup = |exit| note(exit))]
fn never_returns() -> ! {
    testing::advance(2 * SECOND);
    loop {}
}

#[test]
fn it_stands_on_every_type_of_function() {
    let _paused = Paused::new();
    told();
    assert!(silently(|| catch_unwind(|| never_returns())).is_err());
    let told = told();
    assert!(
        told.len() == 1 && told[0].starts_with("tripped: loop guard: "),
        "{told:?}"
    );
}
