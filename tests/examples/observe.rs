//! `examples/observe` as its clients see it: by plain HTTP, and in a browser if one is installed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Much longer than anything takes, which is seconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn command() -> Command {
    static BUILT: LazyLock<PathBuf> =
        LazyLock::new(|| crate::built::example("observe", "metrics,serde,shutdown"));
    Command::new(&*BUILT)
}

/// Killed at the end, whatever it is doing.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

struct Service {
    process: Killed,
    address: SocketAddr,
    /// The lines that it prints from then on.
    printed: Receiver<String>,
}

impl Service {
    fn start() -> Self {
        let child = command()
            .args(["--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut process = Killed(child.expect("it starts"));
        let mut out = BufReader::new(process.0.stdout.take().expect("a pipe"));
        let mut address = None;
        while address.is_none() {
            let mut line = String::new();
            assert_ne!(out.read_line(&mut line).expect("UTF-8"), 0, "no address");
            let rest = line.trim().strip_prefix("listening on http://");
            address = rest.map(|address| address.parse().expect("an address"));
        }
        let (lines, printed) = mpsc::channel();
        // It ends with the process, also after a test that failed.
        thread::spawn(move || {
            for line in out.lines() {
                _ = lines.send(line.expect("UTF-8") + "\n");
            }
        });
        Self {
            process,
            address: address.expect("a line that tells it"),
            printed,
        }
    }

    /// Sends a request. Returns the head and the body of the answer.
    fn ask(&self, request: &str) -> (String, String) {
        let mut stream = TcpStream::connect(self.address).expect("it accepts");
        write!(stream, "{request} HTTP/1.1\r\nhost: here\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("UTF-8");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head.to_owned(), body.to_owned())
    }

    /// Repeats a request until `is_there` finds something in its answer.
    fn awaits<T>(&self, path: &str, is_there: impl Fn(&str) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            let (head, body) = self.ask(&format!("GET {path}"));
            assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
            if let Some(found) = is_there(&body) {
                return found;
            }
            assert!(begun.elapsed() < PATIENCE, "{body}");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

fn guard(guards: &str, name: &str) -> Option<Value> {
    let guards: Value = serde_json::from_str(guards).expect("an object");
    let scopes = guards["scopes"].as_array().expect("a list");
    scopes.iter().find(|guard| guard["name"] == name).cloned()
}

#[test]
fn what_runs_what_tripped_and_what_hangs_is_seen() {
    let service = Service::start();
    let blocked = service.awaits("/guards", |guards| {
        guard(guards, "jobs::blocked").filter(|guard| !guard["overdue"].is_null())
    });
    assert_eq!(
        (&blocked["remaining_ms"], &blocked["place"]),
        (&0.0.into(), &"thread blocked".into())
    );
    service.awaits("/guards", |guards| guard(guards, "jobs::honest"));
    let metric =
        |name: &str, guard: &str| format!("loop_guard_{name}_total{{guard=\"jobs::{guard}\"");
    let runaway = metric("fired", "runaway");
    let numbers = service.awaits("/metrics", |numbers| {
        numbers.contains(&runaway).then(|| numbers.to_owned())
    });
    assert!(!numbers.contains(&metric("fired", "honest")), "{numbers}");
    for guard in ["honest", "runaway", "blocked"] {
        assert!(numbers.contains(&metric("entered", guard)), "{numbers}");
    }
    assert!(
        numbers.contains("loop_guard_run_seconds_bucket{"),
        "{numbers}"
    );

    let (head, page) = service.ask("GET /");
    assert!(head.contains("text/html"), "{head}");
    assert!(
        !page.contains("http://") && !page.contains("https://"),
        "of nobody but the service"
    );
    for (request, status) in [
        ("GET /nothing", "404"),
        ("POST /guards", "405"),
        ("", "405"),
    ] {
        let (head, _) = service.ask(request);
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status} ")),
            "{request}: {head}"
        );
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_jobs_also_the_one_that_waits() {
    let mut service = Service::start();
    let mut printed = String::new();
    while !printed.contains("jobs::blocked") {
        printed += &service.printed.recv_timeout(PATIENCE).expect(&printed);
    }
    let id = service.process.0.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.expect("kill is everywhere").success());
    let status = service.process.0.wait().expect("a child of ours");
    printed.extend(service.printed.iter());
    assert!(status.success(), "{status} {printed}");
    for part in ["scope", "last check", "\nended\n"] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
}

#[test]
fn wrong_arguments_get_one_line_and_exit_code_2() {
    for arguments in [&["--port"][..], &["--port", "x"], &["file"]] {
        let output = command().args(arguments).output().expect("it starts");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(
            (output.status.code(), told.lines().count()),
            (Some(2), 1),
            "{told}"
        );
    }
}

/// The picture of the README: `OBSERVE_PICTURE=$PWD/examples/observe/page.png cargo test --all-features --test examples browser`.
#[test]
fn the_page_in_a_browser() {
    let free = TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("its number");
    let driver = Command::new("chromedriver")
        .arg(format!("--port={}", free.port()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _driver = match driver {
        Ok(driver) => Killed(driver),
        Err(error) => {
            println!("skipped: chromedriver (Debian's `chromium-driver`): {error}");
            return;
        }
    };
    let begun = Instant::now();
    while TcpStream::connect(free).is_err() {
        assert!(begun.elapsed() < PATIENCE, "chromedriver does not listen");
        thread::sleep(Duration::from_millis(50));
    }
    let service = Service::start();
    let output = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--locked", "--test", "page"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crates/browser"))
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser"),
        )
        .env("OBSERVE_URL", format!("http://{}", service.address))
        .env("WEBDRIVER_URL", format!("http://{free}"))
        .output()
        .expect("cargo runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}\n{wrong}"
    );
}
