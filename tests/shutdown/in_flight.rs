//! Tracked scopes: those in flight end or are told to, and no new ones begin.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier, LazyLock, mpsc};
use std::task::Poll;
use std::thread;

use crate::{LONG, ms};
use guard_runtime::shutdown::{Outcome, Report, Row, Shutdown};
use guard_runtime::{Budget, CancelToken, Cause, Context, Tripped, checkpoint, loop_guard, shield};

#[loop_guard(inherit)]
fn spin() -> Result<(), Tripped> {
    loop {
        std::hint::spin_loop();
    }
}

fn wait_for(shutdown: &Shutdown, count: usize) {
    while shutdown.in_flight() != count {
        thread::yield_now();
    }
}

fn in_flight(report: &Report) -> (Outcome, Option<&str>) {
    let row = report.in_flight().expect("some were");
    (Row::outcome(row), row.message())
}

/// Whether all that was in flight has left when it was `told` to. It has a second for that, which a thread without a
/// processor may miss; then the report says so.
fn is_cut(report: &Report, told: &str) -> bool {
    let (outcome, message) = in_flight(report);
    let message = message.unwrap();
    match outcome {
        Outcome::Cut => assert_eq!(message, told),
        _ => assert!(
            outcome == Outcome::Overran && message.starts_with(told),
            "{report}"
        ),
    }
    outcome == Outcome::Cut
}

#[test]
fn what_ends_by_itself_is_waited_for_and_nodes_come_after() {
    let shutdown = Shutdown::new().grace(LONG);
    let ended = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&ended);
    shutdown.node("database", ms(60_000), move |_| {
        assert!(seen.load(Ordering::Relaxed), "a request still needs it");
    });
    let (tracker, (go, wait)) = (shutdown.track(), mpsc::channel::<()>());
    let worker = thread::spawn(move || {
        tracker.run(|| {
            wait.recv().unwrap();
            ended.store(true, Ordering::Relaxed);
            checkpoint()
        })
    });
    wait_for(&shutdown, 1);
    shutdown.begin("test");
    thread::sleep(ms(20));
    go.send(()).unwrap();
    let report = shutdown.wait();
    assert!(worker.join().unwrap().unwrap().is_ok());
    assert_eq!(in_flight(&report), (Outcome::Done, None));
    assert!(report.is_clean(), "{report}");
}

#[test]
fn what_goes_on_trips_and_is_cleaned_up_before_nodes_are_stopped() {
    static CLEANED: AtomicU32 = AtomicU32::new(0);
    static BEFORE_NODES: AtomicU32 = AtomicU32::new(0);

    /// Shielded from the shutdown.
    fn clean(_: &guard_runtime::Exit<'_>) {
        thread::sleep(ms(5));
        assert!(checkpoint().is_ok());
        CLEANED.fetch_add(1, Ordering::Relaxed);
    }

    #[loop_guard(inherit, cleanup = clean)]
    fn request() -> Result<(), Tripped> {
        loop {
            std::hint::spin_loop();
        }
    }

    let shutdown = Shutdown::new().grace(LONG).drain(ms(10));
    shutdown.node("database", ms(60_000), |_| {
        BEFORE_NODES.store(CLEANED.load(Ordering::Relaxed), Ordering::Relaxed);
    });
    let tracker = shutdown.track().named("request");
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let tracker = tracker.clone();
            thread::spawn(move || tracker.run(request))
        })
        .collect();
    wait_for(&shutdown, 3);
    shutdown.begin("test");
    let report = shutdown.wait();
    for worker in workers {
        let tripped = worker.join().unwrap().unwrap().unwrap_err();
        assert_eq!(
            (tripped.scope(), tripped.cause()),
            ("request", Cause::Shutdown)
        );
        let text = tripped.to_string();
        assert!(text.contains("the process shuts down"), "{text}");
    }
    if is_cut(&report, "3 of 3 told to stop") {
        assert_eq!(
            BEFORE_NODES.load(Ordering::Relaxed),
            3,
            "they still clean up"
        );
    }
    assert_eq!(CLEANED.load(Ordering::Relaxed), 3);
    assert_eq!(report.node("database"), Some(Outcome::Done));
    assert!(!report.is_clean());
}

#[test]
fn nothing_new_begins() {
    let shutdown = Shutdown::new().grace(LONG);
    let tracker = shutdown.track();
    assert!(tracker.run(|| ()).is_ok());
    shutdown.begin("test");
    let refused = tracker.run(|| unreachable!("it was refused"));
    assert_eq!(refused.unwrap_err().cause(), Cause::Shutdown);
    let refused = shutdown.track().wrap(async { unreachable!("so was this") });
    let refused = futures::executor::block_on(refused);
    assert_eq!(refused.unwrap_err().cause(), Cause::Shutdown);
    assert!(shutdown.wait().in_flight().is_none());
}

