use guard_runtime::loop_guard;

#[loop_guard(inherit, breaker = LEDGER)]
fn f() {
    loop {}
}

fn main() {}
