//! What a layer adds to a request that is answered at once, beside the timeouts of tower and tower-http:
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
use std::pin::Pin;
use std::process::{Command, ExitCode};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use futures_util::FutureExt;
use guard_runtime::Budget;
use guard_runtime::wire::DeadlineLayer;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
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

/// The headers of a request besides its usual ones.
#[derive(Clone, Copy)]
enum Says {
    Nothing,
    Timeout,
    Grpc,
}

fn request(says: Says) -> Request<Text> {
    let mut request = Request::new(Full::from("a body"));
    let headers = request.headers_mut();
    for name in [HOST, USER_AGENT, ACCEPT] {
        headers.insert(name, HeaderValue::from_static("text/plain"));
    }
    let kind = match says {
        Says::Grpc => "application/grpc",
        Says::Nothing | Says::Timeout => "text/plain",
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Says::Timeout = says {
        headers.insert(&ENVOY, HeaderValue::from_static("5000"));
    }
    request
}

static ENVOY: HeaderName = HeaderName::from_static("x-envoy-expected-rq-timeout-ms");

/// Answers this many requests, with their bodies if `body` is set.
async fn answer<S, B>(mut service: S, count: u32, says: Says, body: bool)
where
    S: Service<Request<Text>, Response = Response<B>>,
    S::Error: std::fmt::Debug,
    B: http_body::Body<Data = Bytes, Error: std::fmt::Debug>,
{
    for _ in 0..count {
        let response = service.call(black_box(request(says))).await.unwrap();
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

/// A row's name, how many more instructions it may take, and than which other row.
const ROWS: [(&str, Option<u32>, &str); 13] = [
    ("nothing", None, "nothing"),
    ("a clock reading", None, "nothing"),
    ("alone", None, "alone"),
    ("alone, a header", None, "alone, a header"),
    ("alone, a body", None, "alone, a body"),
    ("alone, gRPC", None, "alone, gRPC"),
    ("server", Some(1_000), "alone"),
    ("server, a header", Some(1_300), "alone, a header"),
    ("server, a body", Some(1_400), "alone, a body"),
    ("client", Some(1_100), "alone"),
    ("client, gRPC", Some(1_700), "alone, gRPC"),
    ("tower::timeout", None, "alone"),
    ("tower-http", None, "alone"),
];

/// How long a row takes.
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
    let alone = |says, body| answer(Answering, count, says, body);
    let served = |says, body| answer(server.clone(), count, says, body);
    // In a scope of ours.
    let asks = |says| Budget::timeout(LIMIT).wrap(answer(client.clone(), count, says, false));
    // In a task, like requests in a server.
    let task: Task = match row {
        "nothing" => Box::pin(async {}),
        "a clock reading" => {
            Box::pin(async move { (0..count).for_each(|_| _ = black_box(Instant::now())) })
        }
        "alone" => Box::pin(alone(Says::Nothing, false)),
        "alone, a header" => Box::pin(alone(Says::Timeout, false)),
        "alone, a body" => Box::pin(alone(Says::Nothing, true)),
        "alone, gRPC" => Box::pin(alone(Says::Grpc, false)),
        "server" => Box::pin(served(Says::Nothing, false)),
        "server, a header" => Box::pin(served(Says::Timeout, false)),
        "server, a body" => Box::pin(served(Says::Nothing, true)),
        "client" => Box::pin(asks(Says::Nothing).map(Result::unwrap)),
        "client, gRPC" => Box::pin(asks(Says::Grpc).map(Result::unwrap)),
        "tower::timeout" => Box::pin(answer(tower.layer(Answering), count, Says::Nothing, false)),
        "tower-http" => Box::pin(answer(http.layer(Answering), count, Says::Nothing, false)),
        _ => unreachable!("{row}"),
    };
    let timed = async {
        let begun = Instant::now();
        task.await;
        begun.elapsed()
    };
    RUNTIME.block_on(async { tokio::spawn(timed).await.unwrap() })
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Nanoseconds of one request of each row: the least of many short rounds, in which the rows take turns.
fn nanos() -> Vec<f64> {
    const COUNT: u32 = 500;
    const ROUNDS: u32 = 3_000;
    let mut least = ROWS.map(|_| Duration::MAX);
    for _ in 0..ROUNDS {
        for (least, (row, ..)) in least.iter_mut().zip(ROWS) {
            *least = run(row, COUNT).min(*least);
        }
    }
    let of_one = |least: Duration| least.as_secs_f64() * 1e9 / f64::from(COUNT);
    least.map(of_one).to_vec()
}

/// Instructions of one request: the difference between `count` and twice as many requests.
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
    let (unit, measured) = if counts {
        let all = ROWS.map(|(row, ..)| instructions(row));
        ("instructions", all.to_vec())
    } else {
        ("ns", nanos())
    };
    println!("{:20}{unit:>14}{:>14}", "a request", "more");
    let mut failed = false;
    for (index, (row, bar, alone)) in ROWS.into_iter().enumerate() {
        let base = ROWS.iter().position(|(row, ..)| *row == alone).unwrap();
        let more = measured[index] - measured[base];
        println!("{row:20}{:>14.1}{more:>14.1}", measured[index]);
        failed |= counts && bar.is_some_and(|bar| more > f64::from(bar));
    }
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
