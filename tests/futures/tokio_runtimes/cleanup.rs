//! Cleanup that is a future, in tokio's runtimes: awaited in paused time, or spawned when its future is
//! dropped.

use std::future::pending;
use std::sync::{Mutex, Once};
use std::time::Duration;

use guard_runtime::{Event, Tripped, loop_guard};
use harness::{events, exits::why};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

/// What was told, in order; it counts whoever might still tell more.
#[derive(Clone)]
struct Told(UnboundedSender<String>);

impl Told {
    fn new() -> (Self, UnboundedReceiver<String>) {
        let (send, receive) = unbounded_channel();
        (Self(send), receive)
    }

    fn note(&self, what: &str) {
        _ = self.0.send(what.to_owned());
    }
}

/// All that is ever told: until nobody is left to tell.
async fn all(mut told: UnboundedReceiver<String>) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(line) = told.recv().await {
        all.push(line);
    }
    all
}

/// What was reported of the cleanup of the function with this name, and no more.
fn reported(function: &str) -> Vec<String> {
    static EVENTS: Mutex<Vec<(u32, String)>> = Mutex::new(Vec::new());
    static LISTENS: Once = Once::new();
    LISTENS.call_once(|| {
        events::listen(|event| {
            let (location, text) = match event {
                Event::CleanupOverrun { location, .. } => (location, "overrun".to_owned()),
                Event::CleanupLost { location, .. } => (location, "lost".to_owned()),
                Event::CleanupPanicked {
                    location, message, ..
                } => (location, message.clone()),
                _ => return,
            };
            if location.file().ends_with("tokio_runtimes/cleanup.rs") {
                EVENTS.lock().unwrap().push((location.line(), text));
            }
        });
    });
    let below = |line: u32| {
        let lines = include_str!("cleanup.rs").lines();
        let mut functions = lines
            .skip(line as usize)
            .filter(|line| line.starts_with("async fn"));
        functions
            .next()
            .is_some_and(|line| line.starts_with(&format!("async fn {function}(")))
    };
    let mut ours = Vec::new();
    EVENTS.lock().unwrap().retain(|(line, text)| {
        if below(*line) {
            ours.push(text.clone());
        }
        !below(*line)
    });
    ours
}

#[loop_guard(timeout = "10s", cleanup_timeout = "5s", cleanup = {
    let told = told.clone();
    async move |exit| {
        told.note(why(exit));
        sleep(cleaning).await;
        told.note("done");
    }
})]
async fn works(told: Told, working: Duration, cleaning: Duration) -> Result<u32, Tripped> {
    sleep(working).await;
    told.note("worked");
    Ok(3)
}

#[tokio::test(start_paused = true)]
async fn it_is_awaited_in_the_time_of_the_runtime() {
    let start = Instant::now();
    let (told, heard) = Told::new();
    assert_eq!(works(told, SECOND, 3 * SECOND).await.unwrap(), 3);
    assert!(start.elapsed() >= 4 * SECOND && start.elapsed() < 5 * SECOND);
    assert_eq!(all(heard).await, ["worked", "returned", "done"]);

    let start = Instant::now();
    let (told, heard) = Told::new();
    works(told, 20 * SECOND, 3 * SECOND).await.unwrap_err();
    assert!(start.elapsed() >= 13 * SECOND && start.elapsed() < 14 * SECOND);
    assert_eq!(all(heard).await, ["tripped", "done"]);
}

#[loop_guard(timeout = "10s", cleanup_timeout = "5s", cleanup = async move |exit| {
    told.note(why(exit));
    pending::<()>().await;
})]
async fn never_cleans(told: Told) -> u32 {
    3
}

#[tokio::test(start_paused = true)]
async fn it_is_cut_when_its_own_time_is_over() {
    reported("never_cleans");
    let start = Instant::now();
    let (told, heard) = Told::new();
    assert_eq!(never_cleans(told).await, 3);
    assert!(start.elapsed() >= 5 * SECOND && start.elapsed() < 6 * SECOND);
    assert_eq!(reported("never_cleans"), ["overrun"]);
    assert_eq!(all(heard).await, ["returned"]);

    // Spawned when three of its seconds are over, it has two.
    let start = Instant::now();
    let (told, heard) = Told::new();
    assert!(timeout(3 * SECOND, never_cleans(told)).await.is_err());
    assert_eq!(all(heard).await, ["returned"]);
    assert!(start.elapsed() >= 5 * SECOND && start.elapsed() < 6 * SECOND);
    assert_eq!(reported("never_cleans"), ["overrun"]);
}

