//! The error: its size, its kinds, its texts, its places.

use std::error::Error;
use std::fmt;
use std::io;
use std::mem::size_of;
use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, Cause, Location, Tripped, checkpoint, loop_guard, testing};

use harness::Paused;

#[test]
fn one_pointer_wide() {
    assert_eq!(size_of::<Tripped>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Tripped>>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), Tripped>>(), size_of::<usize>());
}

/// `Tripped` does what callers do with errors.
const _: fn() = || {
    fn all<T: Clone + Error + Send + Sync + Unpin + 'static>() {}
    all::<Tripped>();
};

/// Before Rust 1.88 a macro cannot ask where a token is, and uses the place of the attribute.
fn assert_at(location: Location, (line, column): (u32, u32)) {
    assert_eq!(location.file(), file!());
    if cfg!(feature = "rust_1_88") {
        assert_eq!((location.line(), location.column()), (line, column));
    } else {
        assert!([ATTRIBUTE, line].contains(&location.line()), "{location}");
    }
    let printed = format!("{}:{}:{}", file!(), location.line(), location.column());
    assert_eq!(location.to_string(), printed);
}

const ATTRIBUTE: u32 = line!() + 1;
#[loop_guard(timeout = "30s", iterations = limit, name = "settle")]
fn settle(shape: u32, limit: u32, step: Duration) -> Result<(), Tripped> {
    let mut forever = std::iter::repeat(());
    loop {
        match shape {
            0 => testing::advance(step),
            1 => {
                while forever.size_hint().1.is_none() {
                    testing::advance(step);
                }
            }
            2 => {
                for () in forever.by_ref() {
                    testing::advance(step);
                }
            }
            _ => {
                while let (_, None) = forever.size_hint() {
                    testing::advance(step);
                }
            }
        }
    }
}

const FUNCTION: (u32, u32) = (ATTRIBUTE + 1, 4);

/// Each shape's loop: keyword, line and column.
const LOOPS: [(&str, (u32, u32)); 4] = [
    ("loop", (ATTRIBUTE + 3, 5)),
    ("while", (ATTRIBUTE + 7, 17)),
    ("for", (ATTRIBUTE + 12, 17)),
    ("while let", (ATTRIBUTE + 17, 17)),
];

#[test]
fn says_which_loop_and_which_function() {
    let _paused = Paused::new();
    for (shape, (keyword, place)) in (0..).zip(LOOPS) {
        let tripped = settle(shape, 1000, Duration::from_millis(30_001)).unwrap_err();
        assert_eq!(tripped.scope(), "settle");
        assert_at(tripped.scope_location(), FUNCTION);
        assert_at(tripped.location(), place);
        let (scope, at, file) = (tripped.scope_location(), tripped.location(), file!());
        let wanted = format!(
            "loop guard: settle ({file}:{}) ran out of time: 30s allowed, 30.001s used; noticed in the `{keyword}` at {at}",
            scope.line(),
        );
        assert_eq!(tripped.to_string(), wanted);
    }
}

#[test]
fn says_how_many_iterations() {
    let _paused = Paused::new();
    let tripped = settle(2, 5, Duration::ZERO).unwrap_err();
    assert_eq!(tripped.cause(), Cause::Iterations { limit: 5 });
    let text = tripped.to_string();
    assert!(
        text.contains(") ran out of iterations: 5 allowed; noticed in the `for` at "),
        "{text}"
    );
}

#[test]
fn says_where_a_budget_and_a_checkpoint_are_written() {
    let _paused = Paused::new();
    let opened = line!() + 1;
    let budget = Budget::timeout(Duration::from_millis(1)).named("by hand");
    let outcome = budget.run(|| {
        testing::advance(Duration::from_millis(2));
        (line!(), checkpoint().unwrap_err())
    });
    let (checked, tripped) = outcome.unwrap();
    assert_eq!(tripped.scope(), "by hand");
    assert_eq!(
        (
            tripped.scope_location().file(),
            tripped.scope_location().line()
        ),
        (file!(), opened)
    );
    assert_eq!(
        (tripped.location().file(), tripped.location().line()),
        (file!(), checked)
    );
    let text = tripped.to_string();
    let end = format!(
        "1ms allowed, 2.000ms used; noticed in the `checkpoint` at {}",
        tripped.location()
    );
    assert!(text.ends_with(&end), "{text}");
}

#[test]
fn becomes_an_io_error() {
    let _paused = Paused::new();
    let tripped = settle(0, 0, Duration::ZERO).unwrap_err();
    let error = io::Error::from(tripped.clone());
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(error.to_string(), tripped.to_string());
    let source = error
        .get_ref()
        .and_then(|source| source.downcast_ref::<Tripped>());
    assert_eq!(source.map(Tripped::cause), Some(tripped.cause()));
}

#[test]
fn a_clone_tells_the_same_on_another_thread() {
    let _paused = Paused::new();
    let tripped = settle(0, 3, Duration::ZERO).unwrap_err();
    let clone = tripped.clone();
    let text = thread::spawn(move || (clone.to_string(), clone.location()))
        .join()
        .unwrap();
    assert_eq!(text, (tripped.to_string(), tripped.location()));
}

#[test]
fn its_debug_form_names_scope_cause_and_place() {
    let _paused = Paused::new();
    let tripped = settle(0, 3, Duration::ZERO).unwrap_err();
    let debug = format!("{tripped:?}");
    assert!(debug.contains("\"settle\""), "{debug}");
    assert!(debug.contains("Iterations { limit: 3 }"), "{debug}");
    assert!(debug.contains(&tripped.location().to_string()), "{debug}");
}

/// The trip in the chain of an error's sources, where `anyhow` and others look for it.
fn in_chain<'e>(mut error: &'e (dyn Error + 'static)) -> Option<&'e Tripped> {
    loop {
        if let Some(tripped) = error.downcast_ref() {
            return Some(tripped);
        }
        error = error.source()?;
    }
}

/// A boxed error as an error, as `anyhow::Error::from_boxed` makes it: it passes on the source of what is in it.
#[derive(Debug)]
struct Boxed(Box<dyn Error + Send + Sync>);

impl fmt::Display for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Boxed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// Both leave the trip out of the chain, since they pass on the source of what they hold. What they hold can be asked.
#[test]
fn an_io_error_and_a_boxed_one_hide_it_in_a_chain() {
    #[loop_guard(iterations = 3)]
    fn reads() -> io::Result<()> {
        loop {}
    }
    #[loop_guard(iterations = 3)]
    fn boxes() -> Result<(), Box<dyn Error + Send + Sync>> {
        loop {}
    }
    let error = reads().unwrap_err();
    assert!(in_chain(&error).is_none());
    let held = error
        .get_ref()
        .and_then(|held| held.downcast_ref::<Tripped>());
    assert!(held.expect("the trip").scope().ends_with("::reads"));

    let error = boxes().unwrap_err();
    assert!(in_chain(&*error).is_some());
    let error = Boxed(error);
    assert!(in_chain(&error).is_none());
    let held = error.0.downcast_ref::<Tripped>();
    assert!(held.expect("the trip").scope().ends_with("::boxes"));
}
