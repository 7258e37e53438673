//! A service that searches what it is sent for regular expressions, and survives the one that would
//! take for ever.
//!
//! ```text
//! cargo run --release --example server -- --help
//! ```
//!
//! The guarded handler is in `service.rs`; the matcher is that of `examples/quickstart`.

use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

mod client;
#[path = "../quickstart/duration.rs"]
mod duration;
mod figures;
#[path = "../quickstart/matcher.rs"]
mod matcher;
mod options;
#[path = "../quickstart/pattern.rs"]
mod pattern;
mod service;
mod stop;

use options::{HELP, Options};
use stop::Stop;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args_os().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("server: {message}");
            return ExitCode::from(2);
        }
    };
    let outcome = if options.help {
        write!(io::stdout(), "{HELP}")
    } else {
        runtime().and_then(|runtime| {
            if options.figures {
                runtime.block_on(figures::print(options.budget))
            } else {
                runtime.block_on(serve(&options))
            }
        })
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> io::Result<Runtime> {
    // The matcher calls itself for every round of a repeated group.
    let stack = matcher::STACK;
    Builder::new_multi_thread()
        .thread_stack_size(stack)
        .enable_all()
        .build()
}

/// Serves until Ctrl-C or SIGTERM; what was asked before is still answered.
async fn serve(options: &Options) -> io::Result<()> {
    let mut stop = Stop::new()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
    let address = listener.local_addr()?;
    writeln!(io::stdout(), "listening on http://{address}")?;

    let budget = options.budget;
    let open = GracefulShutdown::new();
    loop {
        let accepted = std::future::poll_fn(|context| {
            if stop.has_come(context) {
                return std::task::Poll::Ready(None);
            }
            listener.poll_accept(context).map(Some)
        });
        let stream = match accepted.await {
            None => break,
            Some(Ok((stream, _))) => stream,
            Some(Err(error)) => {
                // Too many open files, say: others will be closed.
                eprintln!("server: cannot accept: {error}");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let handler = service_fn(move |request| service::respond(request, budget));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), handler);
        let connection = open.watch(connection);
        tokio::spawn(async move {
            // A client that hangs up is no failure of ours.
            let _ = connection.await;
        });
    }
    drop(listener);
    open.shutdown().await;
    Ok(())
}
