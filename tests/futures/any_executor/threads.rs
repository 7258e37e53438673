//! Scopes move with their futures: from thread to thread, past others on one thread, through panics and
//! drops.

use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{
    Budget, Cause, Tripped, checkpoint, deadline, loop_guard, remaining, snapshot, testing,
};
use harness::Paused;

use super::by_hand::{ByHand, NANO, SECOND, pass, pause};

#[loop_guard(timeout = budget, name = "migrates")]
async fn migrates(budget: Duration, polls: u32) -> Result<Vec<Instant>, Tripped> {
    let mut deadlines = Vec::new();
    for _ in 0..polls {
        deadlines.extend(deadline());
        pause().await;
    }
    Ok(deadlines)
}

/// Polls on another thread.
fn elsewhere<F: Future<Output: Send> + Send>(future: &mut ByHand<F>) -> Poll<F::Output> {
    thread::scope(|scope| {
        let polled = scope.spawn(|| {
            assert_eq!(deadline(), None);
            let polled = future.poll();
            assert_eq!(deadline(), None, "the scope is gone with the future");
            polled
        });
        polled.join().unwrap()
    })
}

#[test]
fn one_budget_on_many_threads() {
    for budget in [Duration::from_nanos(999_999_999), SECOND * 60] {
        let mut future = ByHand::new(migrates(budget, 10));
        for _ in 0..10 {
            assert!(elsewhere(&mut future).is_pending());
        }
        let Poll::Ready(Ok(deadlines)) = elsewhere(&mut future) else {
            panic!("it is left");
        };
        assert_eq!(deadlines.len(), 10);
        // A scope of a second or more may begin later by what a starved ticker has lost, but never earlier.
        assert!(deadlines.is_sorted());
        assert!(budget > SECOND || deadlines[0] == deadlines[9]);
    }
}

#[test]
fn the_deadline_is_noticed_on_any_thread() {
    let (limit, start) = (Duration::from_millis(20), Instant::now());
    let mut future = ByHand::new(migrates(limit, u32::MAX));
    let tripped = loop {
        if let Poll::Ready(outcome) = elsewhere(&mut future) {
            break outcome.unwrap_err();
        }
    };
    assert_eq!(tripped.scope(), "migrates");
    assert!(start.elapsed() > limit, "not before");
    let Cause::Timeout {
        limit: told,
        elapsed,
    } = tripped.cause()
    else {
        panic!("{tripped}");
    };
    assert!(told == limit && elapsed > limit, "{tripped}");
}

/// Two threads that hand one future to each other.
#[test]
fn back_and_forth() {
    #[loop_guard(iterations = 1000)]
    async fn steps(done: Arc<AtomicU32>) -> Result<(), Tripped> {
        loop {
            done.fetch_add(1, Ordering::Relaxed);
            pause().await;
        }
    }
    let done = Arc::new(AtomicU32::new(0));
    let (there, from_here) = mpsc::channel::<ByHand<_>>();
    let (here, from_there) = mpsc::channel();
    let other = thread::spawn(move || {
        while let Ok(mut future) = from_here.recv() {
            let polled = future.poll();
            if here.send((future, polled)).is_err() {
                return;
            }
        }
    });
    let mut future = ByHand::new(steps(done.clone()));
    loop {
        if let Poll::Ready(outcome) = future.poll() {
            assert!(outcome.is_err());
            break;
        }
        there.send(future).unwrap();
        let (back, polled) = from_there.recv().unwrap();
        if let Poll::Ready(outcome) = polled {
            assert!(outcome.is_err());
            break;
        }
        future = back;
    }
    drop(there);
    other.join().unwrap();
    assert_eq!(done.load(Ordering::Relaxed), 1000);
}

#[loop_guard(timeout = budget)]
async fn sees(budget: Duration, seen: &RefCell<Vec<Option<Duration>>>) -> Result<(), Tripped> {
    loop {
        seen.borrow_mut().push(remaining());
        pause().await;
    }
}

#[test]
fn futures_in_turn_on_one_thread_never_see_each_others_scope() {
    let _paused = Paused::new();
    let (short, long) = (RefCell::default(), RefCell::default());
    let mut first = ByHand::new(sees(SECOND * 5, &short));
    let mut second = ByHand::new(sees(SECOND * 50, &long));
    for _ in 0..6 {
        first.pend();
        assert_eq!(remaining(), None);
        second.pend();
        assert_eq!(remaining(), None);
        testing::advance(SECOND);
    }
    assert!(first.finish().is_err());
    second.pend();
    let seconds = |from: u64| (0..6).map(move |at| Some(Duration::from_secs(from - at)));
    assert!(short.borrow().iter().copied().eq(seconds(5)), "{short:?}");
    assert!(
        long.borrow().iter().take(6).copied().eq(seconds(50)),
        "{long:?}"
    );
    // In another function's scope, in turn.
    let outer = Budget::timeout(SECOND).run(|| {
        second.pend();
        *long.borrow().last().unwrap()
    });
    assert_eq!(outer.unwrap(), Some(SECOND));
    second.pend();
    assert_eq!(*long.borrow().last().unwrap(), Some(SECOND * 44));
}

