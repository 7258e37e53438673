//! Every loop shape under every limit: it does what the unguarded one does, or is left exactly at the limit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use guard_runtime::{Budget, Cause, Tripped};

use crate::trace::{Event, Fuse, Log};
use harness::Paused;

/// How a shape ends if it returns no number.
#[derive(Debug)]
pub(crate) enum Stop {
    Tripped(Tripped),
    /// An error of its own.
    Own(u32),
}

impl From<Tripped> for Stop {
    fn from(tripped: Tripped) -> Self {
        Self::Tripped(tripped)
    }
}

pub(crate) type Outcome = Result<u32, Stop>;

/// A function of `(log, size, limit)`.
pub(crate) type Run = fn(&Log, u32, u64) -> Outcome;

/// One body in all its forms. Each but the first must stop before step `limit + 1`.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) plain: Run,
    pub(crate) counted: Run,
    pub(crate) counted_with_fallback: Run,
    pub(crate) timed: Run,
    pub(crate) inheriting: Run,
    pub(crate) unwinding: Run,
}

/// The time that `limit` steps may take: the check before step `limit + 1` is the first one beyond.
pub(crate) fn nanos_for(limit: u64) -> Duration {
    Duration::from_nanos(limit - 1)
}

/// Defines each body plainly and under each kind of guard.
macro_rules! shapes {
    ($table:ident: $(fn $name:ident($log:ident, $n:ident) { $($body:tt)* })*) => {
        struct Plain;
        impl Plain {
            $(fn $name($log: &Log, $n: u32, _: u64) -> Outcome { $($body)* })*
        }

        struct Counted;
        impl Counted {
            $(
                #[loop_guard(iterations = limit)]
                fn $name($log: &Log, $n: u32, limit: u64) -> Outcome { $($body)* }
            )*
        }

        struct CountedWithFallback;
        impl CountedWithFallback {
            $(
                #[loop_guard(iterations = limit, fallback = |tripped| Err(Stop::Tripped(tripped)))]
                fn $name($log: &Log, $n: u32, limit: u64) -> Outcome { $($body)* }
            )*
        }

        struct Timed;
        impl Timed {
            $(
                #[loop_guard(timeout = nanos_for(limit))]
                fn $name($log: &Log, $n: u32, limit: u64) -> Outcome { $($body)* }
            )*
        }

        struct Inheriting;
        impl Inheriting {
            $(
                #[loop_guard(inherit)]
                fn $name($log: &Log, $n: u32, _: u64) -> Outcome { $($body)* }
            )*
        }

        struct Unwinding;
        impl Unwinding {
            $(
                #[loop_guard(inherit, on_trip = "panic")]
                fn $name($log: &Log, $n: u32, _: u64) -> Outcome { $($body)* }
            )*
        }

        pub(crate) const $table: &[Shape] = &[$(
            Shape {
                name: stringify!($name),
                plain: Plain::$name,
                counted: Counted::$name,
                counted_with_fallback: CountedWithFallback::$name,
                timed: Timed::$name,
                inheriting: Inheriting::$name,
                unwinding: Unwinding::$name,
            },
        )*];
    };
}
pub(crate) use shapes;

/// What a run did and came to; `None` for a fuse that blew.
type Trace = (Option<Result<u32, u32>>, Vec<Event>);

/// The unguarded run, cut off before step `limit + 1`.
fn reference(shape: &Shape, size: u32, limit: u64) -> (Trace, u64) {
    let log = Log::fused(limit);
    let outcome = catch_unwind(AssertUnwindSafe(|| (shape.plain)(&log, size, limit)));
    let outcome = match outcome {
        Ok(outcome) => Some(outcome.map_err(|stop| match stop {
            Stop::Own(own) => own,
            Stop::Tripped(tripped) => panic!("{}: unguarded, and {tripped}", shape.name),
        })),
        Err(payload) => {
            assert!(payload.is::<Fuse>(), "{} panicked", shape.name);
            None
        }
    };
    ((outcome, log.events()), log.steps())
}

/// Runs one form under every limit; `cause` is the one that its trips must tell.
fn sweep(run: impl Fn(&Shape, &Log, u32, u64) -> Outcome, cause: impl Fn(u64) -> Cause) {
    let _paused = Paused::new();
    for shape in crate::shapes::ALL
        .iter()
        .chain(crate::shapes::values::VALUES)
        .chain(chains())
    {
        let mut trips = 0;
        for size in [0, 1, 2, 7, 30, 60] {
            for limit in 1..=80 {
                let ((wanted, wanted_events), _) = reference(shape, size, limit);
                let log = Log::new();
                let outcome = run(shape, &log, size, limit);
                let place = format!("{}, size {size}, limit {limit}", shape.name);
                match (outcome, wanted) {
                    (Ok(value), Some(Ok(wanted))) => assert_eq!(value, wanted, "{place}"),
                    (Err(Stop::Own(own)), Some(Err(wanted))) => assert_eq!(own, wanted, "{place}"),
                    (Err(Stop::Tripped(tripped)), None) => {
                        trips += 1;
                        assert_eq!(tripped.cause(), cause(limit), "{place}");
                    }
                    (outcome, wanted) => panic!("{place}: {outcome:?}, wanted {wanted:?}"),
                }
                assert_eq!(log.events(), wanted_events, "{place}");
            }
        }
        assert!(trips > 30, "{} hardly ever trips", shape.name);
    }
}

#[cfg(feature = "rust_1_88")]
fn chains() -> &'static [Shape] {
    crate::shape_chains::CHAINS
}

#[cfg(not(feature = "rust_1_88"))]
fn chains() -> &'static [Shape] {
    &[]
}

fn iterations(limit: u64) -> Cause {
    Cause::Iterations { limit }
}

fn time(limit: u64) -> Cause {
    Cause::Timeout {
        limit: nanos_for(limit),
        elapsed: Duration::from_nanos(limit),
    }
}

#[test]
fn iterations_trip_exactly_at_the_limit() {
    sweep(
        |shape, log, size, limit| (shape.counted)(log, size, limit),
        iterations,
    );
}

#[test]
fn iterations_trip_into_a_fallback() {
    sweep(
        |shape, log, size, limit| (shape.counted_with_fallback)(log, size, limit),
        iterations,
    );
}

#[test]
fn every_loop_checks_the_time() {
    sweep(
        |shape, log, size, limit| (shape.timed)(log, size, limit),
        time,
    );
}

#[test]
fn every_loop_checks_the_callers_time() {
    let run = |shape: &Shape, log: &Log, size, limit| {
        Budget::timeout(nanos_for(limit)).run(|| (shape.inheriting)(log, size, limit))?
    };
    sweep(run, time);
}

#[test]
fn every_loop_unwinds_to_the_budget_that_waits() {
    let run = |shape: &Shape, log: &Log, size, limit| {
        Budget::timeout(nanos_for(limit)).run(|| (shape.unwinding)(log, size, limit))?
    };
    sweep(run, time);
}
