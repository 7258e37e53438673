//! What the scheduler did, to explain lateness on a busy machine: how long threads of this process were ready to run
//! and had
//! no processor.

use std::fs;
use std::sync::OnceLock;
use std::time::Duration;

/// How long the present thread and the ticker have waited for a processor in all; `None` where the kernel does not tell,
/// or before there is a ticker.
///
/// Whoever reads it twice knows by how much what came between was late through no fault of anybody's: a thread without
/// a processor leaves no loop, and one whose ticker has none is not told that it is time.
pub fn waited() -> Option<Duration> {
    static TICKER: OnceLock<Option<String>> = OnceLock::new();
    let ticker = TICKER.get_or_init(ticker).as_deref()?;
    Some(of("/proc/thread-self/schedstat")? + of(ticker)?)
}

fn of(schedstat: &str) -> Option<Duration> {
    let text = fs::read_to_string(schedstat).ok()?;
    let nanos = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

fn ticker() -> Option<String> {
    let threads = fs::read_dir("/proc/self/task").ok()?;
    let mut folders = threads.flatten().map(|thread| thread.path());
    let is_ticker = |folder: &std::path::PathBuf| {
        fs::read_to_string(folder.join("comm")).is_ok_and(|name| name.trim() == "loop-guard")
    };
    let folder = folders.find(is_ticker)?.join("schedstat");
    Some(folder.to_str()?.to_owned())
}
