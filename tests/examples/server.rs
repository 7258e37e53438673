//! `examples/server` as its clients meet it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;

use tokio::task::{JoinHandle, JoinSet};

#[path = "../../examples/server/client.rs"]
mod client;

use client::Client;

const HONEST: &str = "id=\\d\\d\nid=1\nid=22\nid=333\n";
const FOUND: &str = "matches: 2\nline 2: id=22\nline 3: id=33\n";

/// It would take years.
const RUNAWAY: &str =
    "(a+)+c\naac\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\n";

fn command() -> Command {
    static BUILT: LazyLock<PathBuf> = LazyLock::new(|| crate::built::example("server"));
    Command::new(&*BUILT)
}

/// Killed at the end, whatever it is doing.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(budget: &str) -> Self {
        let mut process = command()
            .args(["--port=0", "--budget", budget])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let out = process.stdout.take().expect("a pipe");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .and_then(|address| address.parse().ok())
            .unwrap_or_else(|| panic!("no address in {line:?}"));
        Self { process, address }
    }

    async fn client(&self) -> Client {
        Client::connect(self.address).await.expect("it accepts")
    }

    /// A request on a connection of its own, under way.
    async fn search(&self, body: &'static str) -> JoinHandle<(u16, String)> {
        let mut client = self.client().await;
        tokio::spawn(async move {
            client
                .ask("POST", "/search", body)
                .await
                .expect("an answer")
        })
    }

    /// Waits until all these searches are at work; false if one is over before.
    async fn are_at_work(&self, searches: &[JoinHandle<(u16, String)>]) -> bool {
        let mut client = self.client().await;
        loop {
            let (_, scopes) = client.ask("GET", "/scopes", "").await.expect("an answer");
            if at_work(&scopes) == searches.len() {
                return true;
            }
            if searches.iter().any(JoinHandle::is_finished) {
                return false;
            }
            tokio::task::yield_now().await;
        }
    }

    /// What it has logged, once it is gone.
    fn log(mut self) -> String {
        self.process.kill().expect("it is there");
        let mut log = String::new();
        let err = self.process.stderr.as_mut().expect("a pipe");
        err.read_to_string(&mut log).expect("UTF-8");
        log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        self.process.wait().expect("a child of ours");
    }
}

fn at_work(scopes: &str) -> usize {
    scopes.matches("server::matcher::search").count()
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(future)
}

fn assert_stopped((status, body): &(u16, String)) {
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
    // For an honest request an age on any machine.
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
        // And each of their requests, which waits.
        let waiting = scopes.matches("server::service::search").count();
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

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_once_it_has_answered() {
    ends_once_it_has_answered("-INT");
}

/// What a service manager sends.
#[cfg(unix)]
#[test]
fn a_request_to_terminate_ends_it_once_it_has_answered() {
    ends_once_it_has_answered("-TERM");
}

#[cfg(unix)]
fn ends_once_it_has_answered(signal: &str) {
    let mut server = Server::start("3s");
    block_on(async {
        let runaway = loop {
            let runaway = [server.search(RUNAWAY).await];
            if server.are_at_work(&runaway).await {
                break runaway;
            }
            // The machine was busy with something else for as long as the budget.
        };
        let process = server.process.id().to_string();
        let sent = Command::new("kill").args([signal, &process]).status();
        assert!(sent.expect("kill is everywhere").success());
        let [runaway] = runaway;
        assert_stopped(&runaway.await.expect("no panic"));
    });
    let status = server.process.wait().expect("a child of ours");
    assert_eq!(status.code(), Some(0));
    assert!(TcpStream::connect(server.address).is_err());
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
    for option in ["--port", "--budget", "--figures", "POST /search"] {
        assert!(out.contains(option), "{out}");
    }
}

#[test]
fn wrong_arguments_get_one_line_and_exit_code_2() {
    let cases: [(&[&str], &str); 9] = [
        (&["--prot", "1"], "unknown argument --prot"),
        (&["file"], "unknown argument file"),
        (&["--help=1"], "unknown argument --help"),
        (&["--port"], "--port needs a value"),
        (&["--port", "65536"], "--port 65536: write"),
        (&["--port=-1"], "--port -1: write"),
        (&["--budget"], "--budget needs a value"),
        (&["--budget", "0ms"], "--budget 0ms: write"),
        (&["--budget=5"], "--budget 5: write"),
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
