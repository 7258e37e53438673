//! Items of a body that are used by other items of it, in front of them and behind, in functions whose body becomes a
//! closure or a future.

#![allow(clippy::items_after_statements, reason = "that is the test")]

use guard_runtime::{Tripped, loop_guard};

use crate::block_on;

#[loop_guard(timeout = "1h")]
fn item_behind_a_statement(n: u32) -> u32 {
    fn first() -> u32 {
        second()
    }
    let x: u32 = (0..n)
        .map(|i| {
            let mut sum = 0;
            for j in 0..i {
                sum += j;
            }
            sum
        })
        .sum();
    fn second() -> u32 {
        OFFSET
    }
    const OFFSET: u32 = 1;
    first() + x
}

#[loop_guard(timeout = "1h")]
async fn item_in_a_future(n: u32) -> Result<u32, Tripped> {
    struct Sum(Part);
    let mut sum = Sum(Part(0));
    for i in 0..n {
        std::future::ready(()).await;
        sum.0.0 += i;
    }
    struct Part(u32);
    Ok(sum.0.0)
}

#[loop_guard(inherit)]
fn local_macro(n: u32) -> u32 {
    macro_rules! double {
        ($x:expr) => {
            $x * 2
        };
    }
    fn twice(x: u32) -> u32 {
        double!(x)
    }
    let mut total = 0;
    (0..n).for_each(|i| {
        for _ in 0..i {
            total += double!(1);
        }
    });
    twice(total)
}

#[loop_guard(inherit)]
fn imports_behind(n: u32) -> usize {
    let mut map = Map::new();
    (0..n).for_each(|i| {
        for j in 0..i {
            map.insert(j, i);
        }
    });
    use std::collections::BTreeMap as Map;
    map.len()
}

#[test]
fn items_are_found() {
    assert_eq!(item_behind_a_statement(4), 5);
    assert_eq!(block_on(item_in_a_future(4)).unwrap(), 6);
    assert_eq!(local_macro(4), 24);
    assert_eq!(imports_behind(4), 3);
}
