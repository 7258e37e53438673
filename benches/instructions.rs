//! Instructions that a guard adds to one iteration, counted by callgrind: `cargo bench --bench
//! instructions`. Fails when a fast path grows. Counts do not depend on the machine's load.
//!
//! Each form runs twice, with `SHORT` and with `LONG` iterations; the difference is what the
//! iterations cost, without what entering costs. So do calls, of guards that are on and that are off.

use std::hint::black_box;
use std::process::{Command, ExitCode};

use guard_runtime::{Tripped, loop_guard};

const SHORT: u32 = 409_600;
const LONG: u32 = 819_200;

macro_rules! forms {
    ($($name:ident, $most:literal: fn($n:ident) -> $result:ty $body:block)*) => {
        mod plain {
            use super::*;
            $(#[inline(never)] pub(super) fn $name($n: usize) -> $result $body)*
        }
        mod timeout {
            use super::*;
            $(#[loop_guard(timeout = "1h")] #[inline(never)] pub(super) fn $name($n: usize) -> $result $body)*
        }
        mod inherit {
            use super::*;
            $(#[loop_guard(inherit)] #[inline(never)] pub(super) fn $name($n: usize) -> $result $body)*
        }
        /// Name, and the number of instructions that a check may add to an iteration.
        const FORMS: &[(&str, f64)] = &[$((stringify!($name), $most)),*];

        fn run(guard: &str, form: &str, n: usize) {
            match (guard, form) {
                $(
                    ("plain", stringify!($name)) => drop(black_box(plain::$name(black_box(n)))),
                    ("timeout", stringify!($name)) => drop(black_box(timeout::$name(black_box(n)))),
                    ("inherit", stringify!($name)) => drop(black_box(inherit::$name(black_box(n)))),
                )*
                _ => unreachable!("{guard} {form}"),
            }
        }
    };
}

/// A call that the macro does not know.
#[inline(never)]
fn step(x: u64) -> u64 {
    black_box(x).rotate_left(7)
}

// Load, compare, branch: three instructions, or four where the address of the epoch has to be loaded
// again; the ticker's own instructions, which are counted too, are the rest. In strips, next to nothing.
forms! {
    a_loop, 4.2: fn(n) -> u64 {
        let (mut x, mut left) = (1, n);
        loop {
            if left == 0 {
                return x;
            }
            left -= 1;
            x = step(x);
        }
    }
    a_while, 4.2: fn(n) -> u64 {
        let (mut x, mut left) = (1, n);
        while left > 0 {
            left -= 1;
            x = step(x);
        }
        x
    }
    a_while_let, 4.2: fn(n) -> u64 {
        let (mut x, mut left) = (1, Some(n));
        while let Some(more) = left {
            left = more.checked_sub(1);
            x = step(x);
        }
        x
    }
    a_for_over_a_range, 4.2: fn(n) -> u64 {
        let mut x = 1;
        for item in 0..n as u64 {
            x = step(x ^ item);
        }
        x
    }
    a_for_over_an_iterator, 4.2: fn(n) -> u64 {
        let mut x = 1;
        for item in (0..n as u64).filter(|item| item % 3 != 7) {
            x = step(x ^ item);
        }
        x
    }
    a_nest, 4.6: fn(n) -> u64 {
        let mut x = 1;
        for _ in 0..n / 16 {
            for item in 0..16 {
                x = step(x ^ item);
            }
        }
        x
    }
    a_question_mark, 4.2: fn(n) -> Option<u64> {
        let mut x = 1u64;
        for _ in 0..n {
            x = step(x).checked_add(0)?;
        }
        Some(x)
    }
    a_strip_over_a_range, 0.1: fn(n) -> u64 {
        let mut x = 1;
        for item in 0..n as u64 {
            x = (x ^ item).wrapping_mul(0x9E37_79B9);
        }
        x
    }
    a_strip_over_a_slice, 0.1: fn(n) -> u64 {
        let items = black_box(vec![3u8; LONG as usize]);
        let mut sum = 0u64;
        for item in &items[..n] {
            sum = (sum ^ u64::from(*item)).wrapping_mul(0x0100_0000_01b3);
        }
        sum
    }
    a_strip_of_a_while, 0.1: fn(n) -> u64 {
        let items = black_box(vec![3u64; LONG as usize]);
        let (mut sum, mut i) = (0u64, 0);
        while i < n {
            sum = sum.wrapping_add(items[i]);
            i += 1;
        }
        sum
    }
}

/// A helper that never trips.
#[inline(never)]
fn helper(x: u64) -> u64 {
    black_box(x) + 1
}

/// Catches what unwinds from its helper, since it returns a `Result`.
#[loop_guard(timeout = "30s")]
#[inline(never)]
fn returns_a_result(x: u64) -> Result<u64, Tripped> {
    Ok(helper(x))
}

/// Catches nothing.
#[loop_guard(timeout = "30s")]
#[inline(never)]
fn returns_a_value(x: u64) -> u64 {
    helper(x)
}

#[allow(clippy::unnecessary_wraps, reason = "as the guarded one")]
#[inline(never)]
fn unguarded_result(x: u64) -> Result<u64, Tripped> {
    Ok(helper(x))
}

type Owner = (&'static str, fn(u64) -> u64);

/// The owner of a budget that catches the trips of its helpers, and one that does not; no helper unwinds here.
const OWNERS: [Owner; 3] = [
    ("unguarded_result", |x| unguarded_result(x).unwrap_or(0)),
    ("returns_a_value", returns_a_value),
    ("returns_a_result", |x| returns_a_result(x).unwrap_or(0)),
];

/// How many instructions catching may add to a call.
const CATCHING: f64 = 23.0;

/// The same function under each attribute. The loop is never entered, so that a call is entry and exit only.
macro_rules! calls {
    ($($(#[$guard:meta])* $name:ident, $on:literal, $off:literal;)*) => {
        $(
            $(#[$guard])*
            #[inline(never)]
            fn $name(mut x: u64) -> u64 {
                while x > 1 << 60 {
                    x = black_box(x) / 2;
                }
                x + 1
            }
        )*
        /// Name, and the number of instructions that a guard may add to a call if it is on, and if it is off.
        const CALLS: &[(&str, f64, f64)] = &[$((stringify!($name), $on, $off)),*];

        fn call(name: &str, times: u64) {
            match name {
                $(stringify!($name) => (0..times).for_each(|x| _ = black_box($name(black_box(x)))),)*
                _ => unreachable!("{name}"),
            }
        }
    };
}

calls! {
    unguarded, 0.1, 0.1;
    #[loop_guard(inherit)] inherits, 14.2, 14.2;
    #[loop_guard(timeout = "30s")] long, 34.5, 47.5;
    // How many instructions a clock read takes depends on the kernel.
    #[loop_guard(timeout = "50ms")] short, 260.0, 40.5;
}

/// Takes the place of the name of a guard: measures calls.
const ON: &str = "on";
const OFF: &str = "off";
/// The same for owners of a budget that call a helper.
const OWNER: &str = "owner";

/// How many instructions this program executes with these arguments.
fn instructions(guard: &str, form: &str, n: u32) -> Option<f64> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new("valgrind")
        .env("LOOP_GUARD", if guard == OFF { "off" } else { "" })
        // Without fair scheduling the main thread takes valgrind's lock again and again, and the ticker may never run.
        .arg("--fair-sched=yes")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([guard, form, &n.to_string()])
        .output()
        .ok()?;
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    let count = report
        .lines()
        .find_map(|line| line.split_once("Collected :"))?
        .1;
    count.trim().parse().ok()
}

/// The least of three runs: a tick during a run takes the cold path, and shortens a strip.
fn undisturbed(guard: &str, form: &str, n: u32) -> Option<f64> {
    let counts: Option<Vec<_>> = (0..3).map(|_| instructions(guard, form, n)).collect();
    counts?.into_iter().min_by(f64::total_cmp)
}

/// Instructions per iteration.
fn per_iteration(guard: &str, form: &str) -> Option<f64> {
    let difference = undisturbed(guard, form, LONG)? - undisturbed(guard, form, SHORT)?;
    Some(difference / f64::from(LONG - SHORT))
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [guard, form, n] = arguments.as_slice() {
        let times = n.parse().expect("a number");
        match guard.as_str() {
            ON | OFF => call(form, times as u64),
            OWNER => {
                let (_, owner) = OWNERS
                    .iter()
                    .find(|(name, _)| name == form)
                    .expect("an owner");
                (0..times as u64).for_each(|x| _ = black_box(owner(black_box(x))));
            }
            _ => run(guard, form, times),
        }
        return ExitCode::SUCCESS;
    }
    let mut grown = 0;
    println!(
        "{:24} {:>8} {:>8} {:>8}   at most",
        "instructions/iteration", "plain", "timeout", "inherit"
    );
    for (form, most) in FORMS {
        let counts = ["plain", "timeout", "inherit"].map(|guard| per_iteration(guard, form));
        let [Some(plain), Some(timeout), Some(inherit)] = counts else {
            eprintln!("valgrind is needed to count instructions, and did not run");
            return ExitCode::FAILURE;
        };
        let fine = timeout.max(inherit) - plain <= *most;
        grown += u32::from(!fine);
        let verdict = if fine {
            ""
        } else {
            "  <- the fast path has grown"
        };
        println!("{form:24} {plain:8.2} {timeout:8.2} {inherit:8.2}   +{most}{verdict}");
    }
    println!(
        "\n{:24} {:>8} {:>8}   at most",
        "instructions/call", ON, OFF
    );
    let mut plain = None;
    for (name, most_on, most_off) in CALLS {
        let [Some(on), Some(off)] = [ON, OFF].map(|guard| per_iteration(guard, name)) else {
            return ExitCode::FAILURE;
        };
        let plain = *plain.get_or_insert(on);
        let fine = on - plain <= *most_on && off - plain <= *most_off;
        grown += u32::from(!fine);
        let verdict = if fine { "" } else { "  <- an entry has grown" };
        println!("{name:24} {on:8.2} {off:8.2}   +{most_on}, +{most_off}{verdict}");
    }
    println!("\n{:24} {:>8}", "an owner and its helper", ON);
    let counts = OWNERS.map(|(name, _)| (name, per_iteration(OWNER, name)));
    for (name, count) in counts {
        let Some(count) = count else {
            return ExitCode::FAILURE;
        };
        println!("{name:24} {count:8.2}");
    }
    if let [_, (_, Some(value)), (_, Some(result))] = counts {
        let fine = result - value <= CATCHING;
        grown += u32::from(!fine);
        let verdict = if fine { "" } else { "  <- catching has grown" };
        println!(
            "catching adds {:.2}, at most {CATCHING}{verdict}",
            result - value
        );
    }
    ExitCode::from(u8::from(grown != 0))
}
