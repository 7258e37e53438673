//! What the tests share: an exporter that is scraped over HTTP, and threads that enter scopes.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::loop_guard;
use metrics_exporter_prometheus::PrometheusBuilder;

pub const THREADS: u64 = 8;
pub const ENTRIES: u64 = 1_000_000;

#[loop_guard(timeout = "1h", name = "metrics::entered")]
#[inline(never)]
pub fn entered(mut x: u64) -> u64 {
    while x > 1 << 60 {
        x /= 2;
    }
    x + 1
}

/// Starts threads that enter scopes at the same time, and waits for them.
pub fn enter() {
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..ENTRIES).fold(0, |x, _| entered(x)));
        }
    });
}

/// An exporter in this process.
pub struct Exporter(SocketAddr);

impl Exporter {
    pub fn install() -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        PrometheusBuilder::new()
            .with_http_listener(address)
            .install()
            .unwrap();
        Self(address)
    }

    /// The text of a scrape.
    pub fn scrape(&self) -> String {
        loop {
            // The exporter listens on its own thread, which may not be ready yet.
            let Ok(mut stream) = TcpStream::connect(self.0) else {
                thread::sleep(Duration::from_millis(10));
                continue;
            };
            stream
                .write_all(b"GET /metrics HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")
                .unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
            return text;
        }
    }

    /// Scrapes until the value of a series exists and `is_enough`, and returns it.
    pub fn await_value(&self, series: &str, is_enough: impl Fn(f64) -> bool) -> f64 {
        let begun = Instant::now();
        loop {
            let text = self.scrape();
            let value = value(&text, series);
            if let Some(value) = value.filter(|value| is_enough(*value)) {
                return value;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(120),
                "{series}: {text}"
            );
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// The value of a series in the text of a scrape.
pub fn value(text: &str, series: &str) -> Option<f64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
    Some(line.parse().unwrap())
}
