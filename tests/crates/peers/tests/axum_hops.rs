//! Three hops over loopback, each an axum server that asks the next one with hyper's client.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use guard_runtime::wire::{Client, DeadlineLayer, DeadlineService, detach, status};
use guard_runtime::{Budget, Tripped, remaining};
use http::StatusCode;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use peers_of_guards::{Log, late, on_workers};
use tokio_stream::Stream;
use tower::{Layer, ServiceExt};

const ENVOY: &str = "x-envoy-expected-rq-timeout-ms";

type Asking = DeadlineService<legacy::Client<HttpConnector, Body>, Client>;

/// Each hop keeps back as much as the next hop's answer needs on a busy machine.
fn client() -> Asking {
    let client = legacy::Client::builder(TokioExecutor::new()).build_http();
    DeadlineLayer::client()
        .margin(Duration::from_millis(50))
        .layer(client)
}

#[derive(Clone)]
struct Hop {
    number: usize,
    next: Option<SocketAddr>,
    client: Asking,
    log: Log,
}

impl Hop {
    async fn answer(self) -> Response {
        let Some(next) = self.next else {
            let (tripped, late) = late();
            self.log
                .note(self.number, format!("left {:?} late", late.by));
            return status(&tripped).into_response();
        };
        let request = Request::get(format!("http://{next}/")).body(Body::empty());
        match self.client.oneshot(request.unwrap()).await {
            Ok(response) => response.status().into_response(),
            Err(error) => match error.downcast::<Tripped>() {
                Ok(tripped) => status(&tripped).into_response(),
                Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
            },
        }
    }
}

async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    address
}

/// Records how a hop answers, outside its layer.
fn noting(hop: Hop) -> Router {
    let (number, log) = (hop.number, hop.log.clone());
    let note = move |response: Response| {
        log.note(number, response.status().as_u16().to_string());
        std::future::ready(response)
    };
    Router::new()
        .route("/", get(async |State(hop): State<Hop>| hop.answer().await))
        .with_state(hop)
        .layer(DeadlineLayer::server().max(Duration::from_secs(10)))
        .layer(axum::middleware::map_response(note))
}

async fn chain(hops: usize, log: &Log) -> SocketAddr {
    let mut next = None;
    for number in (1..=hops).rev() {
        let (client, log) = (client(), log.clone());
        let hop = Hop {
            number,
            next,
            client,
            log,
        };
        next = Some(serve(noting(hop)).await);
    }
    next.unwrap()
}

/// Whether all hops have answered. The previous hop drops one that was slower than its margin.
async fn everybody_answers_504() -> bool {
    let log = Log::default();
    let first = chain(3, &log).await;
    let request = Request::get(format!("http://{first}/"))
        .header(ENVOY, "500")
        .body(Body::empty());
    let begun = Instant::now();
    let response = client().oneshot(request.unwrap()).await.unwrap();
    let took = begun.elapsed();
    assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT);
    let told: Vec<_> = (1..=3).map(|hop| log.of(hop)).collect();
    println!("{took:?}: {told:?}");
    let answers = told.iter().flatten().filter(|what| !what.contains("late"));
    assert!(answers.clone().all(|answer| answer == "504"), "{told:?}");
    answers.count() == 3
}

#[test]
fn of_three_hops_whose_last_one_spins_everybody_answers_504() {
    on_workers(async {
        for _ in 0..10 {
            if everybody_answers_504().await {
                return;
            }
        }
        panic!("ten times, one was slower than its margin");
    });
}

#[test]
fn a_hop_has_what_its_caller_has_left() {
    on_workers(async {
        let router = Router::new().route(
            "/",
            get(async || format!("{}", remaining().unwrap().as_millis())),
        );
        let server = serve(router.layer(DeadlineLayer::server())).await;
        let budget = Budget::timeout(Duration::from_secs(60));
        let asked = budget.wrap(async {
            let request = Request::get(format!("http://{server}/")).body(Body::empty());
            let response = client().oneshot(request.unwrap()).await.unwrap();
            response.into_body().collect().await.unwrap().to_bytes()
        });
        let left = asked.await.unwrap();
        let left: u64 = std::str::from_utf8(&left).unwrap().parse().unwrap();
        assert!((1_000..=59_950).contains(&left), "{left}");
    });
}

#[test]
fn nothing_is_sent_when_nothing_is_left() {
    on_workers(async {
        let log = Log::default();
        let first = chain(1, &log).await;
        let budget = Budget::timeout(Duration::from_millis(40)).named("caller");
        let asked = budget.wrap(async {
            let request = Request::get(format!("http://{first}/")).body(Body::empty());
            client().oneshot(request.unwrap()).await
        });
        // Less time is left than the margin.
        let error = asked.await.unwrap().unwrap_err();
        assert!(error.downcast::<Tripped>().is_ok());
        assert!(log.of(1).is_empty());
    });
}

/// Sends a frame every 10 ms, until the peer hangs up.
fn endless() -> Body {
    let beat = tokio::time::interval(Duration::from_millis(10));
    Body::new(StreamBody::new(unfold(beat)))
}

fn unfold(mut beat: tokio::time::Interval) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> {
    futures_util::stream::poll_fn(move |context| {
        let tick = beat.poll_tick(context);
        tick.map(|_| Some(Ok(Frame::data(Bytes::from_static(b"beat")))))
    })
}

#[test]
fn a_body_that_goes_on_is_cut_and_one_that_is_detached_is_not() {
    on_workers(async {
        let router = Router::new()
            .route("/stream", get(async || Response::new(endless())))
            .route("/events", get(async || detach(Response::new(endless()))))
            .layer(DeadlineLayer::server().max(Duration::from_millis(100)));
        let server = serve(router).await;
        let ask = async |path: &str| {
            let request = Request::get(format!("http://{server}{path}")).body(Body::empty());
            let response = client().oneshot(request.unwrap()).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            response.into_body()
        };
        let begun = Instant::now();
        let mut stream = ask("/stream").await;
        let cut = loop {
            match stream.frame().await {
                Some(Ok(_)) => {}
                Some(Err(_)) => break true,
                None => break false,
            }
        };
        assert!(cut, "the peer must not take it for whole");
        assert!(begun.elapsed() >= Duration::from_millis(100));
        let mut events = ask("/events").await;
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(300) {
            events.frame().await.unwrap().unwrap();
        }
    });
}