#[test]
fn a_part_of_what_is_in_flight_is_nothing_new() {
    let shutdown = Shutdown::new().grace(LONG);
    let (tracker, begun) = (shutdown.track(), shutdown.clone());
    let outcome = tracker.run(|| {
        begun.begin("test");
        let part = tracker.run(checkpoint);
        let context = Context::current();
        let handed = thread::scope(|scope| {
            let worker = scope.spawn(|| context.run(|| tracker.run(checkpoint)));
            worker.join().unwrap()
        });
        let alone = thread::scope(|scope| scope.spawn(|| tracker.run(|| ())).join().unwrap());
        assert_eq!(alone.unwrap_err().cause(), Cause::Shutdown);
        (part, handed)
    });
    let (part, handed) = outcome.unwrap();
    assert!(part.unwrap().is_ok() && handed.unwrap().is_ok());
    assert!(shutdown.wait().is_clean());
}

#[test]
fn another_shutdown_is_none_of_its_business() {
    let (one, other) = (Shutdown::new().grace(LONG), Shutdown::new().grace(LONG));
    one.begin("test");
    let nested = other.track().run(|| one.track().run(|| ()));
    assert_eq!(nested.unwrap().unwrap_err().cause(), Cause::Shutdown);
    assert_eq!((one.in_flight(), other.in_flight()), (0, 0));
}

#[test]
fn lame_ducks_still_take_what_comes() {
    let shutdown = Shutdown::new().grace(LONG).lame_duck(ms(2_000));
    shutdown.begin("test");
    assert!(shutdown.is_draining());
    let tracker = shutdown.track();
    // At least the first one is let in.
    assert!(tracker.run(checkpoint).unwrap().is_ok());
    while tracker.run(|| ()).is_ok() {
        thread::sleep(ms(10));
    }
    assert!(shutdown.wait().took() >= ms(2_000));
}

#[test]
fn a_tracker_is_a_token_of_a_guarded_function() {
    static SHUTDOWN: LazyLock<Shutdown> =
        LazyLock::new(|| Shutdown::new().grace(LONG).drain(ms(10)));

    #[loop_guard(timeout = "1h", cancel = SHUTDOWN.track())]
    fn handle(started: &Barrier) -> Result<(), Tripped> {
        started.wait();
        loop {
            std::hint::spin_loop();
        }
    }

    #[loop_guard(timeout = "1h", cancel = SHUTDOWN.track())]
    async fn wait() -> Result<(), Tripped> {
        std::future::pending().await
    }

    let started = Arc::new(Barrier::new(2));
    let there = Arc::clone(&started);
    let spins = thread::spawn(move || handle(&there));
    let waits = thread::spawn(|| futures::executor::block_on(wait()));
    started.wait();
    wait_for(&SHUTDOWN, 2);
    SHUTDOWN.begin("test");
    for worker in [spins, waits] {
        let tripped = worker.join().unwrap().unwrap_err();
        assert_eq!(tripped.cause(), Cause::Shutdown);
    }
    is_cut(&SHUTDOWN.wait(), "2 of 2 told to stop");
    assert_eq!(
        handle(&Barrier::new(1)).unwrap_err().cause(),
        Cause::Shutdown
    );
}

#[test]
fn cleanups_are_in_flight_as_well() {
    static SHUTDOWN: LazyLock<Shutdown> =
        LazyLock::new(|| Shutdown::new().grace(LONG).drain(ms(10)));
    static COUNTED: AtomicU32 = AtomicU32::new(0);

    fn count(_: &guard_runtime::Exit<'_>) {
        COUNTED.fetch_add(u32::from(SHUTDOWN.in_flight() > 0), Ordering::Relaxed);
    }

    /// Is pending once.
    async fn turn() {
        let mut is_first = true;
        let poll = |context: &mut std::task::Context<'_>| {
            context.waker().wake_by_ref();
            if std::mem::take(&mut is_first) {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        };
        std::future::poll_fn(poll).await;
    }

    #[loop_guard(timeout = "1h", cancel = SHUTDOWN.track(), cleanup = count)]
    fn spins() -> Result<(), Tripped> {
        spin()
    }

    #[loop_guard(timeout = "1h", cleanup = count)]
    async fn is_wrapped() -> Result<(), Tripped> {
        std::future::pending().await
    }

    #[loop_guard(timeout = "1h", cancel = SHUTDOWN.track(), cleanup = count)]
    async fn calls() -> Result<(), Tripped> {
        std::future::pending().await
    }

    #[loop_guard(timeout = "1h", cancel = SHUTDOWN.track(), cleanup = async |exit| {
        turn().await;
        count(exit);
    })]
    async fn awaits() -> Result<(), Tripped> {
        std::future::pending().await
    }

    let wrapped = || futures::executor::block_on(SHUTDOWN.track().wrap(is_wrapped()));
    let workers = [
        thread::spawn(spins),
        thread::spawn(move || wrapped().and_then(|inner| inner)),
        thread::spawn(|| futures::executor::block_on(calls())),
        thread::spawn(|| futures::executor::block_on(awaits())),
    ];
    wait_for(&SHUTDOWN, workers.len());
    SHUTDOWN.begin("test");
    is_cut(&SHUTDOWN.wait(), "4 of 4 told to stop");
    let count = u32::try_from(workers.len()).unwrap();
    for worker in workers {
        assert!(worker.join().unwrap().is_err());
    }
    assert_eq!(COUNTED.load(Ordering::Relaxed), count);
    assert_eq!(SHUTDOWN.in_flight(), 0);
}

