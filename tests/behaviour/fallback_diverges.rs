//! A fallback in functions that never come to their end draws no warning.
#![deny(warnings)]

use guard_runtime::loop_guard;

#[loop_guard(iterations = 100, fallback = 3)]
fn inner_break(mut number: u32) -> u32 {
    loop {
        loop {
            number += 1;
            if number % 3 == 0 {
                break;
            }
        }
        if number % 7 == 0 {
            return number;
        }
    }
}

#[loop_guard(iterations = 100, fallback = 3)]
fn outer_label(number: u32) -> u32 {
    'never_left: loop {
        for step in 0..number {
            if step == 2 {
                continue 'never_left;
            }
        }
        return number;
    }
}

#[loop_guard(iterations = 100, fallback = 3)]
#[allow(
    clippy::needless_return,
    clippy::redundant_else,
    reason = "returns in both branches are the case"
)]
fn branches(number: u32) -> u32 {
    for _ in 0..number {}
    if number > 50 {
        return 1;
    } else {
        return 2;
    }
}

#[loop_guard(iterations = 100, fallback = 3)]
fn arms(number: u32) -> u32 {
    match number {
        0 => return 1,
        1 => loop {},
        _ => unreachable!(),
    }
}

#[loop_guard(iterations = 100, fallback = ())]
fn exits(number: u32) {
    for _ in 0..number {}
    if number < 50 {
        return;
    }
    std::process::exit(3);
}

#[loop_guard(iterations = 100, fallback = 3)]
fn left_through_a_macro(mut number: u32) -> u32 {
    loop {
        number += 1;
        if number % 7 == 0 {
            println!("{}", if number > 7 { break number } else { 3 });
        }
    }
}

#[test]
fn values_and_fallbacks() {
    assert_eq!((inner_break(1), inner_break(1_000_000)), (21, 1_000_020));
    assert_eq!(
        (outer_label(2), outer_label(3)),
        (2, 3),
        "3 never ends, and 3 is the fallback"
    );
    assert_eq!((branches(60), branches(6), branches(200)), (1, 2, 3));
    assert_eq!((arms(0), arms(1)), (1, 3));
    exits(3);
    assert_eq!(left_through_a_macro(1), 14);
}
