//! Misuse that nobody should attempt has a documented outcome as well.

use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, CancelToken, Cause, Context, Tripped, checkpoint, loop_guard, wait};

const HOUR: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

/// A token must not block; if it does, it delays the check that asks it, and nothing else.
#[test]
fn a_token_that_blocks_holds_up_its_own_thread() {
    let (release, hang) = mpsc::channel::<()>();
    let (asked, first) = mpsc::channel();
    let hang = Mutex::new((hang, asked));
    let blocks = move || {
        let hang = hang.lock().unwrap_or_else(PoisonError::into_inner);
        _ = hang.1.send(());
        hang.0.recv().is_err()
    };
    let held_up = thread::spawn(move || Budget::new().cancel(blocks).run(|| ()));
    first.recv().unwrap();
    let other = Budget::timeout(SHORT).run(|| while checkpoint().is_ok() {});
    assert!(other.is_ok(), "ticks go on");
    drop(release);
    let tripped = held_up.join().unwrap().unwrap_err();
    assert!(matches!(tripped.cause(), Cause::Cancelled { .. }));
}

#[test]
fn a_condition_variable_whose_mutex_was_poisoned_is_waited_for() {
    let shared = Arc::new((Mutex::new(0), Condvar::new()));
    let poisons = Arc::clone(&shared);
    let dies = thread::spawn(move || {
        let _held = poisons.0.lock().unwrap();
        panic!("with the lock held, as the test wants");
    });
    assert!(dies.join().is_err());
    let fills = Arc::clone(&shared);
    let filler = thread::spawn(move || {
        *fills.0.lock().unwrap_or_else(PoisonError::into_inner) = 7;
        fills.1.notify_all();
    });
    let lock = || shared.0.lock().unwrap_or_else(PoisonError::into_inner);
    let seven = wait(&shared.1, lock(), |value| *value == 7);
    assert_eq!(*seven.unwrap(), 7);
    filler.join().unwrap();
    let outcome = Budget::timeout(SHORT).run(|| wait(&shared.1, lock(), |_| false).map(drop));
    assert!(outcome.unwrap().is_err());
    assert!(shared.0.try_lock().is_err_and(|error| {
        matches!(error, std::sync::TryLockError::Poisoned(_)) // and not locked
    }));
}

#[test]
fn a_scope_of_a_thread_that_died_has_ended_for_those_who_hold_it() {
    let (contexts, context) = mpsc::channel();
    let dies = thread::spawn(move || {
        let budget = Budget::timeout(HOUR).named("dead");
        budget.run(|| -> () {
            contexts.send(Context::current()).unwrap();
            panic!("in its scope, as the test wants");
        })
    });
    assert!(dies.join().is_err());
    let context: Context = context.recv().unwrap();
    for _ in 0..2 {
        let tripped = context.run(checkpoint).unwrap_err();
        assert_eq!(
            (tripped.scope(), tripped.cause()),
            ("dead", Cause::ScopeEnded)
        );
    }
    assert!(context.detach().run(checkpoint).is_ok());
}

/// Two functions without loops that call each other.
#[test]
fn mutual_recursion_is_checked_at_entry() {
    #[loop_guard(inherit, entry)]
    fn ping(left: u64) -> Result<u64, Tripped> {
        if left == 0 { Ok(0) } else { pong(left - 1) }
    }

    #[loop_guard(inherit, entry)]
    fn pong(left: u64) -> Result<u64, Tripped> {
        if left == 0 {
            return Ok(1);
        }
        // Calls itself twice, so that it never ends.
        Ok(ping(left - 1)? + ping(left - 1)?)
    }

    let outcome = Budget::timeout(SHORT).run(|| pong(200));
    assert!(outcome.unwrap().is_err());
}

#[test]
fn a_token_is_cancelled_from_many_threads_at_once() {
    for _ in 0..50 {
        let token = CancelToken::new();
        let child = token.child();
        thread::scope(|scope| {
            for reason in ["one", "two", "three"] {
                let token = &token;
                scope.spawn(move || token.cancel_with_grace(reason, Duration::ZERO));
            }
        });
        assert_eq!(token.reason(), child.reason());
        assert!(token.reason().is_some());
    }
}
