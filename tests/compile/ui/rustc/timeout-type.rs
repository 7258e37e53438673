// A timeout expression that is no `Duration`.
use guard_runtime::loop_guard;

const LIMIT: u64 = 30;

#[loop_guard(timeout = LIMIT)]
fn constant() {}

#[loop_guard(timeout = limit)]
fn argument(limit: &str) {
    println!("{limit}");
}

#[loop_guard(timeout = 10 * 3)]
fn product() {}

fn main() {
    constant();
    argument("30s");
    product();
}
