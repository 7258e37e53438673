// A match arm behind one that takes everything.
#![deny(unreachable_patterns)]

#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32]) -> u32 {
    let mut count = 0;
    for number in numbers {
        match number {
            _ => count += 1,
            3 => count += 3,
        }
    }
    count
}

fn main() {
    println!("{}", walk(&[1]));
}
