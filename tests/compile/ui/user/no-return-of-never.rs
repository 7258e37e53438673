// A function that never returns, and does.
#[guard_runtime::loop_guard(timeout = "30s")]
fn forever(mut left: u32) -> ! {
    while left > 0 {
        left -= 1;
    }
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn broken(left: u32) -> ! {
    loop {
        if left == 0 {
            break;
        }
    }
}

fn main() {
    forever(1);
    broken(1)
}
