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
fn they_die() {
    let told = Cell::new(false);
    assert!(dies(|| value(1)) && dies(|| statement(1)) && dies(|| unit(1)) && dies(|| arms(1)));
    assert!(dies(|| cleaned(1, &told)) && told.get());
    assert!(dies(|| in_a_closure(3)) && dies(|| block_on(future(1))));
}
