//! Every way out of a function, under every form of cleanup: each cleanup is called once, in reverse order, and
//! told why.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Duration;

use guard_runtime::{Budget, Exit, defer, loop_guard, testing};

use harness::Paused;
use harness::events::{self, silently};
use harness::exits::{self, Failure, Local, Way, told};

const WAYS: [Way; 10] = [
    Way::End,
    Way::Return,
    Way::Question,
    Way::LabelledBreak,
    Way::Timeout,
    Way::Iterations,
    Way::Outer,
    Way::Inner,
    Way::Closure,
    Way::Panic,
];

thread_local! {
    /// The cleanup that panics.
    static PANICS: Cell<&'static str> = const { Cell::new("") };
}

fn tell(who: &'static str, exit: &Exit<'_>) {
    exits::tell(who, exit);
    assert!(PANICS.get() != who, "{who} panics");
}

fn pass(time: Duration) {
    testing::advance(time);
}

#[loop_guard(timeout = "1s")]
fn inner() -> Result<(), Failure> {
    pass(Duration::from_secs(2));
    loop {}
}

macro_rules! forms {
    ($($(#[$guard:meta])* fn $name:ident { $($first:tt)* } { $($second:tt)* })*) => {$(
        $(#[$guard])*
        fn $name(way: Way) -> Result<u32, Failure> {
            $($first)*
            let _local = Local("local: gone");
            $($second)*
            match way {
                Way::End => {}
                Way::Return => return Ok(1),
                Way::Question => Err(Failure::Own)?,
                Way::LabelledBreak => 'out: loop {
                    loop {
                        break 'out;
                    }
                },
                Way::Timeout => {
                    pass(Duration::from_secs(20));
                    loop {}
                }
                Way::Iterations => loop {},
                Way::Outer => {
                    pass(Duration::from_secs(6));
                    loop {}
                }
                Way::Inner => inner()?,
                Way::Closure => (0..2).for_each(|_| {
                    pass(Duration::from_secs(20));
                    loop {}
                }),
                Way::Panic => panic!("first"),
                other => unreachable!("{other:?}"),
            }
            Ok(2)
        }
    )*};
}

forms! {
    #[loop_guard(timeout = "10s", iterations = 100, cleanup = |exit| tell("cleanup", exit))]
    fn attribute {} {}

    #[loop_guard(timeout = "10s", iterations = 100)]
    fn deferred { defer!(|exit| tell("a", exit)); } { defer!(|exit| tell("b", exit)); }

    #[loop_guard(timeout = "10s", iterations = 100, cleanup = |exit| tell("cleanup", exit))]
    fn both { defer!(|exit| tell("a", exit)); } { defer!(|exit| tell("b", exit)); }
}

#[loop_guard(timeout = "1h", cleanup = |exit| tell("outer cleanup", exit))]
fn nested(way: Way) -> Result<u32, Failure> {
    defer!(|exit| tell("outer", exit));
    both(way)
}

type Form = fn(Way) -> Result<u32, Failure>;

/// A form, the cleanups in it that belong to the scope that trips, and those around.
const FORMS: [(Form, &[&str], &[&str]); 4] = [
    (attribute, &["local", "cleanup"], &[]),
    (deferred, &["b", "local", "a"], &[]),
    (both, &["b", "local", "a", "cleanup"], &[]),
    (
        nested,
        &["b", "local", "a", "cleanup"],
        &["outer", "outer cleanup"],
    ),
];

/// What the cleanups of the scope that is left this way are told, and what those around are told.
fn expected(way: Way) -> (&'static str, &'static str) {
    match way {
        Way::End | Way::Return | Way::Question | Way::LabelledBreak | Way::Inner => {
            ("returned", "returned")
        }
        Way::Timeout | Way::Iterations | Way::Closure => ("tripped", "returned"),
        Way::Outer => ("tripped", "tripped"),
        Way::Panic => ("panicked", "panicked"),
        other => unreachable!("{other:?}"),
    }
}

/// Runs a form, in a scope of five seconds if that is the scope that should run out. Returns what was told, and
/// whether it panicked.
fn run(form: Form, way: Way) -> (Vec<String>, Option<String>) {
    let _paused = Paused::new();
    told();
    let limit = Duration::from_secs(if way == Way::Outer { 5 } else { 3600 });
    let outcome = silently(|| {
        catch_unwind(AssertUnwindSafe(|| {
            let result = Budget::timeout(limit)
                .run(|| form(way))
                .expect("not a panic");
            match (way, result) {
                (Way::End | Way::LabelledBreak, Ok(2))
                | (Way::Return, Ok(1))
                | (Way::Question, Err(Failure::Own))
                | (_, Err(Failure::Tripped)) => {}
                (way, other) => panic!("{way:?}: {other:?}"),
            }
        }))
    });
    let panic = outcome.err().map(|payload| {
        payload
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .expect("a text")
    });
    (told(), panic)
}

fn lines(names: &[&str], how: &str) -> Vec<String> {
    let line = |name: &&str| match *name {
        "local" => "local: gone".to_owned(),
        name => format!("{name}: {how}"),
    };
    names.iter().map(line).collect()
}

#[test]
fn each_is_called_once_in_order_and_told_why() {
    for (form, own, around) in FORMS {
        for way in WAYS {
            let (told, panic) = run(form, way);
            let (why, why_around) = expected(way);
            let mut wanted = lines(own, why);
            wanted.extend(lines(around, why_around));
            assert_eq!(told, wanted, "{way:?}");
            assert_eq!(
                panic.as_deref(),
                (way == Way::Panic).then_some("first"),
                "{way:?}"
            );
        }
    }
}

/// The other cleanups are told of the panic, unless the scope has tripped before.
#[test]
fn a_panic_in_one_does_not_keep_the_others_from_running() {
    for (form, own, around) in FORMS {
        let names: Vec<_> = own
            .iter()
            .chain(around)
            .copied()
            .filter(|name| *name != "local")
            .collect();
        for way in WAYS {
            for &culprit in &names {
                PANICS.set(culprit);
                events::take();
                let (told, panic) = run(form, way);
                PANICS.set("");
                let (why, why_around) = expected(way);
                let all = own
                    .iter()
                    .map(|name| (name, why))
                    .chain(around.iter().map(|name| (name, why_around)));
                // A trip in a closure unwinds as well, up to its function.
                let unwinding =
                    way == Way::Panic || (way == Way::Closure && own.contains(&culprit));
                let mut thrown = false;
                let wanted: Vec<_> = all
                    .map(|(name, why)| {
                        let how = if thrown && why != "tripped" {
                            "panicked"
                        } else {
                            why
                        };
                        thrown |= *name == culprit && !unwinding;
                        lines(&[*name], how).remove(0)
                    })
                    .collect();
                assert_eq!(told, wanted, "{way:?}, {culprit}");
                let reported: Vec<_> = events::take()
                    .into_iter()
                    .filter(|event| event.contains("panicked, which goes no further"))
                    .collect();
                if unwinding {
                    assert_eq!(
                        panic.as_deref(),
                        (way == Way::Panic).then_some("first"),
                        "{way:?}"
                    );
                    assert_eq!(reported.len(), 1, "{way:?}, {culprit}: {reported:?}");
                    assert!(
                        reported[0].ends_with(&format!("{culprit} panics")),
                        "{reported:?}"
                    );
                } else {
                    assert_eq!(panic, Some(format!("{culprit} panics")), "{way:?}");
                    assert!(reported.is_empty(), "{way:?}, {culprit}: {reported:?}");
                }
            }
        }
    }
}

static AT_THREAD_EXIT: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct AtThreadExit;

impl Drop for AtThreadExit {
    fn drop(&mut self) {
        let _paused = testing::pause();
        _ = both(Way::Timeout);
        _ = both(Way::End);
        // A panic here would abort the test program.
        AT_THREAD_EXIT.lock().unwrap().append(&mut told());
    }
}

thread_local! {
    static LAST: AtThreadExit = const { AtThreadExit };
}

#[test]
fn at_thread_exit_all_is_as_ever() {
    // Its destructor runs before the destructors of the runtime's own thread-locals, or after them.
    for first in [true, false] {
        std::thread::spawn(move || {
            if first {
                LAST.with(|_| ());
            }
            _ = both(Way::End);
            told();
            LAST.with(|_| ());
        })
        .join()
        .expect("no panic");
        let mut wanted = lines(FORMS[2].1, "tripped");
        wanted.extend(lines(FORMS[2].1, "returned"));
        assert_eq!(std::mem::take(&mut *AT_THREAD_EXIT.lock().unwrap()), wanted);
    }
}
