//! How a function is left: as its real return type allows, or as the attribute says.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use guard_runtime::{Cause, Tripped, loop_guard};

use crate::test_clock::Paused;
use crate::trace::{Event, Log};

const TWO: Cause = Cause::Iterations { limit: 2 };

/// An error as users have it.
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

/// A name that says nothing.
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

/// Types that are called `Result` and are none.
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

/// That the message is the whole line that `Tripped` displays.
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

#[loop_guard(iterations = 2, fallback = ())]
fn fallback_of_nothing() {
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
    fallback_of_nothing();
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
    // Inside the first row: its loop is broken off, then the one around it at its next turn.
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

/// Methods of every kind.
#[derive(Debug, Default)]
struct Counter<'t, T: Copy> {
    seen: Vec<&'t T>,
    rounds: u32,
}

trait Rounds {
    fn rounds(&mut self, limit: u32) -> Result<u32, Tripped>;

    #[loop_guard(iterations = 2)]
    fn provided(&mut self) -> Result<u32, Tripped> {
        let mut n = 0;
        while n < 3 {
            n = self.rounds(5)?;
        }
        Ok(n)
    }
}

impl<T: Copy> Rounds for Counter<'_, T> {
    #[loop_guard(iterations = limit)]
    fn rounds(&mut self, limit: u32) -> Result<u32, Tripped> {
        for _ in 0..3 {
            self.rounds += 1;
        }
        Ok(self.rounds)
    }
}

impl<'t, T> Counter<'t, T>
where
    T: Copy + PartialEq,
{
    #[loop_guard(iterations = 2)]
    fn find<'s, const N: usize>(&'s mut self, all: &'t [T; N], wanted: T) -> Option<&'s &'t T>
    where
        T: fmt::Debug,
    {
        for item in all {
            self.seen.push(item);
            if *item == wanted {
                return self.seen.last();
            }
        }
        None
    }

    #[loop_guard(iterations = 2, fallback = Self { seen: vec![], rounds: 77 })]
    fn into_full(mut self, item: &'t T) -> Self {
        while self.seen.len() < 5 {
            self.seen.push(item);
        }
        self
    }

    #[loop_guard(iterations = 1)]
    fn shared(self: &std::rc::Rc<Self>) -> Result<usize, Tripped> {
        while std::rc::Rc::strong_count(self) > 1 {}
        Ok(self.seen.len())
    }
}

#[test]
fn methods() {
    let mut counter = Counter::<u8>::default();
    assert_eq!(counter.rounds(3).unwrap(), 3);
    assert!(counter.rounds(2).is_err());
    assert_eq!(counter.rounds, 5);
    assert_eq!(counter.provided().unwrap(), 8);
    assert_eq!(counter.find(&[1, 2], 2), Some(&&2));
    assert_eq!(counter.into_full(&9).rounds, 77);
    let mut counter = Counter {
        seen: vec![&1_u8, &2],
        rounds: 0,
    };
    assert_eq!(
        report(|| counter.find(&[1, 2, 3], 3).copied())
            .matches("Counter")
            .count(),
        0
    );
    let counter = std::rc::Rc::new(counter.into_full(&9));
    assert_eq!(counter.shared().unwrap(), 5);
    let _second = std::rc::Rc::clone(&counter);
    assert!(counter.shared().is_err());
}

#[loop_guard(iterations = 4)]
fn generic<'a, I, F>(items: I, mut keep: F) -> Result<Vec<&'a str>, Tripped>
where
    I: IntoIterator<Item = &'a str>,
    F: FnMut(&str) -> bool,
{
    let mut kept = Vec::new();
    for item in items {
        if keep(item) {
            kept.push(item);
        }
    }
    Ok(kept)
}

#[loop_guard(iterations = 4)]
fn impl_argument(items: impl Iterator<Item = u32>) -> Result<u32, Tripped> {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    Ok(sum)
}

// To call it would take an unsafe block; its type is what counts.
const _: unsafe fn(u32) -> Result<u32, Tripped> = unsafe_count;

#[loop_guard(iterations = 4)]
unsafe fn unsafe_count(rounds: u32) -> Result<u32, Tripped> {
    let mut n = 0;
    while n < rounds {
        n += 1;
    }
    Ok(n)
}

#[loop_guard(iterations = 2, fallback = -1)]
extern "C" fn called_from_c(rounds: i32) -> i32 {
    for _ in 0..rounds {}
    rounds
}

#[test]
fn functions_of_every_kind() {
    let text = String::from("a bb c");
    let kept = generic(text.split(' '), |word| word.len() == 1);
    assert_eq!(kept.unwrap(), ["a", "c"]);
    assert!(generic(["x"; 5], |_| true).is_err());
    assert_eq!(impl_argument(1..4).unwrap(), 6);
    assert!(impl_argument(0..).is_err());
    assert_eq!((called_from_c(2), called_from_c(3)), (2, -1));
}
