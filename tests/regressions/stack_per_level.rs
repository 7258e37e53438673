//! How much stack a guarded recursion uses for each level, compared with an unguarded one in the same build.

use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use guard_runtime::{Tripped, loop_guard};

/// The number of levels that are measured.
const LEVELS: u32 = 8;

macro_rules! recursion {
    ($($name:ident: $(#[$guard:meta])?;)*) => {
        $(mod $name {
            use super::*;

            $(#[$guard])?
            pub(super) fn result(n: u32, deepest: &mut usize) -> Result<u64, Tripped> {
                let mut sum = 0;
                let mut i = 0_u32;
                while i < black_box(1) {
                    i += 1;
                    sum += u64::from(i);
                }
                *deepest = (&raw const i).addr();
                if n == 0 { Ok(sum) } else { Ok(result(n - 1, deepest)? + sum) }
            }

            $(#[$guard])?
            pub(super) fn number(n: u32, deepest: &mut usize) -> u64 {
                let mut sum = 0;
                let mut i = 0_u32;
                while i < black_box(1) {
                    i += 1;
                    sum += u64::from(i);
                }
                *deepest = (&raw const i).addr();
                if n == 0 { sum } else { number(n - 1, deepest) + sum }
            }

            $(#[$guard])?
            pub(super) fn closure(n: u32, deepest: &mut usize) -> Result<u64, Tripped> {
                let count = |most: u32| {
                    let mut i = 0_u32;
                    while i < black_box(most) {
                        i += 1;
                    }
                    i
                };
                let sum = count(1);
                *deepest = (&raw const sum).addr();
                let sum = u64::from(sum);
                if n == 0 { Ok(sum) } else { Ok(closure(n - 1, deepest)? + sum) }
            }
        })*
    };
}

recursion! {
    plain:;
    inherit: #[loop_guard(inherit)];
    timeout: #[loop_guard(timeout = "1h")];
    short: #[loop_guard(timeout = "500ms")];
}

/// As the function with a closure, and what stops its panics: a trip in a closure unwinds, and only `catch_unwind` ends
/// that.
fn caught(n: u32, deepest: &mut usize) -> Result<u64, Tripped> {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let count = |most: u32| {
            let mut i = 0_u32;
            while i < black_box(most) {
                i += 1;
            }
            i
        };
        let sum = count(1);
        *deepest = (&raw const sum).addr();
        let sum = u64::from(sum);
        if n == 0 {
            Ok(sum)
        } else {
            Ok(caught(n - 1, deepest)? + sum)
        }
    }));
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

/// How many more bytes a guarded level may use.
const MORE: usize = 300;

/// The bytes of one level.
fn level(recursion: impl Fn(u32, &mut usize)) -> usize {
    let (mut shallow, mut deep) = (0, 0);
    recursion(1, &mut shallow);
    recursion(1 + LEVELS, &mut deep);
    shallow.abs_diff(deep) / LEVELS as usize
}

#[test]
fn hardly_more() {
    let results = level(|n, deepest| _ = plain::result(n, deepest));
    let numbers = level(|n, deepest| _ = plain::number(n, deepest));
    let closures = level(|n, deepest| _ = caught(n, deepest));
    let guarded = [
        (
            "inherit",
            results,
            level(|n, it| _ = inherit::result(n, it)),
        ),
        (
            "timeout",
            results,
            level(|n, it| _ = timeout::result(n, it)),
        ),
        ("short", results, level(|n, it| _ = short::result(n, it))),
        (
            "inherit",
            numbers,
            level(|n, it| _ = inherit::number(n, it)),
        ),
        (
            "timeout",
            numbers,
            level(|n, it| _ = timeout::number(n, it)),
        ),
        ("short", numbers, level(|n, it| _ = short::number(n, it))),
        (
            "inherit, with a closure",
            closures,
            level(|n, it| _ = inherit::closure(n, it)),
        ),
        (
            "timeout, with a closure",
            closures,
            level(|n, it| _ = timeout::closure(n, it)),
        ),
        (
            "short, with a closure",
            closures,
            level(|n, it| _ = short::closure(n, it)),
        ),
    ];
    let uncaught = level(|n, deepest| _ = plain::closure(n, deepest));
    println!("with a closure, without `catch_unwind`: plain {uncaught}");
    for (name, plain, guarded) in guarded {
        println!("{name}: {guarded} bytes a level, plain {plain}");
    }
    for (name, plain, guarded) in guarded {
        assert!(
            guarded <= plain + MORE,
            "{name}: {guarded} bytes a level, plain {plain}"
        );
    }
}
