// A `const fn` may run where there is no clock.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s")]
pub const fn gcd(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

struct Table;

impl Table {
    #[loop_guard(iterations = 1000)]
    const fn size() -> usize {
        let mut size = 1;
        while size < 100 {
            size *= 2;
        }
        size
    }
}

const SIZE: usize = Table::size();

fn main() {
    println!("{} {}", gcd(4, 6), SIZE);
}
