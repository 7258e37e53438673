//! Accepts connections and speaks HTTP until the service is told to stop.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use guard_runtime::CancelToken;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};

use crate::service::Service;

/// How many connections that the system has already accepted are still served after the stop.
const QUEUED: u32 = 128;

/// Accepts connections until `stop`, and serves each on a task of its own. Returns the connections that are open then.
pub(crate) async fn accept(
    listener: TcpListener,
    service: Arc<Service>,
    stop: CancelToken,
) -> GracefulShutdown {
    let open = GracefulShutdown::new();
    let mut queued = QUEUED;
    while queued > 0 {
        if stop.is_cancelled() {
            queued -= 1;
        }
        // In this order, so that connections in the queue are served before the stop is noticed.
        let accepted = tokio::select! {
            biased;
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, _)) => serve(stream, &service, &open),
            Err(error) => cannot_accept(&error).await,
        }
    }
    open
}

fn serve(stream: TcpStream, service: &Arc<Service>, open: &GracefulShutdown) {
    let service = Arc::clone(service);
    let handler = service_fn(move |request| {
        let service = Arc::clone(&service);
        async move { Ok::<_, Infallible>(service.respond(request).await) }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), handler);
    let connection = open.watch(connection);
    tokio::spawn(async move {
        // A client that hangs up is not an error.
        let _ = connection.await;
    });
}

/// Waits after an error such as too many open files, until other connections are closed.
async fn cannot_accept(error: &io::Error) {
    eprintln!("server: cannot accept: {error}");
    tokio::time::sleep(Duration::from_millis(50)).await;
}
