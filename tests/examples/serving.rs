//! `examples/server`, running in a child process.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::LazyLock;

use tokio::task::JoinHandle;

#[path = "../../examples/server/client.rs"]
mod client;

pub(crate) use client::Client;

pub(crate) const HONEST: &str = "id=\\d\\d\nid=1\nid=22\nid=333\n";
pub(crate) const FOUND: &str = "matches: 2\nline 2: id=22\nline 3: id=33\n";

/// A search that would take years.
pub(crate) const RUNAWAY: &str =
    "(a+)+c\naac\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\n";

pub(crate) fn command() -> Command {
    static BUILT: LazyLock<PathBuf> =
        LazyLock::new(|| crate::built::example("server", "shutdown,tokio"));
    Command::new(&*BUILT)
}

/// Killed at the end, whatever it is doing.
pub(crate) struct Server {
    pub(crate) process: Child,
    pub(crate) address: SocketAddr,
    out: BufReader<ChildStdout>,
}

impl Server {
    pub(crate) fn start(budget: &str) -> Self {
        Self::with(&["--budget", budget])
    }

    pub(crate) fn with(options: &[&str]) -> Self {
        let mut process = command()
            .arg("--port=0")
            .args(options)
            .env_remove("LOOP_GUARD_GRACE")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let mut out = BufReader::new(process.stdout.take().expect("a pipe"));
        out.read_line(&mut line).expect("a line");
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .and_then(|address| address.parse().ok())
            .unwrap_or_else(|| panic!("no address in {line:?}"));
        Self {
            process,
            address,
            out,
        }
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await.expect("it accepts")
    }

    /// Starts a request on a connection of its own.
    pub(crate) async fn search(&self, body: &'static str) -> JoinHandle<(u16, String)> {
        let mut client = self.client().await;
        tokio::spawn(async move {
            client
                .ask("POST", "/search", body)
                .await
                .expect("an answer")
        })
    }

    /// Waits until all these searches are in progress; false if one of them ends before.
    pub(crate) async fn are_at_work(&self, searches: &[JoinHandle<(u16, String)>]) -> bool {
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

    /// Ends the server. Returns what it has logged.
    pub(crate) fn log(mut self) -> String {
        self.process.kill().expect("it is there");
        let mut log = String::new();
        let err = self.process.stderr.as_mut().expect("a pipe");
        err.read_to_string(&mut log).expect("UTF-8");
        log
    }

    /// Sends it a signal.
    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: &str) {
        let process = self.process.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &process]).status();
        assert!(sent.expect("kill is everywhere").success());
    }

    /// Waits until the server has ended. Returns what it still printed, what it logged, and its exit code.
    pub(crate) fn end(mut self) -> (String, String, Option<i32>) {
        let (mut printed, mut log) = (String::new(), String::new());
        self.out.read_to_string(&mut printed).expect("UTF-8");
        let err = self.process.stderr.as_mut().expect("a pipe");
        err.read_to_string(&mut log).expect("UTF-8");
        let status = self.process.wait().expect("a child of ours");
        (printed, log, status.code())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        self.process.wait().expect("a child of ours");
    }
}

pub(crate) fn at_work(scopes: &str) -> usize {
    scopes.matches("server::matcher::search").count()
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(future)
}
