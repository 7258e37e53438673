// Each argument that needs a feature of guard-runtime, where none is on.
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard};

const LEDGER: u32 = 0;

#[loop_guard(cpu = "5s")]
fn cpu() {
    loop {}
}

#[loop_guard(timeout = "1s", breaker = LEDGER, bulkhead = LEDGER)]
fn refused() -> Result<(), Tripped> {
    loop {}
}

#[loop_guard(timeout = "1s", retry = LEDGER, attempt_timeout = Duration::from_millis(5))]
async fn repeated() -> Result<(), Tripped> {
    loop {}
}

#[loop_guard(timeout = "1s", fallback = Ok(()), reserve = "200ms")]
fn reserved() -> Result<(), Tripped> {
    loop {}
}

fn main() {
    cpu();
    let _ = (refused(), repeated(), reserved());
}
