#![deny(warnings)]

use guard_runtime::loop_guard;

#[loop_guard(inherit)]
fn no_loop(n: u32) -> u32 {
    n + 1
}

struct Job;

impl Drop for Job {
    #[loop_guard(inherit)]
    fn drop(&mut self) {
        loop {}
    }
}

fn main() {
    drop(Job);
    println!("{}", no_loop(1));
}
