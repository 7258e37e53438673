// A returned reference without a lifetime.
#[guard_runtime::loop_guard(timeout = "30s")]
fn longest(a: &str, b: &str) -> &str {
    while a.is_empty() {}
    if a.len() > b.len() { a } else { b }
}

fn main() {
    println!("{}", longest("a", "b"));
}
