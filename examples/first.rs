//! The smallest guarded function: its expansion is shown in the README.

use guard_runtime::{Tripped, loop_guard};

#[loop_guard(timeout = "50ms")]
pub(crate) fn collatz(mut n: u64) -> Result<u64, Tripped> {
    let mut steps = 0;
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        steps += 1;
    }
    Ok(steps)
}

fn main() {
    println!("{:?}", collatz(27));
    match collatz(0) {
        Ok(steps) => println!("{steps}"),
        Err(tripped) => println!("{tripped}"),
    }
}
