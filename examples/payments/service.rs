//! The guarded function of the example.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use guard_runtime::policy::{Breaker, Bulkhead, Errors, Retry};
use guard_runtime::{Cause, Tripped, loop_guard, remaining};

/// The outcome of a payment.
#[derive(Debug)]
pub(crate) enum Settlement {
    /// It is in the ledger.
    Settled,
    /// There was no time. It will be tried again later.
    Deferred,
    /// It was deferred at once: the breaker is open, or too many payments are in progress.
    Refused,
}

impl Settlement {
    /// The outcome of a payment whose settlement tripped.
    fn later(tripped: &Tripped) -> Self {
        match tripped.cause() {
            Cause::Refused { .. } | Cause::Full => Self::Refused,
            _ => Self::Deferred,
        }
    }
}

#[derive(Debug)]
pub(crate) enum SettleError {
    /// The ledger cannot be reached.
    Unreachable,
    /// The ledger declined this payment.
    Declined,
    /// There was no time.
    Tripped,
}

impl From<io::Error> for SettleError {
    fn from(_: io::Error) -> Self {
        Self::Unreachable
    }
}

impl From<Tripped> for SettleError {
    fn from(_: Tripped) -> Self {
        Self::Tripped
    }
}

/// Opens when the ledger does not answer. A declined payment does not count as a failure of the ledger.
static LEDGER: Breaker<Errors<SettleError>> = Breaker::new()
    .errors(|error| matches!(error, SettleError::Unreachable))
    .window(Duration::from_secs(1))
    .open_for(Duration::from_millis(500))
    .named("ledger");

/// Limits the number of connections.
static CONNECTIONS: Bulkhead = Bulkhead::new(6).queue(2).named("connections");

const RETRY: Retry = Retry::attempts(3).delay(Duration::from_millis(2), Duration::from_millis(10));

/// Settles a payment within 200 ms, or defers it.
#[loop_guard(
    timeout = "200ms",
    attempt_timeout = "50ms",
    retry = RETRY,
    breaker = LEDGER,
    bulkhead = CONNECTIONS,
    fallback = |tripped| Ok(Settlement::later(&tripped))
)]
pub(crate) fn settle(payment: u64, ledger: SocketAddr) -> Result<Settlement, SettleError> {
    let mut stream = TcpStream::connect_timeout(&ledger, left())?;
    stream.write_all(&payment.to_be_bytes())?;
    let mut answer = [0];
    loop {
        stream.set_read_timeout(Some(left()))?;
        match stream.read(&mut answer) {
            Ok(0) => return Err(SettleError::Unreachable),
            Ok(_) if answer == *b"+" => return Ok(Settlement::Settled),
            Ok(_) => return Err(SettleError::Declined),
            // If no time is left, the next check trips.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// What is left of the budget. A socket rejects a timeout of zero.
fn left() -> Duration {
    remaining()
        .unwrap_or(Duration::MAX)
        .max(Duration::from_millis(1))
}
