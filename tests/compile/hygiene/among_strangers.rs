//! Guarded functions among modules that are called like crates.

#[allow(unused_imports, reason = "they are there to be in the way")]
use super::types::{IntoIterator, Result, Site, u64};
use super::{Err, Iterator, None, Ok, Option, Some, Vec};

const __SEEN: u32 = 1;

super::twice! { (n) {
    let (__seen, __scope, __left, __limit) = (1, 2, 3, 4);
    let (__tripped, __out, __now, __value, __length, __strips, __it_0) =
        (5, 6, 7, 8, 9, 10, 11);
    let (__every_1, __argument_0) = (12, 13);
    let mut sum = 2 + 3 + __SEEN;
    '__tripped: for __seen in 0..n {
        '__strips: while sum < 1000 {
            sum += __seen + __length + __strips + __it_0;
            if sum % 2 == 0 {
                break '__strips;
            }
            if sum % 7 == 0 {
                continue '__tripped;
            }
        }
        for __tripped in 0..2 {
            sum += __tripped;
        }
    }
    let count = |__argument_0: u32| {
        let mut __seen = __argument_0;
        loop {
            if __seen == 0 {
                break __value;
            }
            __seen -= 1;
        }
    };
    sum += count(__every_1);
    Ok(sum + __seen + __scope + __left + __limit + __tripped + __out + __now + __argument_0)
}}

#[::guard_runtime::loop_guard(inherit, fallback = __tripped)]
pub(super) fn arguments_like_ours(__tripped: u32, (__value, _): (u32, u32)) -> u32 {
    let __seen = __value;
    let count = |__scope| {
        let mut sum = __seen;
        for __left in 0..__scope {
            sum += __left;
        }
        sum
    };
    let mut sum = 0;
    for __now in [1, 2, 3] {
        sum += __now;
    }
    count(__tripped) + sum
}

#[::guard_runtime::loop_guard(timeout = "1h")]
pub(super) fn without_a_prelude(words: &[&str]) -> Option<Vec<usize>> {
    let mut lengths = Vec::new();
    for word in words {
        lengths.push(word.len());
    }
    let mut left = words.iter();
    while let Some(word) = left.next() {
        if word.is_empty() {
            return None;
        }
    }
    Some(lengths)
}

#[::guard_runtime::loop_guard(iterations = 4_u8, on_trip = "error")]
pub(super) fn told(n: u32) -> ::core::result::Result<(), super::Tripped> {
    for i in 0..n {
        if i == 100 {
            return Err(told(n).unwrap_err());
        }
    }
    Ok(())
}
