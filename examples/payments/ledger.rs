//! The ledger that the service depends on, and its moods.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// A mood of the ledger.
pub(crate) struct Phase {
    pub(crate) name: &'static str,
    /// How many of ten connections are dropped.
    drops: u64,
    /// How long it takes to answer.
    takes: Duration,
}

/// The moods, in their order.
pub(crate) static PHASES: [Phase; 5] = [
    phase("healthy", 0, 1),
    phase("flaky", 3, 1),
    phase("slow", 0, 400),
    phase("dead", 10, 0),
    phase("healthy", 0, 1),
];

const fn phase(name: &'static str, drops: u64, millis: u64) -> Phase {
    Phase {
        name,
        drops,
        takes: Duration::from_millis(millis),
    }
}

pub(crate) struct Ledger {
    address: SocketAddr,
    phase: Arc<AtomicUsize>,
}

impl Ledger {
    /// Listens on a port of loopback, until the process ends.
    pub(crate) fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (address, phase) = (listener.local_addr()?, Arc::<AtomicUsize>::default());
        let of_all = phase.clone();
        thread::spawn(move || {
            for (number, stream) in listener.incoming().flatten().enumerate() {
                let phase = &PHASES[of_all.load(Ordering::Relaxed)];
                if number as u64 % 10 >= phase.drops {
                    thread::spawn(move || answer(stream, phase));
                }
            }
        });
        Ok(Self { address, phase })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes its mood.
    pub(crate) fn set(&self, phase: &Phase) {
        let number = PHASES.iter().position(|other| std::ptr::eq(other, phase));
        self.phase.store(number.unwrap_or(0), Ordering::Relaxed);
    }
}

/// The client may have hung up before the answer.
fn answer(mut stream: TcpStream, phase: &Phase) {
    let mut payment = [0; 8];
    if stream.read_exact(&mut payment).is_ok() {
        thread::sleep(phase.takes);
        _ = stream.write_all(b"+");
    }
}
