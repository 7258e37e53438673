//! Many requests with random deadlines, over loopback, while all processors are busy: no handler leaves its loop early,
//! and none late by more than a tick but for the scheduler.
//!
//! ```console
//! LOOP_GUARD_REQUESTS=100000 cargo test --release --test under_load    the long run, from tests/crates/peers
//! ```

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::get;
use guard_runtime::wire::DeadlineLayer;
use guard_runtime::{Budget, checkpoint};
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use peers_of_guards::{Late, late, on_workers};

/// The longest time between two ticks while a scope is open.
const TICK: Duration = Duration::from_millis(5);

/// How many callers send requests at the same time.
const CALLERS: u32 = 8;

fn count() -> u32 {
    std::env::var("LOOP_GUARD_REQUESTS").map_or(2_000, |text| text.parse().expect("a number"))
}

#[test]
fn none_is_early_and_none_is_later_than_a_tick_but_for_the_scheduler() {
    // Starts the ticker.
    _ = Budget::timeout(TICK).run(|| while checkpoint().is_ok() {});
    let all: Arc<Mutex<Vec<Late>>> = Arc::default();
    let told = Arc::clone(&all);
    on_workers(async move {
        let handler = async move || {
            told.lock().unwrap().push(late().1);
        };
        let router = Router::new()
            .route("/", get(handler))
            .layer(DeadlineLayer::server());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        let callers = (0..CALLERS).map(|caller| {
            tokio::spawn(async move {
                let client = legacy::Client::builder(TokioExecutor::new()).build_http::<Body>();
                let mut random = u64::from(caller) + 1;
                for _ in 0..count() / CALLERS {
                    random = random
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let micros = 50 + (random >> 33) % 2_000;
                    let request = Request::get(format!("http://{server}/"))
                        .header("grpc-timeout", format!("{micros}u"))
                        .body(Body::empty());
                    client.request(request.unwrap()).await.unwrap();
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.expect("no handler is early");
        }
    });
    let all = all.lock().unwrap();
    tell("in all", all.iter().map(|late| late.by).collect());
    let own: Option<Vec<_>> = all.iter().map(Late::own).collect();
    let Some(own) = own else {
        println!("skipped: this kernel does not tell how long a thread had no processor");
        return;
    };
    // This also subtracts waits before the deadline, which are at most the two milliseconds that a handler has.
    let over = tell("without waits for a processor", own);
    // A pause of the whole virtual machine appears in none of its kernel's statistics.
    assert!(over <= all.len() / 1_000, "{over} of {}", all.len());
}

/// Counts and prints how many were later than a tick.
fn tell(what: &str, mut lates: Vec<Duration>) -> usize {
    lates.sort();
    let at = |share: usize| lates[(lates.len() - 1) * share / 1000];
    let over = lates.iter().filter(|late| **late > TICK).count();
    println!(
        "{} requests, late {what}: p50 {:?}, p99 {:?}, p99.9 {:?}, worst {:?}; {over} by more than a tick",
        lates.len(),
        at(500),
        at(990),
        at(999),
        at(1000),
    );
    over
}
