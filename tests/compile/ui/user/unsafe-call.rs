// An unsafe function called without `unsafe`.
unsafe fn read(index: usize) -> u32 {
    index as u32
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(limit: usize) -> u32 {
    let mut sum = 0;
    for index in 0..limit {
        sum += read(index);
    }
    sum
}

#[guard_runtime::loop_guard(timeout = "30s")]
unsafe fn guarded() {
    loop {}
}

fn main() {
    println!("{}", walk(1));
    guarded();
}
