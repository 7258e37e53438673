//! What runs, what tripped and what hangs, as seen from outside: three guarded jobs, and a service on loopback that
//! shows them.
//!
//! ```text
//! cargo run --features metrics,serde,shutdown --example observe -- --port 8090
//! ```
//!
//! `/` is a page that shows the open scopes live, `/guards` the same as JSON, `/metrics` numbers for Prometheus; stdout gets
//! the table each second. Ctrl-C ends the jobs at their next check, and what waits in the kernel by what it waits for.

mod jobs;
mod pages;

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use guard_runtime::shutdown::Shutdown;
use guard_runtime::{CancelToken, set_hook, snapshot};
use metrics_exporter_prometheus::PrometheusBuilder;

const SECOND: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let port = match &*arguments {
        [] => Some(8090),
        [name, port] if name == "--port" => port.parse().ok(),
        _ => None,
    };
    let Some(port) = port else {
        eprintln!("observe: write `--port 8090`, or nothing");
        return ExitCode::from(2);
    };
    match serve(port) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("observe: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(port: u16) -> io::Result<()> {
    let buckets = [0.001, 0.01, 0.1, 0.5, 1.0, 2.0, 5.0];
    let numbers = PrometheusBuilder::new()
        .set_buckets(&buckets)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(io::Error::other)?;
    set_hook(|event| eprintln!("{event}"));

    let shutdown = Shutdown::new().grace(5 * SECOND).signals()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    let address = listener.local_addr()?;
    let stop = CancelToken::new();
    let started = jobs::start(&stop);
    shutdown.node("jobs", 2 * SECOND, move |_| {
        stop.cancel("shutdown");
        started.end();
    });

    let over = Arc::new(AtomicBool::new(false));
    let upkeep = numbers.clone();
    let table = thread::spawn({
        let over = Arc::clone(&over);
        move || {
            while !over.load(Ordering::Relaxed) {
                upkeep.run_upkeep();
                _ = writeln!(io::stdout(), "{}\n", snapshot());
                thread::sleep(SECOND);
            }
        }
    });
    writeln!(io::stdout(), "listening on http://{address}")?;
    thread::spawn(move || pages::serve(&listener, &numbers));

    let report = shutdown.wait();
    over.store(true, Ordering::Relaxed);
    _ = table.join();
    writeln!(io::stdout(), "{report}\nended")
}
