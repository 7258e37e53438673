//! Functions that `macro_rules!` generates: what a macro got as one expression or type was torn apart, `$e * 2` with
//! `1 + 2` for `$e` being `1 + 2 * 2`.

use guard_runtime::{Tripped, loop_guard};

#[derive(PartialEq)]
struct Point {
    x: i32,
}

fn double(x: i32) -> i32 {
    x * 2
}

macro_rules! function {
    ($(#[$guard:meta])* $name:ident, $sum:expr, $difference:expr, $negative:literal, $either:pat, $object:ty, $count:expr,
     $path:path, $range:expr, $points:expr, $block:block) => {
        $(#[$guard])*
        fn $name(k: i32) -> String {
            let mut sum = 0;
            for _ in 0..1 {
                sum += $sum * 2;
            }
            while -$difference < sum - 100 {
                sum -= 1;
            }
            let matched = match k {
                x @ $either => x * $sum,
                _ => $sum.pow(2) - $difference.abs(),
            };
            let values = [
                $negative.pow(2),
                -$negative,
                $count(2),
                $path(3),
                $sum as i32,
                $sum % 2,
                !$sum,
                $sum << 1,
                1 - $sum,
                [1, 2, 3, 4][$sum as usize],
            ];
            let object: &$object = &1;
            let mut boxed: Box<$object> = Box::new(2);
            let mutable: &mut $object = &mut *boxed;
            let length = $range.len();
            for i in $range {
                sum += i;
            }
            let equal = if $points { 1 } else { $block };
            let neither = !$points && $points;
            format!(
                "{sum} {matched} {values:?} {object:?} {mutable:?} {length} {equal} {neither} {} {} {}",
                $sum * 3,
                {
                    let mut left = $sum;
                    for i in 0..$sum * 2 {
                        left -= i;
                    }
                    left * $sum
                },
                matches!(k, $either if $sum * 2 == 6),
            )
        }
    };
}

macro_rules! functions {
    ($($(#[$guard:meta])* $name:ident)*) => {
        $(function! {
            $(#[$guard])* $name, 1 + 2_i32, 5 - 3_i32, -3_i32, 1 | 2, dyn std::fmt::Debug + Send,
            |n: i32| { let mut sum = 0; for i in 0..n { sum += i } sum },
            double, 0..5, Point { x: 1 } == Point { x: 2 } || false, { let mut sum = 0; for i in 0..3 { sum += i } sum }
        })*
    };
}

functions! {
    plain
    #[loop_guard(inherit)] inherits
    #[loop_guard(timeout = "1h")] timed
    #[loop_guard(timeout = "1h", cleanup = |_| ())] cleaned
}

#[test]
fn what_was_one_expression_stays_one() {
    for k in 0..4 {
        let plain = plain(k);
        assert_eq!(inherits(k), plain);
        assert_eq!(timed(k), plain);
        assert_eq!(cleaned(k), plain);
    }
}

macro_rules! limited {
    ($name:ident, $limit:expr) => {
        #[loop_guard(iterations = $limit * 2)]
        fn $name(n: u64) -> Result<u64, Tripped> {
            let mut count = 0;
            while count < n {
                count += 1;
            }
            Ok(count)
        }
    };
}
limited!(three_times_two, 1 + 2);

macro_rules! passed_on {
    ($name:ident, $limit:expr, $object:ty) => {
        limited!($name, $limit);
        mod $name {
            use super::loop_guard;
            doubled!($limit, $object);
        }
    };
}
macro_rules! doubled {
    ($sum:expr, $object:ty) => {
        #[loop_guard(timeout = "1h")]
        pub(super) fn double(object: &$object) -> String {
            let mut double = 0;
            for _ in 0..1 {
                double += $sum * 2;
            }
            format!("{double} {} {object:?}", $sum * 2)
        }
    };
}
passed_on!(two_times_two, 1 + 1, dyn std::fmt::Debug + Send);

macro_rules! statements {
    ($name:ident, $value:expr, $($statement:stmt;)*) => {
        #[loop_guard(timeout = "1h")]
        fn $name(n: i32) -> i32 {
            $($statement)*
            let mut sum = 0;
            for i in 0..n {
                sum += match i {
                    0 => $value,
                    _ => 1,
                };
            }
            if sum > 100 { sum } else { $value }
        }
    };
}
statements!(in_statements, { 1 } + if true { 2 } else { 3 }, let two = double(1); let _four = double(two););

#[test]
fn statements_end_where_they_did() {
    assert_eq!(in_statements(0), 3);
}

fn double_again(x: &mut i32) {
    *x *= 2;
}

/// Expressions that only their fragment ended, one behind the other.
macro_rules! steps {
    ($(#[$guard:meta])* $name:ident, $n:ident, $value:expr, $some:pat, $point:path, $($step:stmt;)*) => {
        $(#[$guard])*
        fn $name(mut $n: i32) -> String {
            let mut seen = Vec::new();
            let mut add = || {
                for i in 0..3 {
                    $($step)*
                    seen.push($n + i);
                }
                $($step)*
                $n
            };
            let sum = add() + add();
            let found = match seen.iter().find(|it| **it > 9) {
                $some if $n > 0 => { $($step)* 1 }
                $some => 2,
                _ => 3,
            };
            let point = { $point { x: 4 } };
            if !{ $value } {
                $($step)*
                return format!("{} {}", $n, point.x);
            }
            loop {
                $($step)*
                if $n > 1_000 { break }
            }
            format!("{sum} {found} {seen:?} {} {} {:?}", $n, point.x, vec![{ $value }])
        }
    };
}

macro_rules! all_steps {
    ($($(#[$guard:meta])* $name:ident)*) => {
        $(steps! {
            $(#[$guard])* $name, n, 1 + 1 == 2, Some(_), Point,
            n += 1; *&mut n *= 2; double_again(&mut n); if n > 100 { n += 7 }; { n += 1 }; (n) -= 3; assert!(n > -99);
            for _ in 0..2 { n += 1 }; n += { 1 }; match n { 5 => n = 6, _ => {} }; 'a: loop { n += 1; break 'a };
        })*
    };
}

all_steps! {
    plain_steps
    #[loop_guard(inherit)] inherited_steps
    #[loop_guard(timeout = "1h")] timed_steps
    #[loop_guard(timeout = "1h", cleanup = |_| ())] cleaned_steps
}

#[test]
fn expressions_end_where_their_statement_did() {
    for n in [0, 3, 40] {
        let plain = plain_steps(n);
        assert_eq!(inherited_steps(n), plain);
        assert_eq!(timed_steps(n), plain);
        assert_eq!(cleaned_steps(n), plain);
    }
}

/// A macro that is unknown to the attribute, with one statement, with a block, or with a list.
macro_rules! once {
    ($statement:stmt) => {
        $statement
    };
}
macro_rules! value {
    ($block:block) => {
        $block
    };
}
macro_rules! both {
    ($first:stmt, $second:stmt) => {
        $first
        $second
    };
}

/// Statements in what macros are called with, and around attributes, behind which the compiler asks for a semicolon.
macro_rules! steps_in_macros {
    ($(#[$guard:meta])* $name:ident, $n:ident, $bind:stmt, $call:stmt, $add:stmt, $assign:stmt) => {
        $(#[$guard])*
        fn $name(mut $n: i32) -> String {
            let mut seen = Vec::new();
            for i in 0..3 {
                #[allow(unused_variables, reason = "an attribute in front of a `let`")]
                $bind;
                $call
                #[cfg(any())]
                $call;
                $add
                #[cfg(all())]
                #[allow(unused_must_use, reason = "two attributes")]
                $call;
                seen.push($n + i);
            }
            seen.extend(vec![{ $add $call $n }, { $call $assign $n }]);
            assert!({ $call $add $n > -99 }, "{}", { $add $call $n });
            once!($bind);
            once!($call);
            both!($bind, $add);
            seen.push(value!({ $add $n }));
            seen.push(value!({ $assign $add $n }));
            seen.push(value!({ $bind $n }));
            format!("{seen:?} {}", { $call $add $n })
        }
    };
}

macro_rules! all_steps_in_macros {
    ($($(#[$guard:meta])* $name:ident)*) => {
        $(steps_in_macros! {
            $(#[$guard])* $name, n, let _bound = double(n), double_again(&mut n), n += 3, n = n % 1_000 - 7
        })*
    };
}

all_steps_in_macros! {
    plain_steps_in_macros
    #[loop_guard(inherit)] inherited_steps_in_macros
    #[loop_guard(timeout = "1h")] timed_steps_in_macros
    #[loop_guard(timeout = "1h", cleanup = |_| ())] cleaned_steps_in_macros
}

#[test]
fn around_attributes_and_in_arguments_of_macros_too() {
    for n in [0, 3, 40] {
        let plain = plain_steps_in_macros(n);
        assert_eq!(inherited_steps_in_macros(n), plain);
        assert_eq!(timed_steps_in_macros(n), plain);
        assert_eq!(cleaned_steps_in_macros(n), plain);
    }
}

#[test]
fn arguments_of_the_attribute_too() {
    assert!(two_times_two(4).is_ok() && two_times_two(5).is_err());
    assert_eq!(two_times_two::double(&3), "4 4 3");
    assert_eq!(three_times_two(6).unwrap(), 6);
    assert!(three_times_two(7).is_err());
}
