//! Three hops over loopback, each a tonic server that asks the next one with a tonic client.
//!
//! The service is written by hand, and its messages are bytes: no generated code.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::{Buf, BufMut, Bytes};
use guard_runtime::Tripped;
use guard_runtime::wire::{Client, DeadlineBody, DeadlineLayer, DeadlineService, grpc_code};
use http::uri::PathAndQuery;
use http_body_util::Full;
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use peers_of_guards::{Log, late, on_workers};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{NamedService, UnaryService};
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Code, Request, Response, Status};
use tower::util::MapResponseLayer;
use tower::{Layer, Service};

/// Passes messages through unchanged.
#[derive(Default)]
struct Plain;

impl Codec for Plain {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Plain {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Plain {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut item = vec![0; buffer.remaining()];
        buffer.copy_to_slice(&mut item);
        Ok(Some(item))
    }
}

type Asking = DeadlineService<Channel, Client>;

#[derive(Clone)]
struct Hop {
    number: usize,
    next: Option<Asking>,
    log: Log,
}

impl NamedService for Hop {
    const NAME: &'static str = "chain.Hop";
}

fn status(tripped: &Tripped) -> Status {
    Status::new(Code::from(grpc_code(tripped)), tripped.to_string())
}

async fn ask(channel: Asking) -> Result<Response<Vec<u8>>, Status> {
    let mut client = tonic::client::Grpc::new(channel);
    client
        .ready()
        .await
        .map_err(|error| Status::unknown(error.to_string()))?;
    let path = PathAndQuery::from_static("/chain.Hop/Ask");
    client
        .unary(Request::new(Vec::new()), path, Plain)
        .await
        .map_err(in_words_of_ours)
}

/// Converts the status that the channel's own timer for `grpc-timeout` returns, which is `CANCELLED`.
fn in_words_of_ours(status: Status) -> Status {
    let mut source = status.source();
    while let Some(error) = source {
        if error.is::<tonic::TimeoutExpired>() {
            return Status::deadline_exceeded(error.to_string());
        }
        if let Some(tripped) = error.downcast_ref::<Tripped>() {
            return self::status(tripped);
        }
        source = error.source();
    }
    status
}

impl Hop {
    async fn answer(self) -> Result<Response<Vec<u8>>, Status> {
        let Some(next) = self.next else {
            let (tripped, late) = late();
            let own = late.own().unwrap_or_default();
            self.log
                .note(self.number, format!("left {:?} late", late.by));
            if own <= SOON {
                self.log.note(self.number, "in time");
            }
            return Err(status(&tripped));
        };
        let outcome = ask(next).await;
        if let Err(status) = &outcome {
            self.log.note(self.number, format!("{:?}", status.code()));
        }
        outcome
    }
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl UnaryService<Vec<u8>> for Hop {
    type Response = Vec<u8>;
    type Future = Boxed<Result<Response<Vec<u8>>, Status>>;

    fn call(&mut self, _: Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.clone().answer())
    }
}

impl Service<http::Request<Body>> for Hop {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Boxed<Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let hop = self.clone();
        Box::pin(async { Ok(tonic::server::Grpc::new(Plain).unary(hop, request).await) })
    }
}

/// Starts a server. Returns its address.
async fn serve<S>(service: S, number: usize, log: &Log) -> SocketAddr
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    S: NamedService + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // Records the answer, whether or not anybody still listens.
    let log = log.clone();
    let answers = MapResponseLayer::new(move |response: http::Response<DeadlineBody<Body>>| {
        let code = response.headers().get("grpc-status");
        let code = code.and_then(|code| Some(Code::from_bytes(code.as_bytes())));
        log.note(number, format!("answered {code:?}"));
        response
    });
    let server = Server::builder()
        .layer(answers)
        .layer(DeadlineLayer::server().max(Duration::from_secs(10)))
        .add_service(service)
        .serve_with_incoming(TcpListenerStream::new(listener));
    tokio::spawn(async { server.await.unwrap() });
    address
}

