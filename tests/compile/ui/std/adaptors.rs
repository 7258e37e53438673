// Errors in the iterator that a loop walks, and in what it yields.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(a: &[u32], b: &[u32], floats: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (index, (x, y)) in a.iter().zip(b).enumerate() {
        sum += x * y;
        a[index] = 3;
    }
    for x in floats.iter().rev().skip("1") {
        sum += x;
    }
    for x in a.iter().copied().rev() {
        sum += x;
    }
    for (x, y, z) in a.iter().zip(floats) {
        sum += y;
    }
    for x in floats.iter_mut() {
        *x += 1;
    }
    sum
}

fn main() {
    println!("{}", walk(&[], &[], &[]));
}
