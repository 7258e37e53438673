#[guard_runtime::loop_guard(timeout = "30s", name = "tenant {id}")]
fn formatted(id: u32) {
    while id > 1 {}
}

fn main() {}
