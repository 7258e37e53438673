//! Loops in constants: they run at compile time, wherever the constant stands.

use guard_runtime::{Tripped, loop_guard};

struct Maker(u8);

impl Maker {
    fn array<const N: usize>(&self) -> [u8; N] {
        [self.0; N]
    }
}

const fn free<const N: usize>() -> usize {
    N
}

#[loop_guard(timeout = "1h")]
fn everywhere(n: usize) -> Result<usize, Tripped> {
    let mut sum = 0;
    for _ in 0..n {
        sum += Maker(0)
            .array::<{
                let mut i = 0;
                while i < 3 {
                    i += 1;
                }
                i
            }>()
            .len();
        sum += free::<
            {
                let mut i = 0;
                loop {
                    i += 1;
                    if i == 2 {
                        break i;
                    }
                }
            },
        >();
        let list: [u8; {
            let mut i = 0;
            while i < 4 {
                i += 1;
            }
            i
        }] = [0; 4];
        sum += list.len();
    }
    Ok(sum)
}

#[test]
fn constants_are_left_alone() {
    assert_eq!(everywhere(2).unwrap(), 18);
}
