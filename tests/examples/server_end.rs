//! How `examples/server` ends when it receives real signals, idle and under load.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::server::assert_stopped;
use crate::serving::{FOUND, HONEST, RUNAWAY, Server, block_on};

#[test]
fn an_interrupt_ends_it_once_it_has_answered() {
    ends_once_it_has_answered("INT");
}

/// The signal that a service manager sends.
#[test]
fn a_request_to_terminate_ends_it_once_it_has_answered() {
    ends_once_it_has_answered("TERM");
}

fn ends_once_it_has_answered(signal: &str) {
    let server = Server::with(&["--budget=3s", "--grace=60s", "--drain=30s"]);
    block_on(async {
        let runaway = loop {
            let runaway = [server.search(RUNAWAY).await];
            if server.are_at_work(&runaway).await {
                break runaway;
            }
            // The machine was busy with other work for as long as the budget.
        };
        server.signal(signal);
        let [runaway] = runaway;
        assert_stopped(&runaway.await.expect("no panic"));
    });
    let address = server.address;
    let (printed, log, code) = server.end();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(printed, "database closed: 0 searches\n");
    assert!(log.contains(&format!("shutdown (SIG{signal})")), "{log}");
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_search_that_does_not_end_is_cut_and_the_database_closed_behind_it() {
    let server = Server::with(&["--budget=never", "--grace=60s", "--drain=100ms"]);
    block_on(async {
        assert!(server.are_at_work(&[]).await);
        let answer = server.client().await.ask("POST", "/search", HONEST).await;
        assert_eq!(answer.expect("an answer"), (200, FOUND.to_owned()));
        let runaway = [server.search(RUNAWAY).await];
        assert!(server.are_at_work(&runaway).await, "it does not end");
        server.signal("TERM");
        let [runaway] = runaway;
        let (status, body) = runaway.await.expect("no panic");
        assert_eq!(status, 503, "{body}");
        let report = "loop guard: request (examples/server/service.rs";
        assert!(body.starts_with(report), "{body}");
        assert!(
            body.contains("was stopped: the process shuts down"),
            "{body}"
        );
    });
    let (printed, log, code) = server.end();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(printed, "database closed: 1 searches\n");
    let rows = ["in flight  cut", "database   done", "http       done"];
    for row in rows {
        assert!(log.contains(row), "no {row:?} in {log}");
    }
}

/// Clients behind a load balancer: once one of them has seen that the server is not ready, none sends a new request.
/// All
/// requests that were sent before are answered.
#[test]
fn under_load_no_request_is_lost() {
    const CLIENTS: usize = 8;
    let server = Server::with(&["--budget=60s", "--grace=120s", "--lame-duck=5s"]);
    let (not_ready, answered) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU32::new(0)),
    );
    block_on(async {
        let mut clients = JoinSet::new();
        for number in 0..CLIENTS {
            let address = server.address;
            let (not_ready, answered) = (Arc::clone(&not_ready), Arc::clone(&answered));
            clients.spawn(async move {
                let connect = || crate::serving::Client::connect(address);
                let mut client = connect().await.expect("it accepts");
                while !not_ready.load(Ordering::SeqCst) {
                    if number % 2 == 0 {
                        client = connect().await.expect("it still accepts");
                    }
                    let answer = client.ask("POST", "/search", HONEST).await;
                    assert_eq!(answer.expect("an answer"), (200, FOUND.to_owned()));
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        while answered.load(Ordering::Relaxed) < 200 {
            tokio::task::yield_now().await;
        }
        server.signal("TERM");
        let mut balancer = server.client().await;
        loop {
            let (status, _) = balancer.ask("GET", "/ready", "").await.expect("an answer");
            if status == 503 {
                break;
            }
        }
        not_ready.store(true, Ordering::SeqCst);
        clients.join_all().await;
    });
    let (printed, log, code) = server.end();
    assert_eq!(code, Some(0), "{log}");
    let count = answered.load(Ordering::Relaxed);
    assert_eq!(printed, format!("database closed: {count} searches\n"));
    assert!(
        !log.contains("cut") && !log.contains("server: 503"),
        "{log}"
    );
}

#[test]
fn a_second_signal_does_not_wait() {
    const DRAIN: Duration = Duration::from_secs(500);
    let server = Server::with(&["--budget=never", "--grace=600s", "--drain=500s"]);
    let begun = Instant::now();
    block_on(async {
        let runaway = [server.search(RUNAWAY).await];
        assert!(server.are_at_work(&runaway).await, "it does not end");
        server.signal("TERM");
        let mut client = server.client().await;
        while client.ask("GET", "/ready", "").await.expect("an answer").0 != 503 {}
        server.signal("TERM");
        // It depends on timing whether the search is cut in time to answer, or the process has ended before.
        let [runaway] = runaway;
        _ = runaway.await;
    });
    let code = server.end().2;
    assert!(matches!(code, Some(0 | 70)), "{code:?}");
    assert!(
        begun.elapsed() < DRAIN / 2,
        "the second signal changed nothing"
    );
}
