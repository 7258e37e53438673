// `on_trip = "error"` where the type cannot be named.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", on_trip = "error")]
fn letters(text: &str) -> impl Iterator<Item = char> {
    while text.is_empty() {}
    text.chars()
}

fn main() {
    println!("{}", letters("a").count());
}
