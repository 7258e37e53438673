// An error type that cannot hold a trip: reported once, at the return type, however many loops.
use guard_runtime::loop_guard;

#[derive(Debug)]
enum SettleError {
    Empty,
}

#[loop_guard(timeout = "30s")]
fn settle(batch: &[u32]) -> Result<u32, SettleError> {
    let mut sum = 0;
    for payment in batch {
        while sum < *payment {
            sum += 1;
        }
    }
    loop {
        if sum > 0 {
            return Ok(sum);
        }
        return Err(SettleError::Empty);
    }
}

fn main() {
    println!("{:?}", settle(&[1]));
}
