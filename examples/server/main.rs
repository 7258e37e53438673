//! A service that searches what it is sent for regular expressions, and survives the one that would
//! take for ever.
//!
//! ```text
//! cargo run --release --features shutdown,tokio --example server -- --help
//! ```
//!
//! The guarded handler is in `service.rs`, the way out in `serve` below; the matcher is that of `examples/quickstart`.

use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use guard_runtime::CancelToken;
use guard_runtime::shutdown::Shutdown;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

mod client;
mod connections;
mod database;
#[path = "../quickstart/duration.rs"]
mod duration;
mod figures;
#[path = "../quickstart/matcher.rs"]
mod matcher;
mod options;
#[path = "../quickstart/pattern.rs"]
mod pattern;
mod service;

use database::Database;
use options::{HELP, Options};
use service::Service;

/// How long connections may take to end, and how long the database may.
const HTTP: Duration = Duration::from_secs(2);
const DATABASE: Duration = Duration::from_secs(1);

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
                serve(&options, runtime)
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

/// Serves until Ctrl-C or SIGTERM. Then searches in progress are answered, or cut when the drain is over; connections
/// are
/// closed; and the database, which both of them need, is closed last.
fn serve(options: &Options, runtime: Runtime) -> io::Result<()> {
    let shutdown = Shutdown::new()
        .grace(options.grace)
        .lame_duck(options.lame_duck)
        .drain(options.drain)
        .signals()?;
    // Nodes that are futures are polled in the runtime.
    let entered = runtime.enter();
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)))?;
    let address = listener.local_addr()?;
    let service = Arc::new(Service {
        budget: options.budget,
        database: Database::open(),
        requests: shutdown.track().named("request"),
        shutdown: shutdown.clone(),
    });

    let closes = Arc::clone(&service);
    let database = shutdown.node("database", DATABASE, move |_| {
        let searches = closes.database.close();
        _ = writeln!(io::stdout(), "database closed: {searches} searches");
    });
    let stop = CancelToken::new();
    let accepts = runtime.spawn(connections::accept(listener, service, stop.clone()));
    let end_connections = async move |_| {
        stop.cancel("shutdown");
        if let Ok(open) = accepts.await {
            open.shutdown().await;
        }
    };
    shutdown
        .node_async("http", HTTP, end_connections)
        .uses(&database);

    writeln!(io::stdout(), "listening on http://{address}")?;
    let report = shutdown.wait();
    eprintln!("server: {report}");
    drop(entered);
    // Not dropped: that would wait for a search that comes to no check.
    runtime.shutdown_background();
    Ok(())
}
