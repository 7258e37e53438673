//! Permits: who gets one, and that each comes back.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{pending, poll_fn, ready};
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::task::Poll;
use std::thread;
use std::time::Instant;

use guard_runtime::policy::Bulkhead;
use guard_runtime::{
    Budget, Cancel, CancelToken, Cause, Mode, Tripped, checkpoint, loop_guard, set_mode, testing,
};
use harness::Random;

use crate::{millis, panics, paused, poll};

#[loop_guard(inherit)]
fn run_away() {
    loop {
        testing::advance(millis(1));
    }
}

#[test]
fn a_permit_is_back_on_every_way_out() {
    paused(|| {
        let bulkhead = Bulkhead::new(1);
        let check = |name: &str, call: &dyn Fn()| {
            call();
            assert_eq!(bulkhead.available(), 1, "{name}");
        };
        check("returned", &|| {
            bulkhead
                .run(|| assert_eq!(bulkhead.available(), 0))
                .unwrap();
        });
        check("panicked", &|| {
            panics(|| drop(bulkhead.run(|| resume_unwind(Box::new("a panic")) as u8)));
        });
        check("tripped", &|| {
            let outcome = Budget::timeout(millis(10)).run(|| bulkhead.run(run_away));
            assert!(matches!(
                outcome.unwrap().unwrap_err().cause(),
                Cause::Timeout { .. }
            ));
        });
        check("refused by a budget", &|| {
            let outcome = Budget::timeout(millis(0)).run(|| {
                testing::advance(millis(1));
                bulkhead.run(|| panic!("not to be called"))
            });
            assert!(outcome.unwrap().is_err());
        });
        check("ready", &|| {
            assert!(poll(pin!(bulkhead.wrap(ready(())))).is_ready());
        });
        check("dropped", &|| {
            let mut future = Box::pin(bulkhead.wrap(pending::<()>()));
            assert!(poll(future.as_mut()).is_pending());
            assert_eq!(bulkhead.available(), 0);
        });
        check("never polled", &|| drop(bulkhead.wrap(pending::<()>())));
        check("panicked in a poll", &|| {
            let panicking = poll_fn(|_| resume_unwind(Box::new("a panic")) as Poll<()>);
            panics(|| drop(poll(pin!(bulkhead.wrap(panicking)))));
        });
    });
}

#[test]
fn an_observed_scope_whose_token_is_cancelled_waits_for_its_permit_without_spinning() {
    /// A token that is never cancelled, and counts how often it is asked: at each check that looks.
    struct Asked(Arc<AtomicU32>);
    impl Cancel for Asked {
        fn is_cancelled(&self) -> bool {
            self.0.fetch_add(1, Ordering::Relaxed);
            false
        }
    }
    static ONE: Bulkhead = Bulkhead::new(1).queue(1);

    set_mode("bulkhead::observed", Mode::Observe).unwrap();
    let (token, asked) = (CancelToken::new(), Arc::new(AtomicU32::new(0)));
    let budget = Budget::new()
        .named("bulkhead::observed")
        .cancel(Asked(Arc::clone(&asked)))
        .cancel(token.clone());
    let (started, waits) = ONE
        .run(|| {
            let started = Instant::now();
            let waits = thread::spawn(move || budget.run(|| ONE.run(|| ())));
            while ONE.waiting() == 0 {
                thread::yield_now();
            }
            // It sleeps by then, on most machines.
            thread::sleep(millis(10));
            token.cancel("observed");
            thread::sleep(millis(100));
            (started, waits)
        })
        .unwrap();
    waits.join().unwrap().unwrap().unwrap();
    // The foreign token is asked at each heartbeat, which is 5 ms; a wait that spins asks it a thousand times as often.
    let most = 50 + started.elapsed().as_millis();
    assert!(u128::from(asked.load(Ordering::Relaxed)) < most);
}

#[test]
fn the_permit_is_back_after_the_call_is_gone() {
    struct Last<'b>(&'b Bulkhead, &'b Cell<u32>);
    impl Drop for Last<'_> {
        fn drop(&mut self) {
            self.1.set(self.0.available());
        }
    }
    let (bulkhead, seen) = (Bulkhead::new(1), Cell::new(7));
    let mut future = Box::pin(bulkhead.wrap(async {
        let _last = Last(&bulkhead, &seen);
        pending::<()>().await;
    }));
    assert!(poll(future.as_mut()).is_pending());
    drop(future);
    assert_eq!(seen.get(), 0);
    assert_eq!(bulkhead.available(), 1);
}

