//! How a function is left: as its real return type allows, or as the attribute says.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use guard_runtime::{Cause, Tripped, loop_guard};

use crate::trace::{Event, Log};
use harness::Paused;

const TWO: Cause = Cause::Iterations { limit: 2 };

/// An error type as users define them.
#[derive(Debug)]
enum OwnError {
    Tripped(Tripped),
    Odd(u32),
}

impl From<Tripped> for OwnError {
    fn from(tripped: Tripped) -> Self {
        Self::Tripped(tripped)
    }
}

impl fmt::Display for OwnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Error for OwnError {}

type Own<T> = Result<T, OwnError>;

/// An alias that says nothing about the type.
type Answer = Own<u32>;

fn cause(tripped: &(dyn Error + 'static)) -> Option<Cause> {
    tripped.downcast_ref::<Tripped>().map(Tripped::cause)
}

#[loop_guard(iterations = 2)]
fn io_error(rounds: u32) -> io::Result<u32> {
    let mut done = 0;
    while done < rounds {
        done += 1;
    }
    Ok(done)
}

#[test]
fn io_result() {
    assert_eq!(io_error(2).unwrap(), 2);
    let error = io_error(3).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(cause(error.get_ref().unwrap()), Some(TWO));
}

#[loop_guard(iterations = 2)]
fn aliased(rounds: u32) -> Answer {
    for round in 0.. {
        if round == rounds {
            break;
        }
    }
    if rounds % 2 == 1 {
        Err(OwnError::Odd(rounds))
    } else {
        Ok(rounds)
    }
}

#[test]
fn own_error_through_an_alias() {
    assert!(matches!(aliased(0), Ok(0)));
    assert!(matches!(aliased(1), Err(OwnError::Odd(1))));
    assert!(matches!(aliased(2), Err(OwnError::Tripped(tripped)) if tripped.cause() == TWO));
}

#[loop_guard(iterations = 2)]
fn boxed() -> Result<(), Box<dyn Error + Send + Sync>> {
    loop {}
}

#[loop_guard(iterations = 2)]
fn boxed_plainly() -> Result<(), Box<dyn Error>> {
    loop {}
}

#[test]
fn boxed_errors() {
    assert_eq!(cause(&*boxed().unwrap_err()), Some(TWO));
    assert_eq!(cause(&*boxed_plainly().unwrap_err()), Some(TWO));
}

#[loop_guard(iterations = 2)]
fn opaque(rounds: u32) -> Result<impl Iterator<Item = u32>, OwnError> {
    let mut done = 0;
    while done < rounds {
        done += 1;
    }
    Ok((0..done).map(|n| n * 10))
}

#[loop_guard(iterations = 2, on_trip = "error")]
fn error_on_demand() -> Own<u32> {
    loop {}
}

#[test]
fn opaque_values() {
    assert_eq!(opaque(2).map(Iterator::collect::<Vec<_>>).unwrap(), [0, 10]);
    assert!(matches!(opaque(3).err(), Some(OwnError::Tripped(tripped)) if tripped.cause() == TWO));
    assert!(matches!(error_on_demand(), Err(OwnError::Tripped(tripped)) if tripped.cause() == TWO));
}

/// Types that are called `Result` but are not.
mod misnamed {
    #[derive(Debug)]
    pub(super) struct Result<T>(pub(super) T);
}

#[loop_guard(iterations = 2)]
fn none_in_spite_of_its_name() -> misnamed::Result<u32> {
    loop {}
}

#[loop_guard(iterations = 2)]
fn option() -> Option<u32> {
    loop {}
}

#[loop_guard(iterations = 2)]
fn unit() {
    loop {}
}

#[loop_guard(iterations = 2)]
fn number() -> u32 {
    loop {}
}

#[loop_guard(iterations = 2)]
fn never() -> ! {
    loop {}
}

#[loop_guard(iterations = 2)]
fn opaque_alone() -> impl fmt::Debug {
    let mut n = 0;
    while n < 3 {
        n += 1;
    }
    n
}

#[loop_guard(iterations = 2, on_trip = "panic")]
fn panic_on_demand() -> Result<(), Tripped> {
    loop {}
}

fn message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<String>()
        .expect("the report is a string")
}

/// The message of the panic that `function` must end in.
fn report<T>(function: impl FnOnce() -> T) -> String {
    let payload = catch_unwind(AssertUnwindSafe(function))
        .err()
        .expect("it panics");
    message(&*payload).to_owned()
}

/// Asserts that the message is the whole line that `Tripped` displays.
fn assert_whole(report: &str, function: &str, keyword: &str) {
    let file = file!();
    let start = format!("loop guard: {}::{function} ({file}:", module_path!());
    let middle =
        format!(") ran out of iterations: 2 allowed; noticed in the `{keyword}` at {file}:");
    assert!(report.starts_with(&start), "{report}");
    assert!(report.contains(&middle), "{report}");
    assert_eq!(report.lines().count(), 1, "{report}");
}

