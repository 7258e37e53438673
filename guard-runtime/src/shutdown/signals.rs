//! Signals of the operating system, SIGTERM and SIGINT, received on a thread of its own.
//!
//! Every executor may be blocked, so none is relied on. The coordinator decides which signal means what.

use std::io;
use std::thread;

/// Calls `heard` with the number of each signal, counted from one, and its name.
#[cfg(unix)]
pub(super) fn listen(heard: impl Fn(u32, &str) + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};

    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGINT])?;
    spawn(move || {
        for (number, signal) in (1..).zip(signals.forever()) {
            let name = if signal == SIGINT {
                "SIGINT"
            } else {
                "SIGTERM"
            };
            heard(number, name);
        }
    })
}

/// The same on systems where signals are flags, which are polled every few milliseconds.
#[cfg(not(unix))]
pub(super) fn listen(heard: impl Fn(u32, &str) + Send + 'static) -> io::Result<()> {
    use core::sync::atomic::{AtomicUsize, Ordering};
    use core::time::Duration;
    use std::sync::Arc;

    use signal_hook::consts::{SIGINT, SIGTERM};

    /// A flag only holds the last signal, so a third one within this time counts as the second.
    const PERIOD: Duration = Duration::from_millis(5);

    let flag = Arc::new(AtomicUsize::new(0));
    for (signal, value) in [(SIGINT, 1), (SIGTERM, 2)] {
        signal_hook::flag::register_usize(signal, Arc::clone(&flag), value)?;
    }
    spawn(move || {
        let mut number = 0;
        loop {
            let name = match flag.swap(0, Ordering::Relaxed) {
                0 => {
                    thread::sleep(PERIOD);
                    continue;
                }
                1 => "SIGINT",
                _ => "SIGTERM",
            };
            number += 1;
            heard(number, name);
        }
    })
}

fn spawn(run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let thread = thread::Builder::new().name("shutdown signals".to_owned());
    thread.spawn(run).map(drop)
}
