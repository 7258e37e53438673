// A mutable borrow that lives on into the next iteration.
#[guard_runtime::loop_guard(timeout = "30s")]
fn keep(numbers: &mut Vec<u32>) -> usize {
    let mut kept: Vec<&mut Vec<u32>> = Vec::new();
    for _ in 0..3 {
        kept.push(&mut *numbers);
    }
    kept.len()
}

fn main() {
    println!("{}", keep(&mut vec![1]));
}
