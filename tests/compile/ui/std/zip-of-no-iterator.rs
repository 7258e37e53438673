// An adaptor given what it cannot walk.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(a: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (x, y) in a.iter().zip(3) {
        sum += x * y;
    }
    sum
}

fn main() {
    println!("{}", walk(&[]));
}
