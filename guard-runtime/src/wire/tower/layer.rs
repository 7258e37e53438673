//! The layers, as they are built.

use core::fmt;
use core::panic::Location as Caller;
use core::time::Duration;

use http::HeaderName;
use tower_layer::Layer;

use crate::base::location::Location;
use crate::base::site::Site;
use crate::time::clock;

/// A layer of tower that reads the deadline of a request from its headers, or writes it there.
///
/// On a server ([`server`](DeadlineLayer::server)) each request is a scope that covers the handler **and the frames
/// of its response's body**: guarded functions in the handler need no budget of their own,
/// [`remaining()`](crate::remaining) is how long the caller still waits, and a handler that waits is dropped at the
/// deadline. On a client ([`client`](DeadlineLayer::client)) each request says how much of the current budget is
/// left.
///
/// What travels is a duration. The time that a request was on its way is therefore not counted, and a wrong clock
/// does no harm.
///
/// | header | unit |
/// |---|---|
/// | `grpc-timeout` | its own |
/// | `x-envoy-expected-rq-timeout-ms` | milliseconds |
/// | one of your own: [`header`](DeadlineLayer::header) | milliseconds |
///
/// A server takes the shortest of them. A client writes the first on requests of `application/grpc`, the second on
/// others, or yours on all.
///
/// | nanoseconds that a request answered at once takes more | |
/// |---|---|
/// | `server()`: no header / a header / a body of one frame | 92 / 111 / 124 |
/// | `client()`: milliseconds / `grpc-timeout` | 83 / 84 |
/// | tower's `TimeoutLayer` / tower-http's | 50 / 395 |
///
/// (`cd tests/crates/peers && cargo bench --bench layers`; a clock reading is 20 of them, the hash of the header's name 35.)
///
/// ```
/// use std::convert::Infallible;
/// use std::time::Duration;
/// use guard_runtime::wire::DeadlineLayer;
/// use guard_runtime::{Budget, remaining};
/// use http::{Request, Response};
/// use tower::{Service, ServiceExt, layer::Layer, service_fn};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let server = DeadlineLayer::server()
///     .max(Duration::from_secs(10))
///     .default(Duration::from_secs(2))
///     .layer(service_fn(async |_: Request<String>| {
///         Ok::<_, Infallible>(Response::new(format!("{:?}", remaining().is_some())))
///     }));
/// // Here in one process: the client's request is the server's.
/// let mut client = DeadlineLayer::client().layer(server);
///
/// let budget = Budget::timeout(Duration::from_secs(30));
/// // Called inside the budget, which the request takes along.
/// let response = budget.wrap(async { client.call(Request::new(String::new())).await }).await??;
/// assert_eq!(response.status(), 200);
/// # Ok(())
/// # }
/// # futures::executor::block_on(example()).unwrap();
/// ```
#[derive(Clone)]
pub struct DeadlineLayer<K = Server> {
    kind: K,
}

/// The server side of a [`DeadlineLayer`].
#[derive(Clone)]
pub struct Server {
    pub(super) max: u64,
    pub(super) default: u64,
    pub(super) header: Option<HeaderName>,
    /// The site of requests whose time limit is ours, and of those whose limit is the peer's.
    pub(super) local: &'static Site,
    pub(super) remote: &'static Site,
    location: Location,
}

/// The client side of a [`DeadlineLayer`].
#[derive(Clone)]
pub struct Client {
    /// In nanoseconds.
    pub(super) margin: u64,
    pub(super) header: Option<HeaderName>,
    pub(super) site: &'static Site,
}

impl DeadlineLayer<Server> {
    /// For services that answer. Without [`max`](Self::max) and [`default`](Self::default), a request without a
    /// header has no deadline.
    ///
    /// | what arrives | its time limit |
    /// |---|---|
    /// | a header | the shorter one of it and `max` |
    /// | no header, or one that cannot be parsed | the shorter one of `default` and `max` |
    /// | several headers, or one several times | the shortest that can be parsed |
    /// | a header that says zero | the handler is not called |
    ///
    /// If the time is over before there is a response, the peer is told 504, or `grpc-status: 4` if the request is
    /// one of `application/grpc`; [`status`](super::status) and [`grpc_code`](super::grpc_code) list the others. A
    /// body that is cut short ends with an error, or with that trailer. A response that the handler has made itself
    /// stays as it is, even if it comes late.
    ///
    /// The budget begins when the service is called, before it calls the handler. (The server of tonic has a timer
    /// for `grpc-timeout` outside all layers, which answers `CANCELLED`. If both times are over within the same
    /// millisecond, either may be first.)
    #[must_use]
    #[track_caller]
    pub fn server() -> Self {
        let location = Location::of(Caller::caller());
        let kind = Server {
            max: u64::MAX,
            default: u64::MAX,
            header: None,
            local: Site::named("request", location),
            remote: Site::remote("request", location),
            location,
        };
        Self { kind }
    }

