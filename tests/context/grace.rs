//! Stops in two stages: at once, and after a grace also through shields.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use guard_runtime::{
    Budget, CancelToken, Cause, Context, Tripped, checkpoint, loop_guard, shield, shield_for,
    sleep, testing,
};

const GRACE: Duration = Duration::from_secs(10);

fn under<T>(token: &CancelToken, f: impl FnOnce() -> T) -> T {
    let budget = Budget::new().named("stopped").cancel(token.clone());
    budget.run(f).expect("it is not cancelled yet")
}

fn assert_stopped(outcome: Result<(), Tripped>) {
    let tripped = outcome.unwrap_err();
    let cause = tripped.cause();
    assert_eq!(tripped.scope(), "stopped");
    assert!(
        matches!(cause, Cause::Cancelled { reason: "stop", .. }),
        "{cause}"
    );
}

#[test]
fn code_is_cut_at_once_and_shielded_code_after_the_grace() {
    let _paused = testing::pause();
    let token = CancelToken::new();
    under(&token, || {
        shield(|| {
            token.cancel_with_grace("stop", GRACE);
            assert!(checkpoint().is_ok());
            testing::advance(GRACE);
            assert!(checkpoint().is_ok(), "at the very end it is not over");
            testing::advance(Duration::from_nanos(1));
            assert_stopped(checkpoint());
            assert_stopped(checkpoint());
            // Inside another one as well.
            assert_stopped(shield(checkpoint));
            assert_stopped(shield_for(GRACE, checkpoint));
        });
        assert_stopped(checkpoint());
    });
    let outcome = Budget::new().cancel(token.clone()).run(|| ());
    assert!(outcome.is_err());
}

#[test]
fn unshielded_code_does_not_wait_for_the_grace() {
    let token = CancelToken::new();
    under(&token, || {
        token.cancel_with_grace("stop", Duration::MAX);
        assert_stopped(checkpoint());
        assert!(shield(checkpoint).is_ok());
    });
}

#[test]
fn without_a_grace_nothing_is_postponed() {
    let token = CancelToken::new();
    under(&token, || {
        token.cancel_with_grace("stop", Duration::ZERO);
        assert_stopped(shield(checkpoint));
    });
}

#[test]
fn of_several_graces_the_shortest_counts() {
    let _paused = testing::pause();
    let token = CancelToken::new();
    under(&token, || {
        token.cancel_with_grace("stop", GRACE);
        token.cancel_with_grace("later", 2 * GRACE);
        token.cancel_with_grace("sooner", GRACE / 2);
        shield(|| {
            testing::advance(GRACE / 2);
            assert!(checkpoint().is_ok());
            testing::advance(Duration::from_nanos(1));
            assert_stopped(checkpoint());
        });
    });
}

#[test]
fn a_cancel_that_is_there_can_be_given_an_end() {
    let token = CancelToken::new();
    under(&token, || {
        token.cancel("stop");
        assert!(shield(checkpoint).is_ok());
        token.cancel_with_grace("now", Duration::ZERO);
        assert_stopped(shield(checkpoint));
    });
}

#[test]
fn children_have_the_grace_of_their_parent_and_siblings_none_of_each_others() {
    let root = CancelToken::new();
    let (one, other) = (root.child(), root.child());
    under(&one, || {
        root.cancel_with_grace("stop", GRACE);
        assert!(shield(checkpoint).is_ok());
        // It was cancelled with its parent.
        one.cancel_with_grace("now", Duration::ZERO);
        assert!(shield(checkpoint).is_ok());
        root.cancel_with_grace("now", Duration::ZERO);
        assert_stopped(shield(checkpoint));
    });
    assert!(other.is_cancelled() && root.child().is_cancelled());
}

#[test]
fn what_hides_more_than_a_shield_is_not_cut() {
    let token = CancelToken::new();
    let context = Budget::timeout(GRACE)
        .run(|| Context::current().detach())
        .unwrap();
    under(&token, || {
        token.cancel_with_grace("stop", Duration::ZERO);
        let job = || Budget::timeout(GRACE).root().run(|| shield(checkpoint));
        assert!(job().unwrap().is_ok(), "somebody else's job");
        assert!(context.run(|| shield(checkpoint)).is_ok());
        // Nor is a cleanup, which has a budget of its own.
        let cleaned = std::cell::Cell::new(false);
        drop(guard_runtime::defer(|_| {
            cleaned.set(shield(checkpoint).is_ok());
        }));
        assert!(cleaned.get());
    });
}

#[loop_guard(inherit)]
fn spin() -> Result<(), Tripped> {
    loop {
        std::hint::spin_loop();
    }
}

#[test]
fn loops_and_waits_of_other_threads_are_cut() {
    let token = CancelToken::new();
    let (ready, all) = mpsc::channel();
    thread::scope(|scope| {
        let works: [fn() -> Result<(), Tripped>; 3] = [
            || shield(spin),
            || shield(|| sleep(Duration::from_secs(3600))),
            || shield(|| shield_for(Duration::from_secs(3600), spin)),
        ];
        let workers = works.map(|work| {
            let (ready, token) = (ready.clone(), token.clone());
            scope.spawn(move || {
                under(&token, || {
                    ready.send(()).unwrap();
                    work()
                })
            })
        });
        for _ in works {
            all.recv().unwrap();
        }
        token.cancel_with_grace("stop", Duration::from_millis(5));
        for worker in workers {
            assert_stopped(worker.join().unwrap());
        }
    });
}

#[test]
fn a_grace_ends_though_its_handle_is_gone() {
    let _paused = testing::pause();
    let root = CancelToken::new();
    let child = root.child();
    let outcome = Budget::new().named("stopped").cancel(child).run(|| {
        root.cancel_with_grace("stop", GRACE);
        drop(root);
        shield(|| {
            testing::advance(2 * GRACE);
            checkpoint()
        })
    });
    assert_stopped(outcome.unwrap());
}