#[test]
fn other_types_panic_with_the_whole_report() {
    assert_whole(
        &report(none_in_spite_of_its_name),
        "none_in_spite_of_its_name",
        "loop",
    );
    assert_whole(&report(option), "option", "loop");
    assert_whole(&report(unit), "unit", "loop");
    assert_whole(&report(number), "number", "loop");
    assert_whole(&report(opaque_alone), "opaque_alone", "while");
    assert_whole(&report(panic_on_demand), "panic_on_demand", "loop");
}

#[test]
fn a_function_that_never_returns_panics_too() {
    let payload = catch_unwind(|| -> () { never() }).expect_err("it panics");
    assert_whole(message(&*payload), "never", "loop");
}

#[loop_guard(iterations = limit, fallback = text.len() + usize::from(limit))]
fn fallback_from_arguments(text: &str, limit: u8) -> usize {
    let mut n = 0;
    while n < 5 {
        n += 1;
    }
    text.len() * 100 + n
}

#[loop_guard(iterations = 2, fallback = |tripped: Tripped| Err(format!("{what}: {tripped}")))]
fn fallback_from_the_trip(what: &str) -> Result<(), String> {
    loop {}
}

#[loop_guard(iterations = 2, fallback = |tripped| tripped.cause() == TWO)]
fn fallback_without_a_type() -> bool {
    loop {}
}

fn zero(_: Tripped) -> u32 {
    0
}

#[loop_guard(iterations = 2, fallback = |tripped| zero(tripped) + number)]
fn fallback_moves(number: u32) -> u32 {
    for _ in 0..number {}
    1
}

#[loop_guard(iterations = 2, fallback = { told.push(7); })]
fn fallback_of_nothing(told: &mut Vec<u32>) {
    loop {}
}

#[test]
fn fallbacks_use_the_arguments() {
    assert_eq!(fallback_from_arguments("abc", 5), 305);
    assert_eq!(fallback_from_arguments("abc", 4), 7);
    let error = fallback_from_the_trip("word").unwrap_err();
    let (what, rest) = error.split_once(": ").unwrap();
    assert_eq!(what, "word");
    assert_whole(rest, "fallback_from_the_trip", "loop");
    assert!(fallback_without_a_type());
    assert_eq!((fallback_moves(2), fallback_moves(7)), (1, 7));
    let mut told = Vec::new();
    fallback_of_nothing(&mut told);
    assert_eq!(told, [7]);
}

#[loop_guard(iterations = 2, fallback = { log.note(7); 3 })]
fn fallback_last(log: &Log) -> u32 {
    let _outer = log.value(1);
    for value in log.source(5) {
        log.step();
        let _inner = log.value(20 + value.id);
    }
    4
}

#[test]
fn the_fallback_comes_when_the_locals_are_gone() {
    let _paused = Paused::new();
    let log = Log::new();
    assert_eq!(fallback_last(&log), 3);
    let events = log.events();
    let end = [2, 1005, 1].map(Event::Dropped);
    assert_eq!(events[events.len() - 4..events.len() - 1], end);
    assert_eq!(events.last(), Some(&Event::Note(7)));
}

#[loop_guard(iterations = limit, on_trip = "break")]
fn broken_off(limit: u32) -> (u32, u32) {
    let (mut outer, mut inner) = (0, 0);
    'rows: for _ in 0..3 {
        outer += 1;
        for column in 0..3 {
            inner += 1;
            if column == 2 && outer == 2 {
                break 'rows;
            }
        }
    }
    (outer, inner)
}

#[loop_guard(iterations = 2, on_trip = "break")]
fn every_loop_breaks(log: &Log) {
    loop {
        log.note(1);
    }
    while log.condition(true) {
        log.note(2);
    }
    for value in log.source(3) {
        log.note(value.id);
    }
    log.note(9);
}

#[test]
fn breaks_go_on_after_the_loop() {
    assert_eq!(broken_off(8), (2, 6));
    // A trip in the first row breaks the inner loop, and then the outer one at its next iteration.
    assert_eq!(broken_off(3), (1, 2));
    assert_eq!(broken_off(0), (0, 0));
    let log = Log::new();
    every_loop_breaks(&log);
    let wanted = [
        Event::Note(1),
        Event::Note(1),
        Event::Condition(true),
        Event::Born(1003),
        Event::Next(Some(0)),
        Event::Born(0),
        Event::Dropped(0),
        Event::Dropped(1003),
        Event::Note(9),
    ];
    assert_eq!(log.events(), wanted);
}