#[cfg(feature = "tokio")]
#[test]
fn a_cleanup_that_is_spawned_is_in_flight_until_it_has_run() {
    static SHUTDOWN: LazyLock<Shutdown> = LazyLock::new(|| Shutdown::new().grace(LONG));
    static GO: tokio::sync::Notify = tokio::sync::Notify::const_new();

    #[loop_guard(timeout = "1h", cancel = SHUTDOWN.track(), cleanup = async |_| GO.notified().await)]
    async fn handle() -> Result<(), Tripped> {
        std::future::pending().await
    }

    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_time().build().unwrap();
    runtime.block_on(async {
        let mut request = Box::pin(handle());
        assert!(futures::poll!(&mut request).is_pending());
        assert_eq!(SHUTDOWN.in_flight(), 1);
        drop(request);
        tokio::task::yield_now().await;
        assert_eq!(SHUTDOWN.in_flight(), 1, "its cleanup waits");
        GO.notify_one();
        while SHUTDOWN.in_flight() > 0 {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn a_scope_that_was_handed_over_is_in_flight_until_the_last_has_left() {
    let shutdown = Shutdown::new().grace(LONG).drain(ms(10));
    let context = shutdown.track().run(|| Context::current().detach());
    assert_eq!(shutdown.in_flight(), 1);
    let context = context.unwrap();
    let worker = thread::spawn(move || context.run(spin));
    shutdown.begin("test");
    let report = shutdown.wait();
    assert_eq!(worker.join().unwrap().unwrap_err().cause(), Cause::Shutdown);
    is_cut(&report, "1 of 1 told to stop");
}

#[test]
fn what_reaches_no_check_is_left_behind() {
    let shutdown = Shutdown::new().grace(LONG).drain(ms(10));
    shutdown.node("database", ms(60_000), |_| ());
    let (release, hang) = mpsc::channel::<()>();
    let tracker = shutdown.track();
    let worker = thread::spawn(move || tracker.run(|| shield(|| _ = hang.recv())));
    wait_for(&shutdown, 1);
    shutdown.begin("test");
    let report = shutdown.wait();
    let told = Some("1 of 1 told to stop, 1 still there");
    assert_eq!(in_flight(&report), (Outcome::Overran, told));
    assert_eq!(report.node("database"), Some(Outcome::Done));
    assert!(report.to_string().contains("in flight"), "{report}");
    drop(release);
    worker.join().unwrap().unwrap();
}

#[test]
fn scopes_come_and_go_while_it_begins() {
    for _ in 0..50 {
        let shutdown = Shutdown::new().grace(LONG);
        let (ran, refused) = (AtomicU32::new(0), AtomicU32::new(0));
        let closed = Arc::new(AtomicBool::new(false));
        let close = Arc::clone(&closed);
        shutdown.node("database", ms(10_000), move |_| {
            close.store(true, Ordering::SeqCst);
        });
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let tracker = shutdown.track();
                    let work = || assert!(!closed.load(Ordering::SeqCst), "a late scope");
                    while tracker.run(work).is_ok() {
                        ran.fetch_add(1, Ordering::Relaxed);
                    }
                    refused.fetch_add(1, Ordering::Relaxed);
                });
            }
            while ran.load(Ordering::Relaxed) < 8 {
                thread::yield_now();
            }
            shutdown.begin("test");
            assert!(shutdown.wait().is_clean());
        });
        assert_eq!((refused.into_inner(), shutdown.in_flight()), (4, 0));
    }
}

#[test]
fn a_budget_may_have_other_tokens_too() {
    let shutdown = Shutdown::new().grace(LONG);
    let token = CancelToken::new();
    let budget = Budget::timeout(LONG)
        .cancel(shutdown.track())
        .cancel(token.clone());
    let outcome = budget.run(|| {
        token.cancel("client gone");
        spin()
    });
    let cause = outcome.unwrap().unwrap_err().cause();
    assert!(matches!(cause, Cause::Cancelled { .. }), "{cause}");
    assert_eq!(shutdown.in_flight(), 0);
}

#[test]
fn in_an_io_error_it_is_an_interrupt() {
    let shutdown = Shutdown::new().grace(LONG);
    shutdown.begin("test");
    let refused = shutdown.track().run(|| ()).unwrap_err();
    let error = std::io::Error::from(refused);
    assert_eq!(error.kind(), std::io::ErrorKind::Interrupted);
}
