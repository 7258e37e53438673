//! The database at the end of the chain: it gets what is left as its `statement_timeout`, and a statement whose scope is
//! left is cancelled there as well.
//!
//! A server of its own is started, on a socket in a folder of its own. Where PostgreSQL is not installed the tests say so
//! and do nothing: `apt-get install postgresql`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use guard_runtime::{CancelToken, Cause, Tripped, loop_guard, remaining};
use peers_of_guards::on_workers;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};

/// A database server. Dropping it stops it and removes its files.
struct Server(PathBuf);

fn programs() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<_> = installed
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    found.retain(|bin| bin.join("initdb").exists());
    found.sort();
    found.pop()
}

/// The server refuses to run as root; then it runs as the user `postgres`, whom the package creates.
fn command(program: &Path) -> Command {
    let is_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|id| id.stdout == b"0\n");
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

impl Server {
    fn start(name: &str) -> Option<Self> {
        let Some(bin) = programs() else {
            eprintln!("skipped: PostgreSQL is not installed");
            return None;
        };
        let folder = std::env::temp_dir().join(format!("loop-guard-{name}-{}", std::process::id()));
        let made = command(Path::new("mkdir"))
            .arg("-m700")
            .arg(&folder)
            .status();
        assert!(made.unwrap().success());
        let server = Self(folder);
        let run = |command: &mut Command| {
            let status = command
                .current_dir("/")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            assert!(status.unwrap().success(), "{command:?}");
        };
        let folder = &server.0;
        run(command(&bin.join("initdb"))
            .args(["-A", "trust", "-U", "test", "-N", "-D"])
            .arg(folder.join("data")));
        // Listens on a socket only, and writes nothing that is needed to survive a crash.
        let options = format!("-k {} -c listen_addresses= -c fsync=off", folder.display());
        run(command(&bin.join("pg_ctl"))
            .args(["start", "-w", "-t", "60", "-o", &options, "-D"])
            .arg(folder.join("data")));
        Some(server)
    }

    async fn connect(&self) -> Client {
        let config = format!("host={} user=test dbname=postgres", self.0.display());
        let (client, connection) = tokio_postgres::connect(&config, NoTls).await.unwrap();
        tokio::spawn(async { _ = connection.await });
        client
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stop = programs().map(|bin| {
            let mut stop = command(&bin.join("pg_ctl"));
            stop.args(["stop", "-m", "immediate", "-D"])
                .arg(self.0.join("data"));
            stop.current_dir("/")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
        });
        drop(stop);
        _ = std::fs::remove_dir_all(&self.0);
    }
}

#[derive(Debug)]
enum Failed {
    Tripped(Tripped),
    Database(tokio_postgres::Error),
}

impl From<Tripped> for Failed {
    fn from(tripped: Tripped) -> Self {
        Self::Tripped(tripped)
    }
}

impl From<tokio_postgres::Error> for Failed {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

/// The time for the answer of the database, so that the connection can still be used.
const MARGIN: Duration = Duration::from_millis(100);

/// Limits each following statement to what is left. PostgreSQL takes zero for no limit.
async fn limit(client: &Client) -> Result<(), tokio_postgres::Error> {
    let left = remaining().map_or(0, |left| left.saturating_sub(MARGIN).as_millis().max(1));
    let statement = format!("SET statement_timeout = {left}");
    client.batch_execute(&statement).await
}

#[loop_guard(timeout = "400ms")]
async fn report(client: &Client) -> Result<(), Failed> {
    limit(client).await?;
    client.batch_execute("SELECT pg_sleep(60)").await?;
    Ok(())
}

/// The statement is cancelled on the server when this scope is left for any reason, also when the future is dropped.
#[loop_guard(timeout = "200ms", cancel = token.clone())]
async fn search(client: &Client, token: &CancelToken) -> Result<(), Failed> {
    let cancel = client.cancel_token();
    guard_runtime::defer!(|exit| {
        if !matches!(exit, guard_runtime::Exit::Returned) {
            tokio::spawn(async move { cancel.cancel_query(NoTls).await });
        }
    });
    client.batch_execute("SELECT pg_sleep(60)").await?;
    Ok(())
}

/// Waits until no statement of others runs. A test that hangs here has failed.
async fn is_quiet(client: &Client) {
    let running = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()";
    let begun = Instant::now();
    loop {
        let row = client.query_one(running, &[]).await.unwrap();
        if row.get::<_, i64>(0) == 0 {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "it still runs there"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[test]
fn what_is_left_is_the_statements_timeout() {
    let Some(server) = Server::start("timeout") else {
        return;
    };
    on_workers(async {
        let client = server.connect().await;
        let begun = Instant::now();
        match report(&client).await.unwrap_err() {
            Failed::Database(error) => assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED)),
            Failed::Tripped(tripped) => println!("the database was slow to answer: {tripped}"),
        }
        println!("left after {:?}", begun.elapsed());
        assert!(begun.elapsed() < Duration::from_secs(30));
        is_quiet(&server.connect().await).await;
    });
}

#[test]
fn a_statement_is_cancelled_when_its_scope_is_left() {
    let Some(server) = Server::start("cancel") else {
        return;
    };
    on_workers(async {
        let (client, other) = (server.connect().await, server.connect().await);
        let token = CancelToken::new();
        let Failed::Tripped(tripped) = search(&client, &token).await.unwrap_err() else {
            panic!("no trip")
        };
        assert!(matches!(tripped.cause(), Cause::Timeout { .. }));
        is_quiet(&other).await;
        // The connection can still be used.
        client.batch_execute("SELECT 1").await.unwrap();

        let (client, token) = (server.connect().await, token.child());
        token.cancel("client gone");
        let Failed::Tripped(tripped) = search(&client, &token).await.unwrap_err() else {
            panic!("no trip")
        };
        assert!(matches!(tripped.cause(), Cause::Cancelled { .. }));
        is_quiet(&other).await;

        let client = server.connect().await;
        let token = CancelToken::new();
        let begun = tokio::time::timeout(Duration::from_millis(50), search(&client, &token)).await;
        assert!(begun.is_err(), "it was dropped");
        is_quiet(&other).await;
    });
}
