//! Observation: modes, events, snapshots, metrics and the watchdog.

mod actions;
mod backtrace;
mod bad_input;
mod disabled;
mod environment;
mod honest;
mod listed;
mod modes;
#[cfg(feature = "metrics")]
mod numbers;
mod off;
#[cfg(unix)]
mod pauses;
#[cfg(target_os = "linux")]
mod starved;
mod stress;
#[cfg(feature = "tracing")]
mod traced;
#[cfg(feature = "tokio")]
mod unpolled;
mod watchdog;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use guard_runtime::{Event, set_hook};

static EVENTS: Mutex<Vec<Event>> = Mutex::new(Vec::new());

fn events() -> MutexGuard<'static, Vec<Event>> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| set_hook(|event| lock().push(event.clone())));
    lock()
}

fn lock() -> MutexGuard<'static, Vec<Event>> {
    EVENTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Events of this kind so far. Tests run in parallel, so each looks for a scope name of its own.
fn told<T>(of: impl Fn(&Event) -> Option<T>) -> Vec<T> {
    events().iter().filter_map(of).collect()
}

/// In the parent: the output of the test `name` in a child process with these variables. `None` in the child.
fn child(name: &str, variables: &[(&str, &str)]) -> Option<Output> {
    const CHILD: &str = "LOOP_GUARD_TEST_CHILD";
    if std::env::var_os(CHILD).is_some() {
        return None;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, "1");
    command.envs(variables.iter().copied());
    Some(command.output().unwrap())
}

#[track_caller]
fn assert_success(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}\n{stderr}");
    stderr
}

/// The output of the tests of a nested crate, which have to pass.
fn nested(name: &str, which: &[&str]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/crates")
        .join(name);
    let output = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--locked"])
        .args(which)
        .current_dir(folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(name),
        )
        .output()
        .expect("cargo runs");
    assert_success(&output);
    String::from_utf8_lossy(&output.stdout).into_owned()
}