#[test]
fn first_come_first_served() {
    let bulkhead = Bulkhead::new(1).queue(3);
    let order = RefCell::new(Vec::new());
    let note = |number: u32| {
        let order = &order;
        async move { order.borrow_mut().push(number) }
    };
    let mut holder = Box::pin(bulkhead.wrap(pending::<()>()));
    assert!(poll(holder.as_mut()).is_pending());
    let mut waiters: Vec<_> = (0..3)
        .map(|number| Box::pin(bulkhead.wrap(note(number))))
        .collect();
    for waiter in &mut waiters {
        assert!(poll(waiter.as_mut()).is_pending());
    }
    assert_eq!(bulkhead.waiting(), 3);
    let mut fourth = pin!(bulkhead.wrap(note(4)));
    let Poll::Ready(Err(refused)) = poll(fourth.as_mut()) else {
        panic!("the queue is full");
    };
    assert_eq!(refused.cause(), Cause::Full);
    assert!(
        refused.to_string().contains("refused the call: it is full"),
        "{refused}"
    );
    // The one in the middle goes away, and nobody is overtaken, whoever is polled first.
    drop(waiters.remove(1));
    drop(holder);
    assert!(poll(waiters[1].as_mut()).is_pending());
    assert!(poll(waiters[0].as_mut()).is_ready());
    assert!(poll(waiters[1].as_mut()).is_ready());
    assert_eq!(*order.borrow(), [0, 2]);
    drop(waiters);
    assert_eq!(bulkhead.available(), 1);
}

#[test]
fn waiting_spends_the_budget_and_ends_with_it() {
    paused(|| {
        let bulkhead = Bulkhead::new(1).queue(1);
        let mut holder = pin!(bulkhead.wrap(pending::<()>()));
        assert!(poll(holder.as_mut()).is_pending());
        let outcome =
            Budget::timeout(millis(25)).run(|| bulkhead.run(|| panic!("not to be called")));
        assert!(matches!(
            outcome.unwrap().unwrap_err().cause(),
            Cause::Timeout { .. }
        ));
        assert_eq!(bulkhead.waiting(), 0);

        let mut waiter = Box::pin(wait_for(&bulkhead));
        assert!(poll(waiter.as_mut()).is_pending());
        assert_eq!(bulkhead.waiting(), 1);
        testing::advance(millis(101));
        assert!(matches!(poll(waiter.as_mut()), Poll::Ready(Err(_))));
        assert_eq!(bulkhead.waiting(), 0);
    });
}

#[loop_guard(timeout = "100ms")]
async fn wait_for(bulkhead: &Bulkhead) -> Result<(), Tripped> {
    bulkhead.wrap(ready(())).await
}

#[test]
fn a_cancel_ends_the_wait_of_a_thread_and_of_a_future() {
    let bulkhead = Bulkhead::new(1).queue(2);
    let mut holder = Box::pin(bulkhead.wrap(pending::<()>()));
    assert!(poll(holder.as_mut()).is_pending());
    let token = CancelToken::new();
    let budget = Budget::new().cancel(token.clone());
    let mut future = pin!(budget.wrap(bulkhead.wrap(pending::<()>())));
    assert!(poll(future.as_mut()).is_pending());
    thread::scope(|scope| {
        let blocked = scope.spawn(|| {
            let outcome = budget.run(|| bulkhead.run(|| panic!("not to be called")));
            outcome.unwrap().unwrap_err().cause()
        });
        while bulkhead.waiting() < 2 {
            thread::yield_now();
        }
        token.cancel("client gone");
        let cause = blocked.join().unwrap();
        assert!(matches!(
            cause,
            Cause::Cancelled {
                reason: "client gone",
                ..
            }
        ));
    });
    assert!(matches!(poll(future.as_mut()), Poll::Ready(Err(_))));
    assert_eq!(bulkhead.waiting(), 0);
}

#[test]
fn a_permit_that_is_given_back_wakes_the_thread_that_waits() {
    let bulkhead = Bulkhead::new(1).queue(1);
    let mut holder = Box::pin(bulkhead.wrap(pending::<()>()));
    assert!(poll(holder.as_mut()).is_pending());
    thread::scope(|scope| {
        let waits = scope.spawn(|| bulkhead.run(|| bulkhead.available()).unwrap());
        while bulkhead.waiting() == 0 {
            thread::yield_now();
        }
        drop(holder);
        assert_eq!(waits.join().unwrap(), 0);
    });
    assert_eq!(bulkhead.available(), 1);
}

