//! What a layer costs a request that is answered at once, beside the timeouts of tower and tower-http:
//!
//! ```console
//! cargo bench --bench layers                    nanoseconds, the least of many rounds
//! cargo bench --bench layers -- instructions    by callgrind, which does not depend on the machine's load
//! ```
//!
//! The service alone is subtracted. Fails if an instruction count has grown.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use guard_runtime::Budget;
use guard_runtime::wire::DeadlineLayer;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tokio::runtime::Runtime;
use tower::{Layer, Service};

type Text = Full<Bytes>;

const LIMIT: Duration = Duration::from_secs(10);

#[derive(Clone)]
struct Answering;

impl Service<Request<Text>> for Answering {
    type Response = Response<Text>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Text>, Infallible>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Text>) -> Self::Future {
        black_box(request.headers());
        ready(Ok(Response::new(request.into_body())))
    }
}

fn request(header: Option<&'static str>) -> Request<Text> {
    let mut request = Request::new(Full::from("a body"));
    let headers = request.headers_mut();
    for name in ["host", "user-agent", "accept", "content-type"] {
        headers.insert(name, http::HeaderValue::from_static("text/plain"));
    }
    if let Some(name) = header {
        headers.insert(name, http::HeaderValue::from_static("5000"));
    }
    request
}

/// Answers so many requests, with their bodies if `body` says so.
async fn answer<S, B>(mut service: S, count: u32, header: Option<&'static str>, body: bool)
where
    S: Service<Request<Text>, Response = Response<B>>,
    S::Error: std::fmt::Debug,
    B: http_body::Body<Data = Bytes, Error: std::fmt::Debug>,
{
    for _ in 0..count {
        let response = service.call(black_box(request(header))).await.unwrap();
        if body {
            let mut body = std::pin::pin!(response.into_body());
            while let Some(frame) = body.frame().await {
                black_box(frame.unwrap());
            }
        } else {
            drop(black_box(response));
        }
    }
}

const ENVOY: Option<&str> = Some("x-envoy-expected-rq-timeout-ms");

/// Name, how many instructions it may take more, and than what.
const ROWS: [(&str, Option<u32>, &str); 11] = [
    ("nothing", None, "nothing"),
    ("a clock reading", None, "nothing"),
    ("alone", None, "alone"),
    ("alone, a header", None, "alone, a header"),
    ("alone, a body", None, "alone, a body"),
    ("server", Some(1_200), "alone"),
    ("server, a header", Some(1_500), "alone, a header"),
    ("server, a body", None, "alone, a body"),
    ("client", Some(1_800), "alone"),
    ("tower::timeout", None, "alone"),
    ("tower-http", None, "alone"),
];

/// How long that takes.
fn run(row: &str, count: u32) -> Duration {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        runtime.worker_threads(1).enable_all().build().unwrap()
    });
    let server = DeadlineLayer::server().max(LIMIT).layer(Answering);
    let client = DeadlineLayer::client().layer(Answering);
    let (tower, http) = (
        tower::timeout::TimeoutLayer::new(LIMIT),
        StatusCode::GATEWAY_TIMEOUT,
    );
    let http = tower_http::timeout::TimeoutLayer::with_status_code(http, LIMIT);
    let begun = Instant::now();
    RUNTIME.block_on(async {
        match row {
            "nothing" => {}
            "a clock reading" => (0..count).for_each(|_| _ = black_box(Instant::now())),
            "alone" => answer(Answering, count, None, false).await,
            "alone, a header" => answer(Answering, count, ENVOY, false).await,
            "alone, a body" => answer(Answering, count, None, true).await,
            "server" => answer(server, count, None, false).await,
            "server, a header" => answer(server, count, ENVOY, false).await,
            "server, a body" => answer(server, count, None, true).await,
            // In a request of ours.
            "client" => Budget::timeout(LIMIT)
                .wrap(answer(client, count, None, false))
                .await
                .unwrap(),
            "tower::timeout" => answer(tower.layer(Answering), count, None, false).await,
            "tower-http" => answer(http.layer(Answering), count, None, false).await,
            _ => unreachable!("{row}"),
        }
    });
    begun.elapsed()
}

/// Of one request, in nanoseconds: the least of many short rounds.
fn nanos(row: &str) -> f64 {
    const COUNT: u32 = 2_000;
    let rounds = (0..500).map(|_| run(row, COUNT));
    let least = rounds.min().unwrap_or_default();
    least.as_secs_f64() * 1e9 / f64::from(COUNT)
}

/// Of one request, in instructions: what twice as many take more.
fn instructions(row: &str) -> f64 {
    let count = |requests: u32| {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe().unwrap())
            .args(["--run", row, &requests.to_string()])
            .output()
            .expect("valgrind");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let all = text.split("Collected : ").nth(1).expect("a count");
        all.split_whitespace()
            .next()
            .unwrap()
            .parse::<f64>()
            .unwrap()
    };
    (count(10_000) - count(5_000)) / 5_000.0
}

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().collect();
    if let Some(at) = args.iter().position(|arg| arg == "--run") {
        run(&args[at + 1], args[at + 2].parse().unwrap());
        return ExitCode::SUCCESS;
    }
    let counts = args.iter().any(|arg| arg == "instructions");
    let (unit, measure): (_, fn(&str) -> f64) = if counts {
        ("instructions", instructions)
    } else {
        ("ns", nanos)
    };
    println!("{:20}{unit:>14}{:>14}", "a request", "more");
    let mut failed = false;
    let mut measured = Vec::new();
    for (row, bar, alone) in ROWS {
        measured.push((row, measure(row)));
        let of = |name: &str| measured.iter().find(|(row, _)| *row == name).unwrap().1;
        let more = of(row) - of(alone);
        println!("{row:20}{:>14.1}{more:>14.1}", of(row));
        failed |= counts && bar.is_some_and(|bar| more > f64::from(bar));
    }
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
