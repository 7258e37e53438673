use guard_runtime::policy::{Breaker, Errors};
use guard_runtime::{Tripped, loop_guard};

static LEDGER: Breaker<Errors<std::io::Error>> = Breaker::new().errors(|_| true);

#[loop_guard(timeout = "1s", breaker = LEDGER)]
fn book() -> Result<(), Tripped> {
    Ok(())
}

#[loop_guard(timeout = "1s", breaker = 7)]
fn count() -> Result<(), Tripped> {
    Ok(())
}

fn main() {
    _ = book();
    _ = count();
}
