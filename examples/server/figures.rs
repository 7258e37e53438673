//! The latency of honest requests, alone and beside runaways, with and without guards.
//!
//! Requests are due at fixed times, and their waiting counts from there: a server that is stuck makes
//! no request start later.

use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::client::Client;

/// Honest requests search for words in the first lines of this text.
const TEXT: &str = include_str!("../quickstart/text.txt");
const HONEST: &str = r"payer=[\w.]+@(\w+\.)+(com|org)";
const LINES: usize = 200;

/// The matcher tries every way to split the `a`s into pieces.
const RUNAWAY: &str = "(a+)+c\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";

/// Each connection sends an honest request at fixed intervals; runaways are sent one after the other.
const CONNECTIONS: u32 = 4;
const EVERY: Duration = Duration::from_millis(10);
const RUNAWAY_EVERY: Duration = Duration::from_millis(100);

const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(4);

/// How long after the end of the round an answer still counts.
const GRACE: Duration = Duration::from_secs(1);

#[derive(Default)]
struct Seen {
    /// Milliseconds of each honest request. An unanswered one counts until the end.
    honest: Vec<f64>,
    unanswered: usize,
    /// How many runaways were sent, and how many were answered with 503.
    runaways: usize,
    stopped: usize,
}

type Shared = Arc<Mutex<Seen>>;

fn note(seen: &Shared, note: impl FnOnce(&mut Seen)) {
    note(&mut seen.lock().unwrap_or_else(PoisonError::into_inner));
}

/// A server in another process. It is killed at the end, since an unguarded one would not end by itself.
struct Server(Child, SocketAddr);

impl Server {
    fn start(budget: &str) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--port=0", "--budget", budget])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let address = line.trim().rsplit('/').next().unwrap_or_default().parse();
        let address = address.map_err(|_| io::Error::other("the server did not start"))?;
        Ok(Self(child, address))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// Sends the requests of one connection, each at its time.
async fn honest(server: SocketAddr, first: Instant, end: Instant, body: Arc<str>, seen: Shared) {
    let Ok(mut client) = Client::connect(server).await else {
        return;
    };
    let mut due = first;
    while due < end {
        sleep_until(due).await;
        let answered =
            tokio::time::timeout_at(end + GRACE, client.ask("POST", "/search", &body)).await;
        let took = due.elapsed().as_secs_f64() * 1e3;
        let fine = matches!(answered, Ok(Ok((200, _))));
        note(&seen, |seen| {
            seen.honest.push(took);
            seen.unanswered += usize::from(!fine);
        });
        due += EVERY;
    }
}

async fn runaway(server: SocketAddr, seen: Shared) {
    note(&seen, |seen| seen.runaways += 1);
    let Ok(mut client) = Client::connect(server).await else {
        return;
    };
    if let Ok((503, _)) = client.ask("POST", "/search", RUNAWAY).await {
        note(&seen, |seen| seen.stopped += 1);
    }
}

async fn round(budget: &str, runaways: bool, seen: &Shared) -> io::Result<()> {
    let server = Server::start(budget)?;
    let lines: Vec<_> = TEXT.lines().take(LINES).collect();
    let body: Arc<str> = format!("{HONEST}\n{}", lines.join("\n")).into();
    let start = Instant::now() + Duration::from_millis(300);
    let end = start + ROUND;
    let mut clients = JoinSet::new();
    for number in 0..CONNECTIONS {
        let first = start + EVERY * number / CONNECTIONS;
        clients.spawn(honest(server.1, first, end, body.clone(), seen.clone()));
    }
    let mut senders = JoinSet::new();
    let mut due = start;
    while runaways && due < end {
        sleep_until(due).await;
        senders.spawn(runaway(server.1, seen.clone()));
        due += RUNAWAY_EVERY;
    }
    clients.join_all().await;
    // Wait until guarded runaways have used up their budget.
    tokio::time::sleep(Duration::from_millis(300)).await;
    senders.shutdown().await;
    Ok(())
}

fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

pub(crate) async fn print(budget: Duration) -> io::Result<()> {
    let limit = format!("{}us", budget.as_micros());
    let cases = [
        ("guarded", &*limit, false),
        ("guarded", &*limit, true),
        ("unguarded", "never", false),
        ("unguarded", "never", true),
    ];
    let all = cases.map(|_| Shared::default());
    for _ in 0..ROUNDS {
        for ((_, budget, runaways), seen) in cases.iter().zip(&all) {
            round(budget, *runaways, seen).await?;
        }
    }
    let seconds = ROUND.as_secs();
    println!(
        "{} honest requests and {} runaways a second, budget {budget:?}; {ROUNDS} rounds of {seconds} s, in turns\n",
        u128::from(CONNECTIONS) * 1000 / EVERY.as_millis(),
        1000 / RUNAWAY_EVERY.as_millis(),
    );
    println!(
        "| server | runaways | p50, ms | p99, ms | longest, ms | unanswered | runaways stopped |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|");
    for ((name, _, runaways), seen) in cases.iter().zip(&all) {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.honest.sort_by(f64::total_cmp);
        let [half, most, all] = [50, 99, 100].map(|percent| percentile(&seen.honest, percent));
        println!(
            "| {name} | {} | {half:.2} | {most:.2} | {all:.1} | {} of {} | {} of {} |",
            if *runaways { "yes" } else { "no" },
            seen.unanswered,
            seen.honest.len(),
            seen.stopped,
            seen.runaways,
        );
    }
    Ok(())
}
