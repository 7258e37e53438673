//! Three jobs that run again and again: one is honest, one runs away, and one blocks where there is no check.

use std::hint::black_box;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use guard_runtime::{CancelToken, Tripped, loop_guard};

/// The pause between two rounds of a job.
const PAUSE: Duration = Duration::from_millis(200);

/// Adds up what it receives, and ends in time.
#[loop_guard(timeout = "2s", cancel = stop.clone(), name = "jobs::honest")]
fn honest(stop: &CancelToken) -> Result<u64, Tripped> {
    let mut sum = 0;
    for row in 0..600_u64 {
        sum += black_box(row);
        thread::sleep(Duration::from_millis(1));
    }
    Ok(sum)
}

/// Waits for a number that never comes: a Collatz sequence without an end. Every round trips.
#[loop_guard(timeout = "3s", cancel = stop.clone(), name = "jobs::runaway")]
fn runaway(stop: &CancelToken) -> Result<u64, Tripped> {
    let mut x = 27_u64;
    while x != 0 {
        x = if x % 2 == 0 { x / 2 } else { 3 * x + 1 };
        if x == 1 {
            thread::sleep(Duration::from_micros(200));
        }
    }
    Ok(x)
}

/// Waits in the kernel, where there is no check. No guard can end that; the watchdog reports it.
#[loop_guard(timeout = "1s", cancel = stop.clone(), name = "jobs::blocked")]
fn blocked(stop: &CancelToken, answer: &Receiver<()>) -> Result<bool, Tripped> {
    let ended = answer.recv_timeout(Duration::from_secs(20)) == Err(RecvTimeoutError::Disconnected);
    for _ in 0..1 {
        black_box(ended); // the first check after it
    }
    Ok(ended)
}

pub(crate) struct Jobs {
    threads: Vec<JoinHandle<()>>,
    /// Ends the wait of the blocked job.
    answer: Sender<()>,
}

/// Starts the jobs, each on a thread of its own; they run until `stop` is cancelled.
pub(crate) fn start(stop: &CancelToken) -> Jobs {
    let (answer, waits) = mpsc::channel();
    let job = |name: &str, mut round: Box<dyn FnMut(&CancelToken) + Send>| {
        let stop = stop.clone();
        let rounds = move || {
            while !stop.is_cancelled() {
                round(&stop);
                thread::sleep(PAUSE);
            }
        };
        let thread = thread::Builder::new().name(name.to_owned());
        thread.spawn(rounds).expect("room for a thread")
    };
    let threads = vec![
        job("honest", Box::new(|stop| _ = honest(stop))),
        job("runaway", Box::new(|stop| _ = runaway(stop))),
        job("blocked", Box::new(move |stop| _ = blocked(stop, &waits))),
    ];
    Jobs { threads, answer }
}

impl Jobs {
    /// Waits for the end of all jobs, which have been told to stop.
    pub(crate) fn end(self) {
        drop(self.answer);
        for thread in self.threads {
            _ = thread.join();
        }
    }
}
