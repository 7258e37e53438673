#![deny(deprecated)]

use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard};

struct Relay;

impl Relay {
    /// Neither of these blocks.
    async fn recv(&self) -> u32 {
        4
    }

    fn join(&self) -> Result<u32, Box<dyn std::error::Error + Send>> {
        Ok(5)
    }

    fn lock<T: Default>(&self) -> Result<T, std::fmt::Error> {
        Ok(T::default())
    }
}

#[loop_guard(timeout = "1s")]
async fn wait(channel: mpsc::Receiver<u32>, total: &Mutex<u32>) -> Result<u32, Tripped> {
    thread::sleep(Duration::from_millis(1));
    std::thread::sleep(Duration::from_millis(1));
    let worker = thread::spawn(|| thread::sleep(Duration::from_millis(1)));
    worker.join().unwrap();
    let mut sum = channel.recv().unwrap_or(0) + async { *total.lock().unwrap() }.await;
    while let Ok(more) = channel.recv() {
        sum += more;
    }
    sum += Relay.recv().await + Relay.join().unwrap();
    let none: u32 = Relay.lock().unwrap();
    #[allow(deprecated)]
    let allowed = *total.lock().unwrap();
    Ok(sum + none + allowed + ["a", "b"].join("").len() as u32)
}

fn main() {}
