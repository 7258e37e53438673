//! `examples/server` as its clients meet it; how it ends is in `server_end.rs`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Output;

use tokio::task::JoinSet;

use crate::serving::{FOUND, HONEST, RUNAWAY, Server, at_work, block_on, command};

pub(crate) fn assert_stopped((status, body): &(u16, String)) {
    assert_eq!(*status, 503, "{body}");
    for part in [
        "loop guard: server::matcher::search (",
        "matcher.rs:",
        "ran out of time: ",
        "noticed in the `",
    ] {
        assert!(body.contains(part), "no {part:?} in {body}");
    }
    assert_eq!(body.lines().count(), 1, "{body}");
}

#[test]
fn under_load_every_honest_request_is_answered_and_every_runaway_is_stopped() {
    const RUNAWAYS: usize = 8;
    // Much longer than an honest request takes on any machine.
    let server = Server::start("5s");
    block_on(async {
        let mut runaways = Vec::new();
        for _ in 0..RUNAWAYS {
            runaways.push(server.search(RUNAWAY).await);
        }
        let mut honest = JoinSet::new();
        for _ in 0..4 {
            let mut client = server.client().await;
            honest.spawn(async move {
                for _ in 0..100 {
                    let answer = client.ask("POST", "/search", HONEST).await;
                    assert_eq!(answer.expect("an answer"), (200, FOUND.to_owned()));
                }
            });
        }
        honest.join_all().await;
        for runaway in runaways {
            assert_stopped(&runaway.await.expect("no panic"));
        }
    });
    let log = server.log();
    assert_eq!(log.lines().count(), RUNAWAYS, "{log}");
    for line in log.lines() {
        assert!(
            line.starts_with("server: 503 POST /search: loop guard: "),
            "{log}"
        );
    }
}

#[test]
fn honest_requests_are_answered_while_runaways_are_at_work() {
    const RUNAWAYS: usize = 6;
    let server = Server::start("60m");
    block_on(async {
        let mut runaways = Vec::new();
        for _ in 0..RUNAWAYS {
            runaways.push(server.search(RUNAWAY).await);
        }
        assert!(server.are_at_work(&runaways).await, "one has ended");
        let mut client = server.client().await;
        for _ in 0..100 {
            let answer = client.ask("POST", "/search", HONEST).await;
            assert_eq!(answer.expect("an answer"), (200, FOUND.to_owned()));
        }
        let (status, scopes) = client.ask("GET", "/scopes", "").await.expect("an answer");
        assert_eq!((status, at_work(&scopes)), (200, RUNAWAYS), "{scopes}");
        // Each of their requests waits in a task.
        let waits =
            |line: &&str| line.starts_with("server::service::search") && line.contains("task ");
        let waiting = scopes.lines().filter(waits).count();
        assert_eq!(waiting, RUNAWAYS, "{scopes}");
    });
}

#[test]
fn a_client_that_never_finishes_its_request_is_stopped_too() {
    let server = Server::start("1s");
    let mut stream = TcpStream::connect(server.address).expect("it accepts");
    let head = "POST /search HTTP/1.1\r\nhost: here\r\ncontent-length: 9\r\n\r\nab";
    stream.write_all(head.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .expect("it closes what it cannot use any more");
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    for part in [
        "loop guard: server::service::search (",
        "1s allowed",
        "noticed in the `async fn`",
    ] {
        assert!(answer.contains(part), "no {part:?} in {answer}");
    }
}

/// Its handler computes and comes to no await.
#[test]
fn a_client_that_hangs_up_stops_its_search() {
    let server = Server::start("60m");
    block_on(async {
        let runaways = [server.search(RUNAWAY).await, server.search(RUNAWAY).await];
        assert!(server.are_at_work(&runaways).await, "one has ended");
        let [gone, stays] = runaways;
        // Its connection is dropped with it.
        gone.abort();
        let mut client = server.client().await;
        loop {
            let answer = client.ask("GET", "/scopes", "").await;
            if at_work(&answer.expect("an answer").1) == 1 {
                break;
            }
        }
        assert!(!stays.is_finished());
    });
}

#[test]
fn what_makes_no_sense_is_told_so() {
    let server = Server::start("60m");
    let huge = "a".repeat(1 << 21);
    let deep = format!("(a|b)*\n{}", "ab".repeat(1 << 18));
    let cases = [
        (
            "POST",
            "/search",
            "a(b\n",
            400,
            "this group is never closed",
        ),
        ("POST", "/search", &deep, 400, "too many repetitions"),
        ("POST", "/search", &huge, 413, "length limit exceeded"),
        ("GET", "/search", "", 405, "POST /search"),
        ("GET", "/", "", 404, "/search"),
        ("POST", "/search", "", 200, "matches: 0\n"),
    ];
    block_on(async {
        for (method, path, body, status, part) in cases {
            let answer = server.client().await.ask(method, path, body).await;
            let (got, text) = answer.expect("an answer");
            assert_eq!(got, status, "{method} {path}: {text}");
            assert!(
                text.contains(part),
                "{method} {path}: no {part:?} in {text}"
            );
        }
    });
}

fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let output = command().args(args).output().expect("it starts");
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn help_tells_the_options() {
    let (code, out, err) = run(&["--help"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for option in ["--port", "--budget", "--drain", "--figures", "POST /search"] {
        assert!(out.contains(option), "{out}");
    }
}

#[test]
fn wrong_arguments_get_one_line_and_exit_code_2() {
    let cases: [(&[&str], &str); 11] = [
        (&["--prot", "1"], "unknown argument --prot"),
        (&["file"], "unknown argument file"),
        (&["--help=1"], "unknown argument --help"),
        (&["--port"], "--port needs a value"),
        (&["--port", "65536"], "--port 65536: write"),
        (&["--port=-1"], "--port -1: write"),
        (&["--budget"], "--budget needs a value"),
        (&["--budget", "0ms"], "--budget 0ms: write"),
        (&["--budget=5"], "--budget 5: write"),
        (&["--grace"], "--grace needs a value"),
        (&["--lame-duck", "never"], "--lame-duck never: write"),
    ];
    for (args, message) in cases {
        let (code, out, err) = run(args);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{args:?}: {err}");
        assert!(
            err.starts_with("server: ") && err.contains(message),
            "{args:?}: {err}"
        );
        assert_eq!(err.lines().count(), 1, "{args:?}: {err}");
    }
}

#[test]
fn a_port_that_is_taken_is_a_failure_of_one_line() {
    let server = Server::start("60m");
    let port = server.address.port().to_string();
    let (code, out, err) = run(&["--port", &port]);
    assert_eq!(
        (code, out.as_str(), err.lines().count()),
        (Some(1), "", 1),
        "{err}"
    );
}
