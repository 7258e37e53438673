//! What a browser or Prometheus receives: HTTP/1.1, one request for each connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use guard_runtime::snapshot;
use metrics_exporter_prometheus::PrometheusHandle;

/// How long to wait for a request. A client that sends nothing for this long is dropped.
const PATIENCE: Duration = Duration::from_secs(2);

/// The longest request line.
const LONGEST: u64 = 8192;

const PAGE: &str = include_str!("page.html");

pub(crate) fn serve(listener: &TcpListener, numbers: &PrometheusHandle) {
    for stream in listener.incoming() {
        let numbers = numbers.clone();
        match stream {
            // A client that hangs up is not an error.
            Ok(stream) => drop(thread::spawn(move || answer(&stream, &numbers))),
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}

fn answer(mut stream: &TcpStream, numbers: &PrometheusHandle) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream.take(LONGEST)).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // Read to the end of the head: closing a connection with unread data would reset it.
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let (status, kind, body) = respond(&request, numbers);
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn respond(request: &str, numbers: &PrometheusHandle) -> (&'static str, &'static str, String) {
    const TEXT: &str = "text/plain; charset=utf-8";
    let mut words = request.split(' ');
    match (words.next(), words.next()) {
        (Some("GET"), Some("/")) => ("200 OK", "text/html; charset=utf-8", PAGE.to_owned()),
        (Some("GET"), Some("/guards")) => match serde_json::to_string(&snapshot()) {
            Ok(guards) => ("200 OK", "application/json", guards),
            Err(error) => ("500 Internal Server Error", TEXT, format!("{error}\n")),
        },
        (Some("GET"), Some("/metrics")) => {
            ("200 OK", "text/plain; version=0.0.4", numbers.render())
        }
        (Some("GET"), _) => (
            "404 Not Found",
            TEXT,
            "there are /, /guards and /metrics\n".to_owned(),
        ),
        _ => (
            "405 Method Not Allowed",
            TEXT,
            "GET /, /guards or /metrics\n".to_owned(),
        ),
    }
}
