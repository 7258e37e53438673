//! Loops never ended where a label is named in a condition. Labels that are bound twice, which the compiler warns of,
//! are in `tests/compile/random_jumps.rs`.
#![allow(
    unused_labels,
    clippy::blocks_in_conditions,
    clippy::needless_continue,
    clippy::never_loop,
    clippy::collapsible_if,
    reason = "the shapes are what a generator of functions writes"
)]

macro_rules! both {
    ($(fn $name:ident($v:ident: &[u64], $stop:ident: u64) { $($body:tt)* })*) => {
        both!(mod plain; $(fn $name($v, $stop) { $($body)* })*);
        both!(#[guard_runtime::loop_guard(iterations = 100_000)] mod guarded; $(fn $name($v, $stop) { $($body)* })*);
        both!(#[guard_runtime::loop_guard(inherit)] mod in_strips; $(fn $name($v, $stop) { $($body)* })*);

        #[test]
        fn jumps_go_where_they_are_sent() {
            for length in [0, 1, 3, 9, 10, 40] {
                let numbers: Vec<u64> = (0..length).map(|i| i * 7 % 11).collect();
                for stop in 0..12 {
                    $(
                        let wanted = plain::$name(&numbers, stop);
                        assert_eq!(guarded::$name(&numbers, stop), wanted, "{}", stringify!($name));
                        assert_eq!(in_strips::$name(&numbers, stop), wanted, "{}", stringify!($name));
                    )*
                }
            }
        }
    };
    ($(#[$attribute:meta])? mod $mode:ident; $(fn $name:ident($v:ident, $stop:ident) { $($body:tt)* })*) => {
        $(#[$attribute])?
        mod $mode {
            $(pub(super) fn $name($v: &[u64], $stop: u64) -> Vec<u64> { $($body)* })*
        }
    };
}

both! {
    fn in_a_condition(v: &[u64], stop: u64) {
        let (mut i, mut seen) = (v.len() as u64, Vec::new());
        'a: while i < 50 && { if i == stop * 3 { break 'a } true } {
            i += 1;
            if i % 2 == 0 { continue 'a }
            seen.push(i);
        }
        'a: while { if i == 53 { break 'a } i < 60 } { i += 1; }
        seen.push(i);
        seen
    }

    fn of_the_outer_loop(v: &[u64], stop: u64) {
        let (mut s, mut seen) = (0, Vec::new());
        'a: for x in v {
            'b: for (i, y) in v.iter().enumerate() {
                if *y == stop { continue 'a; }
                if i as u64 == stop { break 'a; }
                if *x == *y { continue 'b; }
                if *x + 1 == *y { break 'b; }
                s += y;
                if s % 5 == 4 { continue; }
                if s % 31 == 7 { break; }
                seen.push(s);
            }
            seen.push(*x);
        }
        seen
    }

    fn in_the_head(v: &[u64], stop: u64) {
        let mut seen = Vec::new();
        'a: for x in v {
            for y in { if *x == stop { break 'a } v.iter() } { seen.push(*y); }
            for y in (0..{ if *x + 1 == stop { continue 'a } 3 }) { seen.push(y); }
        }
        seen
    }
}
