// What the attribute adds cannot be named by the function.
#[guard_runtime::loop_guard(timeout = "30s", iterations = 1000, fallback = __tripped)]
fn settle() {
    for _ in 0..3 {
        __seen;
        __scope;
        __left -= 1;
        __limit;
        drop(__SITE);
    }
}

#[guard_runtime::loop_guard(inherit)]
fn inherited() {
    loop {
        drop(__seen);
    }
}

#[guard_runtime::loop_guard(timeout = "30s", fallback = ())]
fn label() {
    loop {
        break '__tripped;
    }
}

fn main() {
    settle();
    inherited();
    label();
}
