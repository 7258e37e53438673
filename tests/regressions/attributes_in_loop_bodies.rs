//! Attributes inside the body of a loop, `for x in list { #![allow(..)] .. }`: "an inner attribute is not permitted in
//! this context".
#![deny(unused_mut)]

use guard_runtime::loop_guard;

#[rustfmt::skip] // It would remove the attributes.
#[loop_guard(timeout = "1h")]
fn sum(list: &[u32]) -> u32 {
    let (mut sum, mut count) = (0, 0);
    for x in list {
        #![allow(unused_mut, reason = "that is the test")]
        let mut y = x;
        sum += y;
    }
    while count < 3 {
        #![allow(unused_mut, reason = "that is the test")]
        let mut one = 1;
        count += 1;
        sum += one;
    }
    sum
}

#[test]
fn they_stay_inside() {
    assert_eq!(sum(&[1, 2]), 6);
}
