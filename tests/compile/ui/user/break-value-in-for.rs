// A `break` with a value in loops that have none.
#[guard_runtime::loop_guard(timeout = "30s")]
fn search(numbers: &[u32]) -> Option<u32> {
    let found = for number in numbers {
        if *number > 3 {
            break Some(*number);
        }
    };
    let other = while numbers.is_empty() {
        break 3;
    };
    println!("{other:?}");
    found
}

fn main() {
    println!("{:?}", search(&[1]));
}
