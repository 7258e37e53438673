// Labels that are not there.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32]) {
    'outer: for number in numbers {
        'inner: while *number > 3 {
            if *number > 4 {
                break 'outr;
            }
            continue 'iner;
        }
    }
    loop {
        break 'outer;
    }
}

fn main() {
    walk(&[1]);
}
