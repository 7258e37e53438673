//! The service manager's watchdog: sends `WATCHDOG=1` as long as nothing hangs that only a restart would end.
//!
//! A service manager that sets `WATCHDOG_USEC` and `NOTIFY_SOCKET` restarts a service that it does not hear from
//! for that long. The ticker's thread writes to it at half of that interval, from the first guard of the process
//! on, and is silent while a scope with `on_overdue = "restart"` is overdue.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::sync::OnceLock;

use crate::watch::turn;

/// Notifies the service manager if it is time to and nothing hangs. Returns when it is time again; [`u64::MAX`] if
/// no service manager listens. Called only on the ticker's thread.
pub(crate) fn keep_alive(now: u64) -> u64 {
    static SERVICE: OnceLock<Option<Service>> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let Some(service) = SERVICE.get_or_init(Service::from_environment) else {
        return u64::MAX;
    };
    if now >= NEXT.load(Ordering::Relaxed) {
        if !turn::wants_restart() {
            service.notify();
        }
        NEXT.store(now.saturating_add(service.every), Ordering::Relaxed);
    }
    NEXT.load(Ordering::Relaxed)
}

/// Where to write, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Service {
    socket: String,
    /// The interval in nanoseconds.
    every: u64,
}

impl Service {
    /// Reads the environment; `None` if no service manager listens, or it listens to another process.
    fn from_environment() -> Option<Self> {
        let read = |name: &str| std::env::var(name).ok();
        Self::new(
            read("NOTIFY_SOCKET")?,
            &read("WATCHDOG_USEC")?,
            read("WATCHDOG_PID").as_deref(),
            std::process::id(),
        )
    }

    fn new(socket: String, micros: &str, listens_to: Option<&str>, process: u32) -> Option<Self> {
        let micros: u64 = micros.trim().parse().ok().filter(|micros| *micros > 0)?;
        let ours = listens_to.is_none_or(|other| other.trim().parse() == Ok(process));
        let every = Duration::from_micros(micros) / 2;
        let every = u64::try_from(every.as_nanos()).unwrap_or(u64::MAX);
        (ours && !socket.is_empty()).then_some(Self { socket, every })
    }

    /// Says that the process is alive. If the socket is gone, the service manager has to deal with it.
    #[cfg(unix)]
    fn notify(&self) {
        use std::os::unix::net::UnixDatagram;

        const WELL: &[u8] = b"WATCHDOG=1";
        let Ok(socket) = UnixDatagram::unbound() else {
            return;
        };
        // The ticker must not wait for the socket.
        if socket.set_nonblocking(true).is_err() {
            return;
        }
        #[cfg(target_os = "linux")]
        if let Some(name) = self.socket.strip_prefix('@') {
            use std::os::linux::net::SocketAddrExt;
            use std::os::unix::net::SocketAddr;

            if let Ok(address) = SocketAddr::from_abstract_name(name) {
                _ = socket.send_to_addr(WELL, &address);
            }
            return;
        }
        _ = socket.send_to(WELL, &self.socket);
    }

    #[cfg(not(unix))]
    fn notify(&self) {
        _ = self;
    }
}

#[cfg(test)]
mod tests {
    use super::Service;

    #[test]
    fn half_of_the_time_is_left_for_the_way() {
        let service = Service::new("/run/notify".to_owned(), "30000000", None, 7).unwrap();
        assert_eq!(service.every, 15_000_000_000);
    }

    #[test]
    fn nobody_listens_without_a_time_and_a_socket_or_to_another_process() {
        let new = |socket: &str, micros, pid| Service::new(socket.to_owned(), micros, pid, 7);
        assert!(new("/run/notify", "2", Some("7")).is_some());
        assert!(new("@notify", "2", None).is_some());
        for (socket, micros, pid) in [
            ("", "2", None),
            ("/run/notify", "0", None),
            ("/run/notify", "", None),
            ("/run/notify", "-1", None),
            ("/run/notify", "2", Some("8")),
            ("/run/notify", "2", Some("x")),
        ] {
            assert_eq!(new(socket, micros, pid), None, "{socket} {micros} {pid:?}");
        }
    }
}
