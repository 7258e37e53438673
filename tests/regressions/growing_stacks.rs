//! Scopes beyond the 32nd of a thread. The stack grows at whatever opens the next one: a function, a shield, a future
//! that is polled. What is opened on less deep levels afterwards is open as before.

use std::future::{Future, pending};
use std::pin::pin;
use std::sync::Barrier;
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, Tripped, loop_guard, shield, snapshot};

const HOUR: Duration = Duration::from_secs(3600);

fn nested(levels: u32, f: &mut dyn FnMut()) {
    if levels == 0 {
        return f();
    }
    let budget = Budget::timeout(HOUR).named("around");
    let outcome = budget.run(|| nested(levels - 1, f));
    outcome.expect("an hour is enough");
}

#[loop_guard(timeout = "1h", name = "inner")]
fn inner(thread: &str) -> Vec<&'static str> {
    let mut names = Vec::new();
    for scope in &snapshot() {
        if scope.place().to_string() == thread {
            names.push(scope.name());
        }
    }
    names
}

#[loop_guard(timeout = "1h")]
async fn waits() -> Result<(), Tripped> {
    pending().await
}

/// Waits for the others when it is dropped, also if an assertion failed before.
struct Arrives<'b>(&'b Barrier);

impl Drop for Arrives<'_> {
    fn drop(&mut self) {
        self.0.wait();
    }
}

#[test]
fn what_is_open_is_listed() {
    const LEVELS: u32 = 70;
    // All at once, so that no thread takes over a stack that is deep already.
    let barrier = Barrier::new(2 * LEVELS as usize);
    thread::scope(|scope| {
        for levels in 1..=LEVELS {
            for waiting in [false, true] {
                let barrier = &barrier;
                let name = format!("{levels} {waiting}");
                let body = move || {
                    let _arrives = Arrives(barrier);
                    let place = format!("thread {levels} {waiting}");
                    let mut future = pin!(waits());
                    let mut context = Context::from_waker(Waker::noop());
                    assert!(future.as_mut().poll(&mut context).is_pending());
                    nested(levels, &mut || {
                        if waiting {
                            assert!(future.as_mut().poll(&mut context).is_pending());
                        } else {
                            shield(|| ());
                        }
                    });
                    nested(3, &mut || {
                        for _ in 0..3 {
                            let names = inner(&place);
                            assert_eq!(names, ["around", "around", "around", "inner"], "{place}");
                        }
                    });
                };
                let thread = thread::Builder::new().name(name);
                thread.spawn_scoped(scope, body).expect("a thread");
            }
        }
    });
}
