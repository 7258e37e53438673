use guard_runtime::loop_guard;

#[loop_guard(timeout = "1s", breaker = LEDGER)]
fn f() -> ! {
    loop {}
}

fn main() {}
