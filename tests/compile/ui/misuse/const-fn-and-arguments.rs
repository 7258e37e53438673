// A `const fn` without a loop, and wrong arguments: both are told at once.
use guard_runtime::loop_guard;

#[loop_guard(timout = "30s")]
pub const fn size() -> usize {
    8
}

// With `inherit` it stays as it is, so only the argument is wrong.
#[loop_guard(inherit, nam = "size")]
pub const fn length() -> usize {
    8
}

fn main() {
    println!("{} {}", size(), length());
}