    /// No request may take longer, whatever its sender asks for.
    #[must_use]
    pub fn max(mut self, limit: Duration) -> Self {
        self.kind.max = clock::nanos(limit);
        self
    }

    /// How long a request may take if its sender does not say.
    #[must_use]
    pub fn default(mut self, limit: Duration) -> Self {
        self.kind.default = clock::nanos(limit);
        self
    }

    /// Reads this header as well: a number of milliseconds.
    #[must_use]
    pub fn header(mut self, name: HeaderName) -> Self {
        self.kind.header = Some(name);
        self
    }

    /// The name that [`Tripped::scope`](crate::Tripped::scope) reports; without it, `request`.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.kind.local = Site::named(name, self.kind.location);
        self.kind.remote = Site::remote(name, self.kind.location);
        self
    }
}

impl DeadlineLayer<Client> {
    /// For services that send: each request says what is left of the budget around the call, if there is one. A
    /// request that has such a header already keeps the shorter time.
    ///
    /// If nothing is left, or less than the header can express (a millisecond, or a nanosecond of `grpc-timeout`),
    /// the request is not sent: the error is the [`Tripped`](crate::Tripped). The errors of the service are boxed,
    /// as is usual for tower. The layer itself does not wait: the scope around a call ends it if it gets no answer.
    /// With a [`margin`](Self::margin) that is later than the peer's answer. (A channel of tonic ends the call at
    /// the time in the header, by a timer of its own, and calls that `CANCELLED`, with `tonic::TimeoutExpired` as
    /// its source.)
    #[must_use]
    #[track_caller]
    pub fn client() -> Self {
        let kind = Client {
            margin: 0,
            header: None,
            site: Site::named("request to send", Location::of(Caller::caller())),
        };
        Self { kind }
    }

    /// How much is kept back for the work after the answer; nothing by default.
    ///
    /// ```
    /// use std::convert::Infallible;
    /// use std::time::Duration;
    /// use guard_runtime::Budget;
    /// use guard_runtime::wire::DeadlineLayer;
    /// use http::{HeaderName, Request};
    /// use tower::{Service, layer::Layer, service_fn};
    ///
    /// const HEADER: HeaderName = HeaderName::from_static("x-timeout-ms");
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// let server = service_fn(async |request: Request<()>| {
    ///     Ok::<_, Infallible>(request.headers()[&HEADER].to_str().unwrap().parse::<u64>().unwrap())
    /// });
    /// let layer = DeadlineLayer::client().margin(Duration::from_millis(100)).header(HEADER);
    /// let mut client = layer.layer(server);
    ///
    /// let budget = Budget::timeout(Duration::from_secs(30));
    /// let millis = budget.wrap(async { client.call(Request::new(())).await }).await??;
    /// assert!(millis <= 29_900);
    /// # Ok(())
    /// # }
    /// # futures::executor::block_on(example()).unwrap();
    /// ```
    #[must_use]
    pub fn margin(mut self, time: Duration) -> Self {
        self.kind.margin = clock::nanos(time);
        self
    }

    /// Writes this header, a number of milliseconds, instead of the usual ones.
    #[must_use]
    pub fn header(mut self, name: HeaderName) -> Self {
        self.kind.header = Some(name);
        self
    }
}

impl fmt::Debug for DeadlineLayer<Server> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl fmt::Debug for DeadlineLayer<Client> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("name", &self.local.name())
            .field("max", &limit(self.max))
            .field("default", &limit(self.default))
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

fn limit(nanos: u64) -> Option<Duration> {
    (nanos != u64::MAX).then(|| Duration::from_nanos(nanos))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("margin", &Duration::from_nanos(self.margin))
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

impl<S, K: Clone> Layer<S> for DeadlineLayer<K> {
    type Service = DeadlineService<S, K>;

    fn layer(&self, inner: S) -> Self::Service {
        let kind = self.kind.clone();
        DeadlineService { inner, kind }
    }
}

/// A service in a [`DeadlineLayer`].
#[derive(Debug, Clone)]
pub struct DeadlineService<S, K = Server> {
    pub(super) inner: S,
    pub(super) kind: K,
}
