//! Cleanups in real time, where a wall opens only once a check needs it.

use std::time::Instant;

use guard_runtime::testing::LeakCheck;

use super::*;
use crate::walls::wait_for_a_tick;

const HOUR: Duration = Duration::from_secs(3600);

fn open<T>(f: impl FnOnce() -> T) -> T {
    let leaks = LeakCheck::new();
    let value = Budget::timeout(HOUR).run(|| {
        // After this loop the ticker runs, and the thread has seen its word.
        while checkpoint().is_ok() && remaining().is_none() {}
        f()
    });
    leaks.assert_clean();
    value.expect("an hour is enough")
}

fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        assert!(checkpoint().is_ok());
    }
}

#[test]
fn its_loops_are_cut_when_a_second_is_over() {
    events::take();
    let (cut, start) = (RefCell::new(None), Instant::now());
    open(|| {
        defer!(|_| {
            *cut.borrow_mut() = loop {
                if let Err(tripped) = checkpoint() {
                    break Some(tripped);
                }
            };
        });
    });
    assert!(start.elapsed() > Duration::from_secs(1));
    assert_eq!(cut.take().unwrap().scope(), "cleanup");
    let told = events::take();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].contains("took too long: 1s allowed"), "{told:?}");
}

#[test]
fn a_second_that_passes_unnoticed_is_told() {
    events::take();
    open(|| {
        defer! { std::thread::sleep(Duration::from_secs(3)); }
    });
    let told = events::take();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("took too long: 1s allowed"), "{told:?}");
}

#[test]
fn scopes_and_cleanup_inside_leave_all_as_it_was() {
    let told = RefCell::new(Vec::new());
    let say = |what: &str| told.borrow_mut().push(what.to_owned());
    open(|| {
        let before = remaining().expect("an hour");
        for _ in 0..3 {
            defer!(within = "20m", |_| {
                assert!(remaining().expect("its own") < HOUR / 2);
                defer!(within = "10m", |_| {
                    assert!(remaining().expect("its own") < HOUR / 4);
                    say("innermost");
                });
                let inner = Budget::timeout(HOUR).run(|| {
                    defer!(|exit| say(&exit.to_string()));
                    remaining()
                });
                assert!(inner.unwrap().unwrap() < HOUR / 2);
                assert!(guard_runtime::shield(remaining).is_none());
            });
        }
        assert!(remaining().expect("an hour") <= before);
        assert!(remaining().expect("an hour") > HOUR / 2);
    });
    assert_eq!(told.into_inner(), ["returned", "innermost"].repeat(3));
}

#[test]
fn a_panic_inside_leaves_all_as_it_was() {
    open(|| {
        for checks in [false, true] {
            let outcome = silently(|| {
                catch_unwind(|| {
                    defer!(|_| {
                        assert!(!checks || checkpoint().is_err(), "first");
                        panic!("first");
                    });
                })
            });
            assert!(outcome.is_err());
            assert!(remaining().expect("an hour") > Duration::from_secs(60));
        }
    });
}

#[test]
fn what_ran_out_meanwhile_trips_at_the_next_check() {
    for limit in [3 * MS, Duration::from_millis(1001)] {
        let outcome = Budget::timeout(limit).run(|| {
            defer!(within = "1h", |_| spin(2 * limit));
            defer!(within = "1h", |_| std::thread::sleep(limit));
            0
        });
        assert!(outcome.is_ok(), "nobody looked");
        let outcome = Budget::timeout(limit).run(|| {
            {
                defer!(within = "1h", |_| {
                    spin(2 * limit);
                    wait_for_a_tick();
                });
            }
            checkpoint()
        });
        assert!(outcome.unwrap().is_err());
    }
}