async fn chain(hops: usize, log: &Log) -> SocketAddr {
    let mut next: Option<SocketAddr> = None;
    for number in (1..=hops).rev() {
        let asking = |address: SocketAddr| {
            let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
            let layer = DeadlineLayer::client().margin(Duration::from_millis(50));
            layer.layer(endpoint.connect_lazy())
        };
        let (next_hop, log) = (next.map(asking), log.clone());
        next = Some(
            serve(
                Hop {
                    number,
                    next: next_hop,
                    log: log.clone(),
                },
                number,
                &log,
            )
            .await,
        );
    }
    next.unwrap()
}

/// Sends a call with a client that has no timer. Returns what the server answers.
async fn answer_to(server: SocketAddr, timeout: &str) -> (i32, Duration) {
    let client = legacy::Client::builder(TokioExecutor::new())
        .http2_only(true)
        .build_http();
    let request = http::Request::post(format!("http://{server}/chain.Hop/Ask"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("grpc-timeout", timeout)
        .body(Full::new(Bytes::from_static(&[0; 5])));
    let begun = Instant::now();
    let response = client.request(request.unwrap()).await.unwrap();
    let took = begun.elapsed();
    assert_eq!(response.status(), 200);
    let code = response
        .headers()
        .get("grpc-status")
        .expect("no answer but that");
    (code.to_str().unwrap().parse().unwrap(), took)
}

/// How long after its deadline the last hop may leave its loop, not counting waits for a processor.
const SOON: Duration = Duration::from_micros(300);

#[test]
fn of_three_hops_whose_last_one_spins_everybody_answers_deadline_exceeded() {
    on_workers(async {
        for _ in 0..10 {
            let log = Log::default();
            let first = chain(3, &log).await;
            let begun = Instant::now();
            let (code, took) = answer_to(first, "500m").await;
            // Nobody waits for the last hop any more. It spins until its deadline all the same, and answers.
            let answered = "answered Some(DeadlineExceeded)";
            while !log.of(3).iter().any(|what| what.starts_with("answered")) {
                assert!(begun.elapsed() < Duration::from_secs(30), "it still spins");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let told: Vec<_> = (1..=3).map(|hop| log.of(hop)).collect();
            println!("{took:?}: {told:?}");
            let has = |hop: usize, what: &str| told[hop - 1].iter().any(|told| told == what);
            assert!(has(3, answered), "{told:?}");
            for hop in [1, 2] {
                let mut all = told[hop - 1].iter();
                assert!(
                    all.all(|what| what == answered || what == "DeadlineExceeded"),
                    "{told:?}"
                );
            }
            // A hop that was slower than its margin is dropped by the one before it, and the first one is cut by its own
            // deadline then: see below.
            let heard = Code::from(code) == Code::DeadlineExceeded;
            let heard = heard && has(1, "DeadlineExceeded") && has(2, "DeadlineExceeded");
            if heard && has(1, answered) && has(2, answered) && has(3, "in time") {
                return;
            }
        }
        panic!("ten times, one was slower than its margin");
    });
}

/// A service that waits for ever.
#[derive(Clone)]
struct Waiting;

impl NamedService for Waiting {
    const NAME: &'static str = "chain.Hop";
}

impl Service<http::Request<Body>> for Waiting {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = std::future::Pending<Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        std::future::pending()
    }
}

/// Tonic's server has a timer for the same time, outside of all layers, and answers CANCELLED by it. Ours is seldom later:
/// where a deadline has passed, the layer answers whoever polls it first.
#[test]
fn the_layer_answers_before_tonics_own_timer() {
    on_workers(async {
        let server = serve(Waiting, 1, &Log::default()).await;
        let asked = (0..200_u32).map(|n| {
            let timeout = Duration::from_millis(5) + n * Duration::from_micros(437);
            tokio::spawn(async move {
                let (code, took) = answer_to(server, &format!("{}u", timeout.as_micros())).await;
                assert!(took >= timeout, "{took:?} is less than {timeout:?}");
                Code::from(code)
            })
        });
        let mut cancelled = 0;
        for asked in asked.collect::<Vec<_>>() {
            match asked.await.unwrap() {
                Code::DeadlineExceeded => {}
                Code::Cancelled => cancelled += 1,
                other => panic!("{other:?}"),
            }
        }
        println!("of 200, tonic's timer answered {cancelled}");
        assert!(cancelled < 100);
        let (code, took) = answer_to(server, "0n").await;
        assert_eq!(Code::from(code), Code::DeadlineExceeded);
        println!("nothing left: answered after {took:?}");
    });
}