#[tokio::test(start_paused = true)]
async fn dropped_it_is_spawned() {
    let (told, heard) = Told::new();
    drop(works(told, SECOND, SECOND));
    assert!(all(heard).await.is_empty(), "never polled");

    let (told, heard) = Told::new();
    let dropped = timeout(SECOND, works(told, 2 * SECOND, SECOND)).await;
    assert!(dropped.is_err());
    assert_eq!(all(heard).await, ["dropped", "done"]);

    let (told, heard) = Told::new();
    let task = tokio::spawn(works(told, 2 * SECOND, SECOND));
    sleep(SECOND).await;
    task.abort();
    assert_eq!(all(heard).await, ["dropped", "done"]);
}

#[tokio::test(start_paused = true)]
async fn a_second_cancellation_loses_nothing() {
    let (told, heard) = Told::new();
    let start = Instant::now();
    let dropped = timeout(3 * SECOND, works(told, 2 * SECOND, 4 * SECOND)).await;
    assert!(dropped.is_err(), "while it cleaned up");
    assert_eq!(all(heard).await, ["worked", "returned", "done"]);
    assert!(start.elapsed() >= 6 * SECOND, "it went on where it was");
}

#[loop_guard(timeout = "1s")]
async fn around(told: Told) -> Result<u32, Tripped> {
    works(told, 5 * SECOND, SECOND).await
}

#[tokio::test(start_paused = true)]
async fn when_the_one_around_is_late() {
    let (told, heard) = Told::new();
    assert!(around(told).await.unwrap_err().scope().ends_with("around"));
    // It trips, and is dropped when its cleanup waits.
    assert_eq!(all(heard).await, ["tripped", "done"]);
}

#[loop_guard(timeout = "10s", cleanup = async move |exit| {
    told.note(why(exit));
    tokio::task::yield_now().await;
    panic!("in cleanup")
})]
async fn panics(told: Told) {
    pending::<()>().await;
}

#[tokio::test(start_paused = true)]
async fn its_panic_is_reported_where_nobody_awaits_it() {
    reported("panics");
    let (told, heard) = Told::new();
    assert!(timeout(SECOND, panics(told)).await.is_err());
    assert_eq!(all(heard).await, ["dropped"]);
    tokio::task::yield_now().await;
    assert_eq!(reported("panics"), ["in cleanup"]);
}

#[loop_guard(timeout = "1h", cleanup_timeout = "1h", cleanup = async move |exit| {
    told.note(why(exit));
    pending::<()>().await;
})]
async fn outlives(told: Told, begun: Told, waits: bool) {
    begun.note("begun");
    drop(begun);
    if waits {
        pending::<()>().await;
    }
}

fn runtimes() -> [Runtime; 2] {
    [Builder::new_current_thread(), Builder::new_multi_thread()]
        .map(|mut builder| builder.enable_time().worker_threads(2).build().unwrap())
}

#[test]
fn a_runtime_that_is_shut_down_loses_it_once() {
    reported("outlives");
    for runtime in runtimes() {
        for (waits, told_before) in [(true, &["begun"][..]), (false, &["begun", "returned"])] {
            let (told, mut heard) = Told::new();
            runtime.block_on(async {
                tokio::spawn(outlives(told.clone(), told, waits));
                for line in told_before {
                    assert_eq!(heard.recv().await.as_deref(), Some(*line));
                }
            });
        }
        drop(runtime);
        assert_eq!(reported("outlives"), ["lost", "lost"]);
    }
}

#[test]
fn dropped_outside_of_every_runtime_it_is_lost() {
    reported("unawaited");
    let (told, mut heard) = Told::new();
    let mut future = Box::pin(unawaited(told));
    let [runtime, _other] = runtimes();
    runtime.block_on(async {
        assert!(futures::poll!(future.as_mut()).is_pending());
    });
    drop(future);
    assert_eq!(reported("unawaited"), ["lost"]);
    assert!(heard.try_recv().is_err());
}

#[loop_guard(timeout = "1h", cleanup = async move |exit| told.note(why(exit)))]
async fn unawaited(told: Told) {
    pending::<()>().await;
}