/// Calls that begin, are polled, end or are dropped in any order, beside a model that keeps a list.
#[test]
fn a_bulkhead_does_what_a_sequential_model_does() {
    #[derive(Default)]
    struct Model {
        held: Vec<u32>,
        waiting: VecDeque<u32>,
    }

    impl Model {
        /// One leaves, and the first of those who wait takes its place.
        fn leaves(&mut self, number: u32) {
            self.waiting.retain(|other| *other != number);
            if let Some(place) = self.held.iter().position(|other| *other == number) {
                self.held.remove(place);
                self.held.extend(self.waiting.pop_front());
            }
        }
    }

    for seed in 1..=300 {
        let mut random = Random::new(seed);
        let (permits, places) = (1 + random.index(3), random.index(4));
        let bulkhead =
            Bulkhead::new(u32::try_from(permits).unwrap()).queue(u32::try_from(places).unwrap());
        let ends = RefCell::new(Vec::new());
        let call = |number: u32| {
            let ends = &ends;
            Box::pin(bulkhead.wrap(poll_fn(move |_| {
                if ends.borrow().contains(&number) {
                    Poll::Ready(number)
                } else {
                    Poll::Pending
                }
            })))
        };
        let (mut model, mut calls, mut next) = (Model::default(), Vec::new(), 0);
        for _ in 0..100 {
            let index = random.index(calls.len().max(1));
            match random.index(4) {
                0 => {
                    let mut new = call(next);
                    match poll(new.as_mut()) {
                        Poll::Pending if model.held.len() < permits => model.held.push(next),
                        Poll::Pending => {
                            assert!(model.waiting.len() < places, "there is no place");
                            model.waiting.push_back(next);
                        }
                        Poll::Ready(outcome) => {
                            assert_eq!(outcome.unwrap_err().cause(), Cause::Full);
                            assert_eq!((model.held.len(), model.waiting.len()), (permits, places));
                            continue;
                        }
                    }
                    calls.push((next, new));
                    next += 1;
                }
                1 if !calls.is_empty() => {
                    let (number, call) = calls.remove(index);
                    drop(call);
                    model.leaves(number);
                }
                2 if !calls.is_empty() => {
                    let (number, mut call) = calls.remove(index);
                    ends.borrow_mut().push(number);
                    let has_permit = model.held.contains(&number);
                    assert_eq!(poll(call.as_mut()).is_ready(), has_permit, "seed {seed}");
                    drop(call);
                    model.leaves(number);
                }
                3 if !calls.is_empty() => {
                    assert!(poll(calls[index].1.as_mut()).is_pending());
                }
                _ => {}
            }
            let left = permits - model.held.len();
            assert_eq!(bulkhead.available() as usize, left, "seed {seed}");
            assert_eq!(bulkhead.waiting(), model.waiting.len(), "seed {seed}");
        }
        drop(calls);
        assert_eq!(bulkhead.available() as usize, permits);
    }
}

#[test]
fn nested_calls_take_no_permit() {
    let bulkhead = Bulkhead::new(1);
    bulkhead
        .run(|| {
            bulkhead.run(|| ()).unwrap();
            assert!(poll(pin!(bulkhead.wrap(ready(())))).is_ready());
            let other = Bulkhead::new(0);
            assert_eq!(other.run(|| ()).unwrap_err().cause(), Cause::Full);
        })
        .unwrap();
    let mut future = pin!(bulkhead.wrap(async {
        bulkhead.run(|| ()).unwrap();
        bulkhead.wrap(ready(())).await
    }));
    assert!(matches!(poll(future.as_mut()), Poll::Ready(Ok(Ok(())))));
    // Between two polls the stack holds none.
    let mut waiting = Box::pin(bulkhead.wrap(pending::<()>()));
    assert!(poll(waiting.as_mut()).is_pending());
    assert!(bulkhead.run(|| ()).is_err());
}

#[test]
fn no_more_threads_than_permits() {
    const THREADS: usize = 16;
    let bulkhead = Bulkhead::new(3).queue(16);
    let (inside, most, start) = (AtomicU32::new(0), AtomicU32::new(0), Barrier::new(THREADS));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                start.wait();
                for _ in 0..50 {
                    let call = || {
                        let now = inside.fetch_add(1, Ordering::Relaxed) + 1;
                        most.fetch_max(now, Ordering::Relaxed);
                        thread::yield_now();
                        inside.fetch_sub(1, Ordering::Relaxed);
                    };
                    bulkhead.run(call).unwrap();
                }
            });
        }
    });
    assert!(most.into_inner() <= 3);
    assert_eq!((bulkhead.available(), bulkhead.waiting()), (3, 0));
    drop(checkpoint());
}