/// Panics in its poll number `polls`.
#[loop_guard(timeout = "1h", name = "panics")]
async fn panics(polls: u32) -> Result<(), Tripped> {
    for _ in 1..polls {
        pause().await;
    }
    let inner = async {
        for _ in 0..1 {
            nested().await?;
        }
        Ok(())
    };
    inner.await
}

#[loop_guard(timeout = "2h")]
async fn nested() -> Result<(), Tripped> {
    panic!("in a poll")
}

#[test]
fn a_panic_in_a_poll_leaves_the_threads_scopes_right() {
    let outcome = Budget::timeout(SECOND * 1000).run(|| {
        let outside = deadline();
        for polls in 1..4 {
            let mut future = ByHand::new(panics(polls));
            for _ in 1..polls {
                future.pend();
                assert_eq!(deadline(), outside);
            }
            let payload = catch_unwind(AssertUnwindSafe(|| future.poll())).unwrap_err();
            assert_eq!(payload.downcast_ref::<&str>(), Some(&"in a poll"));
            assert_eq!(deadline(), outside);
            drop(future);
            assert_eq!(deadline(), outside);
        }
    });
    assert!(outcome.is_ok());
    assert_eq!(deadline(), None);
}

#[test]
fn a_drop_between_polls_and_one_during_anothers_poll() {
    #[loop_guard(timeout = "1000s", name = "drops")]
    async fn drops<F: Future>(other: F) -> Result<(), Tripped> {
        let before = deadline();
        let mut other = Some(Box::pin(other));
        poll_fn(|context| {
            if let Some(other) = &mut other {
                assert!(other.as_mut().poll(context).is_pending());
            }
            Poll::Ready(())
        })
        .await;
        assert_eq!(deadline(), before);
        pause().await;
        drop(other.take());
        assert_eq!(deadline(), before);
        checkpoint()?;
        pause().await;
        Ok(())
    }

    for nests in [true, false] {
        let waits = async move {
            if nests {
                Box::pin(migrates(SECOND * 500, 100)).await.map(|_| ())
            } else {
                pending().await
            }
        };
        let mut future = ByHand::new(drops(waits));
        future.pend();
        future.pend();
        future.finish().unwrap();
        assert_eq!(deadline(), None);
    }
    let mut future = ByHand::new(migrates(SECOND, 3));
    future.pend();
    drop(future);
    assert_eq!(deadline(), None);
}

#[test]
fn a_future_dropped_on_another_thread() {
    #[loop_guard(timeout = "70s", name = "dropped elsewhere")]
    async fn waits() -> Result<(), Tripped> {
        pending().await
    }
    let open = || {
        let open = snapshot();
        open.iter()
            .filter(|scope| scope.name() == "dropped elsewhere")
            .count()
    };
    let mut future = ByHand::new(waits());
    future.pend();
    assert_eq!(open(), 1);
    thread::spawn(move || drop(future)).join().unwrap();
    assert_eq!(open(), 0, "its scope is closed with it");
}

#[test]
fn a_forgotten_future_is_in_nobodys_way() {
    let _paused = Paused::new();
    let mut future = ByHand::new(migrates(SECOND, 30));
    future.pend();
    std::mem::forget(future);
    testing::advance(SECOND * 2);
    assert_eq!(deadline(), None);
    let mut other = ByHand::new(migrates(SECOND, 1));
    other.pend();
    assert!(other.finish().is_ok());
}

#[test]
fn polled_after_it_is_done_it_panics_as_any_async_fn() {
    for panicked in [false, true] {
        let mut future = ByHand::new(panics(1));
        let mut ready = ByHand::new(migrates(SECOND, 0));
        let again = if panicked {
            let _ = catch_unwind(AssertUnwindSafe(|| future.poll()));
            catch_unwind(AssertUnwindSafe(|| future.poll().map(|_| ()))).unwrap_err()
        } else {
            assert!(ready.finish().is_ok());
            catch_unwind(AssertUnwindSafe(|| ready.poll().map(|_| ()))).unwrap_err()
        };
        let told = again.downcast_ref::<&str>().unwrap();
        let wanted = if panicked { "panicking" } else { "completion" };
        assert!(
            told.contains("`async fn` resumed after") && told.contains(wanted),
            "{told}"
        );
        assert_eq!(deadline(), None);
    }
}

#[test]
fn a_trip_between_two_polls_is_found_at_the_next_one() {
    let _paused = Paused::new();
    let mut future = ByHand::new(migrates(SECOND, 3));
    future.pend();
    testing::advance(SECOND + NANO);
    // The check of another future meanwhile finds nothing due.
    let mut other = ByHand::new(migrates(SECOND * 5, 3));
    other.pend();
    assert!(future.finish().is_err());
    other.pend();
}

#[test]
fn borrows_of_a_thread_stay_on_it() {
    #[loop_guard(timeout = "1s")]
    async fn holds(shared: Rc<RefCell<u32>>) -> Result<u32, Tripped> {
        let mut held = shared.borrow_mut();
        for _ in 0..10 {
            *held += 1;
        }
        drop(held);
        pass().await;
        Ok(*shared.borrow())
    }
    let _paused = Paused::new();
    let mut future = pin!(holds(Rc::default()));
    let both: Pin<&mut dyn Future<Output = _>> = future.as_mut();
    assert_eq!(futures::executor::block_on(both).unwrap(), 10);
}
