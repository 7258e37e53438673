//! Loops over adaptors got the wrong items: steps from a negative start, `take` and `skip` in front of a
//! `zip` with what cannot be cut, counts that are computed.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cloned_instead_of_copied,
    clippy::explicit_counter_loop,
    clippy::explicit_iter_loop,
    clippy::map_clone,
    clippy::ptr_arg,
    clippy::reversed_empty_ranges,
    clippy::same_item_push,
    reason = "what users write"
)]

use guard_runtime::loop_guard;

/// Loops over these heads, plain and guarded.
macro_rules! heads {
    ($($name:ident($v:ident, $s:ident, $n:ident) { $($head:tt)* })*) => {
        heads!(mod plain; $($name($v, $s, $n) { $($head)* })*);
        heads!(#[guard_runtime::loop_guard(inherit)] mod guarded; $($name($v, $s, $n) { $($head)* })*);

        #[test]
        fn loops_are_handed_the_items_of_the_iterator_they_name() {
            for length in [0, 1, 2, 3, 15, 16, 17, 33, 300, 4_097] {
                for n in [0, 1, 2, 16, 40] {
                    let mut numbers: Vec<u64> = (0..length).collect();
                    let text = "Grüße ".repeat(numbers.len() / 3);
                    $(
                        let wanted = plain::$name(&mut numbers, &text, n);
                        assert_eq!(guarded::$name(&mut numbers, &text, n), wanted, "{}", stringify!($name));
                    )*
                }
            }
        }
    };
    ($(#[$attribute:meta])? mod $mode:ident; $($name:ident($v:ident, $s:ident, $n:ident) { $($head:tt)* })*) => {
        $(#[$attribute])?
        mod $mode {
            $(
                #[allow(unused_variables, reason = "no head reads all of them")]
                pub(super) fn $name($v: &mut Vec<u64>, $s: &str, $n: usize) -> String {
                    let mut items = Vec::new();
                    let mut turns = 0;
                    for item in $($head)* {
                        items.push(item);
                        turns += 1;
                        if turns == 9_000 {
                            break;
                        }
                    }
                    format!("{items:?}")
                }
            )*
        }
    };
}

heads! {
    steps_over_a_negative_start(v, s, n) { (-128i8..127).step_by(8) }
    steps_over_all_of_a_type(v, s, n) { (i16::MIN..=i16::MAX).step_by(n + 1).rev() }
    bytes_before_a_zip(v, s, n) { s.bytes().take(3).zip(1..) }
    numbers_that_are_skipped(v, s, n) { v.iter().enumerate().skip(2).zip(1..) }
    more_than_can_be_counted(v, s, n) { (0..=u128::MAX).skip(usize::MAX) }
    from_far_away(v, s, n) { (0..u128::MAX).skip(usize::MAX).step_by(1 << 40).take(5) }
    a_computed_take(v, s, n) { v.iter().take(n.min(2)) }
    a_computed_skip(v, s, n) { v.iter().skip(n.saturating_sub(1)).rev() }
    a_computed_step(v, s, n) { v.iter_mut().step_by(n.max(3)) }
    all_at_once(v, s, n) { v.iter().rev().skip(n).step_by(2).take(n * 3).enumerate().zip(s.char_indices()) }
    windows_of_chunks(v, s, n) { v.windows(n + 1).zip(v.chunks(2)).enumerate().skip(1) }
    exact_chunks(v, s, n) { v.chunks_exact(3).rev().zip(v.rchunks(2)) }
    clones(v, s, n) { v.iter().cloned().zip(v.iter().map(|x| x * 2)).skip(n) }
    three_zipped(v, s, n) { v.iter().zip(3..n).zip(0_i8..=127).enumerate() }
    zipped_from_behind(v, s, n) { v.iter().rev().zip((0..n).rev()).enumerate() }
    copied_and_numbered(v, s, n) { v.iter().rev().copied().enumerate().zip(i64::MIN..=i64::MAX) }
    written_to(v, s, n) { v.iter_mut().rev().zip(1..=n) }
    down_to_the_least(v, s, n) { (i128::MIN..=i128::MIN + 3).rev() }
    down_over_zero(v, s, n) { (-5i32..n as i32).rev() }
    up_to_the_greatest(v, s, n) { u8::MIN..=u8::MAX }
    empty(v, s, n) { (5..=n as isize - 3).rev().zip(n..0) }
    letters(v, s, n) { ('\u{D7FE}'..='\u{E002}').enumerate() }
    letters_from_behind(v, s, n) { ('\0'..char::MAX).rev().zip(0..n) }
    addresses(v, s, n) {
        (std::net::Ipv4Addr::UNSPECIFIED..=std::net::Ipv4Addr::new(0, 0, 1, n as u8)).rev().enumerate()
    }
}

#[test]
fn a_range_that_ran_out_stays_so() {
    #[loop_guard(inherit)]
    fn left(range: &std::ops::RangeInclusive<u8>) -> u32 {
        let mut turns = 0;
        for _ in range.clone().rev() {
            turns += 1;
        }
        for _ in (*range.start()..=*range.end()).rev() {
            turns += 1_000;
        }
        turns
    }
    let mut range = 3..=3;
    range.next();
    assert_eq!(left(&range), 1_000);
    let mut range = 255..=255;
    range.next_back();
    assert_eq!(left(&range), 1_000);
}

#[test]
#[should_panic(expected = "step != 0")]
fn a_step_of_zero_panics() {
    #[loop_guard(inherit)]
    fn sum(step: usize) -> usize {
        let mut sum = 0;
        for i in (0..9).step_by(step) {
            sum += i;
        }
        sum
    }
    assert_eq!(sum(2), 20);
    sum(0);
}
