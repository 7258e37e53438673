// A tail of another type than the function returns.
#[guard_runtime::loop_guard(timeout = "30s")]
fn count(numbers: &[u32]) -> u32 {
    let mut count = 0_usize;
    for _ in numbers {
        count += 1;
    }
    count
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn name(numbers: &[u32]) -> String {
    for number in numbers {
        if *number > 3 {
            return "large";
        }
    }
    "small"
}

fn main() {
    println!("{} {}", count(&[1]), name(&[1]));
}
