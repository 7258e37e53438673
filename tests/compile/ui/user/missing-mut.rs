// Assignments to what is not `mut`.
#[guard_runtime::loop_guard(timeout = "30s")]
fn sum(numbers: &[u32]) -> u32 {
    let sum = 0;
    for number in numbers {
        sum += number;
    }
    sum
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn fill(buffer: Vec<u32>, once: u32) -> usize {
    while buffer.len() < 3 {
        buffer.push(1);
        once = 2;
    }
    buffer.len()
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn through_reference(buffer: &Vec<u32>) {
    for number in buffer {
        *number += 1;
        buffer.clear();
    }
}

fn main() {
    println!("{} {}", sum(&[1]), fill(Vec::new(), 1));
    through_reference(&Vec::new());
}
