// A fallback closure that returns, or takes, the wrong thing.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", fallback = |tripped| tripped.to_string())]
fn text() -> usize {
    loop {}
}

#[loop_guard(timeout = "30s", fallback = |count: usize| count)]
fn argument() -> usize {
    loop {}
}

#[loop_guard(timeout = "30s", fallback = |tripped, count| 3)]
fn two_arguments() -> usize {
    loop {}
}

fn main() {
    println!("{} {} {}", text(), argument(), two_arguments());
}
