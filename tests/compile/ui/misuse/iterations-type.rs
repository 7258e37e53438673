// An iterations expression that is no integer.
use guard_runtime::loop_guard;

#[loop_guard(iterations = limit)]
fn float(limit: f64) {
    println!("{limit}");
}

#[loop_guard(iterations = names.len().to_string())]
fn text(names: &[&str]) {
    println!("{names:?}");
}

fn main() {
    float(1.0);
    text(&[]);
}
