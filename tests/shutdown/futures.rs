//! Nodes that are stopped by a future.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;

use guard_runtime::shutdown::{Outcome, Shutdown};
use guard_runtime::{Tripped, loop_guard};

use crate::{LONG, in_time, ms};

/// Counts that it was dropped.
struct Counted(Arc<AtomicU32>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn they_are_awaited_in_order_and_cut_where_they_wait() {
    let report = in_time(|| {
        let shutdown = Shutdown::new().grace(LONG);
        let dropped = Arc::new(AtomicU32::new(0));
        let (before, inside) = (Arc::clone(&dropped), Arc::clone(&dropped));
        let database = shutdown.node_async("database", ms(60_000), async move |why| {
            assert_eq!(why.as_str(), "test");
            let users = before.load(Ordering::Relaxed);
            assert_eq!(users, 1, "its user still waits");
        });
        shutdown
            .node_async("http", ms(20), async move |_| {
                let _counted = (Counted(inside), Rc::new("not Send"));
                std::future::pending::<()>().await;
            })
            .uses(&database);
        shutdown.node_async("panics", ms(60_000), async |_| panic!("no socket"));
        shutdown.begin("test");
        shutdown.wait()
    });
    assert_eq!(report.node("database"), Some(Outcome::Done));
    assert_eq!(report.node("http"), Some(Outcome::Cut));
    assert_eq!(report.node("panics"), Some(Outcome::Panicked));
    let http = report.nodes().find(|row| row.name() == "http").unwrap();
    let message = http.message().unwrap();
    assert!(message.contains("20ms allowed"), "{message}");
}

#[test]
fn their_loops_are_cut() {
    #[loop_guard(inherit)]
    #[allow(clippy::unused_async, reason = "a loop that never awaits")]
    async fn spin() -> Result<(), Tripped> {
        loop {
            std::hint::spin_loop();
        }
    }

    let (trips, trip) = mpsc::channel();
    let report = in_time(|| {
        let (shutdown, trips) = (Shutdown::new().grace(LONG), trips.clone());
        shutdown.node_async("http", ms(20), async move |_| {
            trips.send(spin().await.unwrap_err()).unwrap();
        });
        shutdown.begin("test");
        shutdown.wait()
    });
    assert_eq!(report.node("http"), Some(Outcome::Cut));
    assert_eq!(trip.recv().unwrap().scope(), "http");
}

#[test]
fn a_future_that_is_woken_from_elsewhere_goes_on() {
    let shutdown = Shutdown::new().grace(LONG);
    let (sender, receiver) = futures::channel::oneshot::channel();
    shutdown.node_async("queue", ms(60_000), async move |_| {
        assert_eq!(receiver.await, Ok(7));
    });
    shutdown.begin("test");
    thread::sleep(ms(5));
    sender.send(7).unwrap();
    assert!(shutdown.wait().is_clean());
}

#[cfg(feature = "tokio")]
mod tokio_runtimes {
    use super::*;
    use tokio::runtime::{Builder, Runtime};

    fn all() -> [Runtime; 2] {
        let several = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let one = Builder::new_current_thread().enable_all().build();
        [several.unwrap(), one.unwrap()]
    }

    #[test]
    fn it_is_polled_in_the_runtime_where_it_was_registered() {
        for runtime in all() {
            let shutdown = Shutdown::new().grace(LONG);
            runtime.block_on(async {
                shutdown.node_async("queue", ms(60_000), async |_| {
                    tokio::time::sleep(ms(5)).await;
                    let task = tokio::spawn(async { 7 });
                    assert_eq!(task.await.unwrap(), 7);
                });
                shutdown.begin("test");
                // Meanwhile the runtime turns.
                let waits = shutdown.clone();
                let report = tokio::task::spawn_blocking(move || waits.wait()).await;
                assert!(report.as_ref().unwrap().is_clean(), "{}", report.unwrap());
            });
        }
    }

    #[test]
    fn it_is_cut_while_the_runtime_is_blocked() {
        for runtime in all() {
            let report = in_time(|| {
                let shutdown = Shutdown::new().grace(LONG);
                runtime.block_on(async {
                    shutdown.node_async("queue", ms(20), |_| std::future::pending::<()>());
                    shutdown.node_async("timer", ms(20), async |_| {
                        tokio::time::sleep(LONG).await;
                    });
                    shutdown.begin("test");
                    shutdown.wait() // blocks the only worker
                })
            });
            assert_eq!(report.node("queue"), Some(Outcome::Cut), "{report}");
            assert_eq!(report.node("timer"), Some(Outcome::Cut), "{report}");
        }
    }
}
