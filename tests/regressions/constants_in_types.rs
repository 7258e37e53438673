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

/// The body becomes a closure, in which a `const` block as a length would be a future error.
#[deny(warnings)]
#[loop_guard(timeout = "1h")]
fn lengths(n: usize) -> Result<usize, Tripped> {
    let zeros = [0; const { 3 }];
    let counted = [1; const {
        let mut i = 0;
        while i < 4 {
            i += 1;
        }
        i
    }];
    let typed: [u8; const { 2 }] = [0; 2];
    let nested: Vec<[(u8, [u8; const { 1 }]); const { 2 }]> = Vec::<[_; const { 2 }]>::new();
    let sum = |to: usize| {
        let mut sum = 0;
        for i in 0..to {
            sum += i + [0; const { 2 }].len();
        }
        sum
    };
    Ok(sum(n) + zeros.len() + counted.len() + typed.len() + nested.len())
}

#[test]
fn lengths_stay_constants() {
    assert_eq!(lengths(3).unwrap(), 18);
}
