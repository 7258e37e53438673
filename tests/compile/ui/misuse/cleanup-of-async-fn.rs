use guard_runtime::{Exit, loop_guard};

async fn undo(_: &Exit<'_>) {}

fn count(exit: &Exit<'_>) -> usize {
    exit.to_string().len()
}

struct Table;

impl Table {
    async fn close(_: &Exit<'_>) -> Result<(), String> {
        Ok(())
    }
}

#[loop_guard(timeout = "30s", cleanup = undo)]
fn nobody_could_await() {
    loop {}
}

#[loop_guard(timeout = "30s", cleanup = undo)]
async fn nobody_awaits() {
    loop {}
}

#[loop_guard(timeout = "30s", strict, cleanup = Table::close)]
async fn nobody_awaits_the_polled() {
    loop {}
}

#[loop_guard(timeout = "30s", cleanup = count)]
fn nobody_counts() {
    loop {}
}

fn main() {}
