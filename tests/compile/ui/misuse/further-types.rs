// A token that cannot tell whether to stop, and a depth that is no whole number.
use guard_runtime::loop_guard;

#[loop_guard(cancel = seconds)]
fn number(seconds: u64) {
    println!("{seconds}");
}

#[loop_guard(cancel = name.to_string())]
fn text(name: &str) {
    println!("{name}");
}

#[loop_guard(depth = levels)]
fn half(levels: f32) {
    println!("{levels}");
}

fn main() {
    number(1);
    text("");
    half(1.0);
}
