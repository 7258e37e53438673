//! Runtimes without timers, and runtimes that end before the future does.

use super::*;

#[test]
fn a_runtime_without_timers() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(waits(SOON))));
    if cfg!(feature = "tokio") {
        // As `tokio::time::timeout` does.
        let payload = outcome.unwrap_err();
        let told = payload.downcast_ref::<&str>().copied().map(str::to_owned);
        let told = told
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        assert!(told.contains("timers are disabled"), "{told}");
    } else {
        assert!(outcome.unwrap().is_err());
    }
    assert_eq!(deadline(), None);
    // One that never waits needs no timer.
    #[loop_guard(timeout = "1h")]
    async fn ready() -> Result<u32, Tripped> {
        for _ in 0..3 {}
        Ok(1)
    }
    assert_eq!(runtime.block_on(ready()).unwrap(), 1);
    assert!(futures::executor::block_on(waits(SOON)).is_err());
}

#[test]
fn a_runtime_that_is_shut_down_while_futures_wait() {
    #[loop_guard(timeout = "1h", name = "shut down")]
    async fn pends(dropped: Dropped) -> Result<(), Tripped> {
        let _dropped = dropped;
        pending().await
    }
    struct Dropped(Arc<AtomicU64>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let dropped = Arc::new(AtomicU64::new(0));
    for runtime in [current(), threads(2)] {
        for _ in 0..100 {
            runtime.spawn(pends(Dropped(dropped.clone())));
        }
        runtime.block_on(async {
            while listed("shut down") < 100 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        drop(runtime);
        assert_eq!(listed("shut down"), 0);
    }
    assert_eq!(dropped.load(Ordering::Relaxed), 200);
    assert!(current().block_on(waits(SOON)).is_err());
}

#[test]
fn a_future_that_outlives_its_runtime() {
    let runtime = current();
    let mut future = pending_in(&runtime, SOON);
    drop(runtime);
    thread::sleep(SOON * 2);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        futures::executor::block_on(future.as_mut())
    }));
    // Its deadline has passed: the first poll finds that, whatever has become of the timer.
    assert!(outcome.unwrap().is_err());
    assert!(current().block_on(waits(SOON)).is_err());
}

#[test]
fn from_one_runtime_to_another_and_to_none() {
    let (first, second) = (current(), threads(2));
    let mut future = pending_in(&first, Duration::from_millis(100));
    let polled = second.block_on(async { futures::poll!(&mut future) });
    if polled.is_ready() {
        return; // it took its time
    }
    // Polled elsewhere; the runtime of its timer still turns.
    let turns =
        thread::spawn(move || first.block_on(async { tokio::time::sleep(SOON * 100).await }));
    assert!(futures::executor::block_on(future).is_err());
    turns.join().unwrap();
}
