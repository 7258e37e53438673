//! What the server does with a request.

use std::fmt::{self, Write};
use std::time::{Duration, Instant};

use guard_runtime::shutdown::{Shutdown, Tracker};
use guard_runtime::{Budget, CancelToken, Tripped, deadline, defer, loop_guard, snapshot, task};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, StatusCode};

use crate::database::Database;
use crate::matcher::{self, Found, Stopped};
use crate::pattern::Pattern;

/// The largest body of a request, in bytes.
const LARGEST: usize = 1 << 20;

/// Why a search is not answered.
#[derive(Debug)]
enum Refused {
    /// It ran out of its budget.
    Tripped(Tripped),
    /// It is invalid. The client receives this status and text.
    Bad(StatusCode, String),
}

/// Lets a guarded function return this error when it trips.
impl From<Tripped> for Refused {
    fn from(tripped: Tripped) -> Self {
        Self::Tripped(tripped)
    }
}

impl From<Stopped> for Refused {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Tripped(tripped) => Self::Tripped(tripped),
            Stopped::TooDeep => bad(&stopped),
        }
    }
}

fn bad(why: &impl fmt::Display) -> Refused {
    Refused::Bad(StatusCode::BAD_REQUEST, format!("{why}\n"))
}

/// What all connections share.
pub(crate) struct Service {
    pub(crate) budget: Duration,
    pub(crate) database: Database,
    /// The searches that a shutdown waits for, or refuses.
    pub(crate) requests: Tracker,
    pub(crate) shutdown: Shutdown,
}

impl Service {
    pub(crate) async fn respond(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (status, text) = match (request.method(), request.uri().path()) {
            (&Method::POST, "/search") => self.searched(request.into_body()).await,
            (&Method::GET, "/scopes") => (StatusCode::OK, format!("{}\n", snapshot())),
            (&Method::GET, "/ready") if self.shutdown.is_draining() => {
                (StatusCode::SERVICE_UNAVAILABLE, "draining\n".to_owned())
            }
            (&Method::GET, "/ready") => (StatusCode::OK, "ready\n".to_owned()),
            (_, "/search" | "/scopes" | "/ready") => (
                StatusCode::METHOD_NOT_ALLOWED,
                "POST /search, GET /scopes, GET /ready\n".to_owned(),
            ),
            _ => (
                StatusCode::NOT_FOUND,
                "there are /search, /scopes and /ready\n".to_owned(),
            ),
        };
        let mut response = Response::new(Full::from(text));
        *response.status_mut() = status;
        response
    }

    async fn searched(&self, body: Incoming) -> (StatusCode, String) {
        let search = self.requests.wrap(async {
            let found = search(body, self.budget).await?;
            if !self.database.note() {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                return Err(Refused::Bad(status, "the database is closed\n".to_owned()));
            }
            Ok(found)
        });
        match search.await.map_err(Refused::from).and_then(|found| found) {
            Ok(found) => (StatusCode::OK, found),
            Err(Refused::Bad(status, why)) => (status, why),
            Err(Refused::Tripped(tripped)) => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                eprintln!("server: {} POST /search: {tripped}", status.as_u16());
                (status, format!("{tripped}\n"))
            }
        }
    }
}

/// Handles a request within one budget: waiting for the client, for a thread and for the matcher all counts.
#[loop_guard(timeout = budget)]
async fn search(body: Incoming, budget: Duration) -> Result<String, Refused> {
    let until = deadline();
    let body = match Limited::new(body, LARGEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            let status = StatusCode::PAYLOAD_TOO_LARGE;
            return Err(Refused::Bad(status, format!("{error}\n")));
        }
    };
    // If the client hangs up, this future is dropped where it waits, and nobody waits for the answer.
    let gone = CancelToken::new();
    let budget = Budget::new().named("client").cancel(gone.clone());
    let hangs_up = defer(move |_| gone.cancel("it has hung up"));
    // The matcher is not an async function: on a worker it would block other tasks. The scopes are handed over.
    let matched = task::spawn_blocking(move || budget.run(|| matched(&body, until)));
    let matched = matched.await.map_err(|panic| bad(&panic))?;
    hangs_up.defuse();
    matched?
}

/// Searches until `until`, early enough to answer in time. A thread cannot be ended from outside, so it stops by
/// itself.
fn matched(body: &[u8], until: Option<Instant>) -> Result<String, Refused> {
    let body = std::str::from_utf8(body).map_err(|error| bad(&error))?;
    let (pattern, text) = body.split_once('\n').unwrap_or((body, ""));
    let pattern = Pattern::parse(pattern).map_err(|mistake| bad(&mistake))?;
    let left = until.map_or(Duration::MAX, |until| {
        until.saturating_duration_since(Instant::now()) / 10 * 9
    });
    let mut found = Found::default();
    matcher::search(&pattern, text, left, &mut found)?;

    let mut answer = format!("matches: {}\n", found.count);
    for one in &found.first {
        _ = writeln!(answer, "line {}: {}", one.line, one.text);
    }
    Ok(answer)
}
