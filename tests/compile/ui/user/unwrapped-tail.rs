// A value where its `Result` or `Option` is due.
#[guard_runtime::loop_guard(timeout = "30s")]
fn count(numbers: &[u32]) -> Result<usize, Box<dyn std::error::Error>> {
    let mut count = 0;
    for _ in numbers {
        count += 1;
    }
    count
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn last(numbers: &[u32]) -> Option<u32> {
    let mut last = 0;
    for number in numbers {
        last = *number;
    }
    last
}

fn main() {
    println!("{:?} {:?}", count(&[1]), last(&[1]));
}
