// A value moved by the first iteration.
fn consume(name: String) {
    drop(name);
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn repeat(name: String, times: u32) {
    for _ in 0..times {
        consume(name);
    }
}

fn main() {
    repeat(String::new(), 2);
}
