//! Bodies that never return because of a call of the user's own: none of our code in them is unreachable.
#![deny(warnings)]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use guard_runtime::{Exit, Tripped, loop_guard};

use crate::block_on;

fn die() -> ! {
    std::panic::resume_unwind(Box::new("dead"))
}

fn die_of(n: u32) -> ! {
    std::panic::resume_unwind(Box::new(n))
}

#[loop_guard(timeout = "1h", fallback = 3)]
fn value(n: u32) -> u32 {
    for _ in 0..n {}
    die()
}

#[loop_guard(timeout = "1h", fallback = 3)]
fn statement(n: u32) -> u32 {
    for _ in 0..n {}
    die();
}

#[loop_guard(timeout = "1h", fallback = ())]
fn unit(n: u32) {
    for _ in 0..n {}
    die();
}

#[loop_guard(timeout = "1h", fallback = 3)]
fn arms(n: u32) -> u32 {
    for _ in 0..n {}
    match n {
        0 => die(),
        n => die_of(n),
    }
}

/// Both would run in strips.
#[loop_guard(timeout = "1h")]
#[allow(clippy::never_loop, reason = "that is the test")]
fn left_at_once(n: u32, list: &[u32]) -> u32 {
    let mut i = 0;
    while i < n {
        i += 1;
        break;
    }
    for x in list {
        i += x;
        break;
    }
    while i < n {
        i += 1;
        return i;
    }
    i
}

#[loop_guard(timeout = "1h", cleanup = |exit| told.set(matches!(exit, Exit::Panicked)))]
fn cleaned(n: u32, told: &Cell<bool>) -> Result<u32, Tripped> {
    for _ in 0..n {}
    die()
}

#[loop_guard(timeout = "1h")]
fn in_a_closure(n: u32) -> u32 {
    (0..n).for_each(|i| for _ in 0..i {});
    die()
}

#[loop_guard(timeout = "1h", fallback = 3)]
async fn future(n: u32) -> u32 {
    for _ in 0..n {
        std::future::ready(()).await;
    }
    die()
}

fn dies<T>(body: impl FnOnce() -> T) -> bool {
    catch_unwind(AssertUnwindSafe(|| _ = body())).is_err()
}

#[test]
fn a_loop_that_is_left_at_once_has_one_turn() {
    let left = [(0, &[][..]), (1, &[]), (3, &[5]), (9, &[5, 6])];
    assert_eq!(left.map(|(n, list)| left_at_once(n, list)), [0, 1, 6, 7]);
}

#[test]
fn they_die() {
    let told = Cell::new(false);
    assert!(dies(|| value(1)) && dies(|| statement(1)) && dies(|| unit(1)) && dies(|| arms(1)));
    assert!(dies(|| cleaned(1, &told)) && told.get());
    assert!(dies(|| in_a_closure(3)) && dies(|| block_on(future(1))));
}
