// Jumps where there is no loop to leave.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32]) {
    for number in numbers {
        println!("{number}");
    }
    break;
    continue;
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn closure(numbers: &[u32]) {
    for number in numbers {
        let skip = || {
            if *number > 3 {
                break;
            }
        };
        skip();
    }
}

fn main() {
    walk(&[1]);
    closure(&[1]);
}
