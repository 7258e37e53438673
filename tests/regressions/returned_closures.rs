//! Functions that return a closure with a loop in it: the type of the closure's arguments comes from the return type.

#![allow(
    clippy::unnecessary_wraps,
    clippy::elidable_lifetime_names,
    reason = "types are what is tested"
)]

use guard_runtime::{Tripped, loop_guard};

#[loop_guard(timeout = "1h")]
fn count(wanted: char) -> impl Fn(&str) -> usize {
    move |text| {
        let mut found = 0;
        for x in text.chars() {
            if x == wanted {
                found += 1;
            }
        }
        found
    }
}

#[loop_guard(inherit)]
fn fallible(limit: usize) -> Result<impl FnMut(&[u8]) -> Option<u8>, Tripped> {
    Ok(move |list: &[u8]| {
        for byte in list.iter().take(limit) {
            if byte.is_ascii_digit() {
                return Some(*byte);
            }
        }
        None
    })
}

#[loop_guard(inherit)]
fn boxed(limit: usize) -> Box<dyn Fn(&str) -> usize> {
    Box::new(move |text| {
        let mut n = 0;
        for _ in text.chars() {
            n += 1;
        }
        n.min(limit)
    })
}

#[loop_guard(timeout = "1h")]
fn pair() -> (impl Fn(&str) -> usize, impl FnOnce(&mut Vec<u8>)) {
    (
        |text| {
            let mut n = 0;
            while n < text.len() {
                n += 1;
            }
            n
        },
        |list| {
            while list.pop().is_some() {
                std::hint::black_box(());
            }
        },
    )
}

#[loop_guard(timeout = "1h")]
fn higher_ranked<'a>(first: &'a str) -> impl for<'b> Fn(&'b str) -> Vec<&'b str> + 'a {
    move |text| {
        let mut words = Vec::new();
        for word in text.split_whitespace() {
            if word != first {
                words.push(word);
            }
        }
        words
    }
}

#[loop_guard(timeout = "1h", cleanup = |_| ())]
fn curried() -> impl Fn(u32) -> Box<dyn Fn(&str) -> usize> {
    |n| {
        let mut twice = 0;
        for _ in 0..n {
            twice += 2;
        }
        Box::new(move |text| text.len() * twice)
    }
}

#[test]
fn closures_know_their_arguments() {
    assert_eq!(curried()(3)("ab"), 12);
    assert_eq!(count('a')("banana"), 3);
    assert_eq!(fallible(3).unwrap()(b"ab1"), Some(b'1'));
    assert_eq!(boxed(2)("abc"), 2);
    let (length, clear) = pair();
    let mut list = vec![1, 2];
    clear(&mut list);
    assert_eq!((length("abcd"), list.len()), (4, 0));
    assert_eq!(higher_ranked("a")("a b c"), ["b", "c"]);
}
