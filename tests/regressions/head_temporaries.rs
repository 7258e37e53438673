//! Temporaries of a loop's head lived on after the loop: what they borrow did not compile, and a lock was still held.
//! Edition 2021 and before are in `tests/crates/lints`.

#![allow(
    clippy::explicit_iter_loop,
    clippy::needless_lifetimes,
    clippy::significant_drop_tightening,
    clippy::single_match_else,
    clippy::unused_enumerate_index,
    clippy::single_match,
    clippy::unused_async,
    reason = "what users write"
)]

use std::cell::RefCell;
use std::sync::Mutex;

use guard_runtime::loop_guard;

/// Notes that it is dropped.
struct Noted<'l>(&'l RefCell<Vec<&'static str>>, &'static str, [u32; 2]);

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

macro_rules! both {
    ($($function:item)*) => {
        mod plain { use super::*; $($function)* }
        mod guarded { use super::*; $(#[loop_guard(timeout = "1h")] $function)* }
    };
}

both! {
    pub(super) fn borrowed(n: u32, sum: &mut u32) {
        let list = RefCell::new(vec![n, 2]);
        for x in list.borrow().iter() {
            *sum += x;
        }
    }

    pub(super) fn locked(n: u32, sum: &mut u32) {
        let list = Mutex::new(vec![n, 2]);
        for (x, y) in list.lock().unwrap().iter_mut().zip(&[3, n]) {
            *sum += *x * y;
        }
    }

    pub(super) fn dropped<'l>(log: &'l RefCell<Vec<&'static str>>) {
        let _local = Noted(log, "local", [1, 2]);
        let mut sum = 0;
        for x in Noted(log, "statement", [1, 2]).2.iter() {
            sum += x;
        }
        log.borrow_mut().push("after");
        let mut run = |list: &[u32; 2]| for x in Noted(log, "closure", *list).2.iter() { sum += x; };
        run(&[3, 4]);
        match (Noted(log, "scrutinee", [1, 2]).2.len(), ()) {
            (2, ()) => for (_, x) in Noted(log, "arm", [1, 2]).2.iter_mut().enumerate() { *x += 1 },
            _ => {}
        }
        for x in Noted(log, "tail", [1, 2]).2.iter().rev() {
            sum += x;
        }
    }

    pub(super) async fn awaited<'l>(log: &'l RefCell<Vec<&'static str>>, n: u32) {
        let _local = Noted(log, "local", [1, 2]);
        let list = RefCell::new([n, 2]);
        let mut sum = 0;
        for x in list.borrow().iter() {
            sum += x;
        }
        for x in Noted(log, "tail", [1, 2]).2.iter() {
            sum += x;
        }
    }
}

fn log<'l>(
    run: impl FnOnce(&'l RefCell<Vec<&'static str>>),
    log: &'l RefCell<Vec<&'static str>>,
) -> Vec<&'static str> {
    run(log);
    log.take()
}

#[test]
fn heads_are_gone_when_the_loop_is() {
    let mut sum = 0;
    guarded::borrowed(3, &mut sum);
    guarded::locked(3, &mut sum);
    plain::borrowed(3, &mut sum);
    plain::locked(3, &mut sum);
    assert_eq!(sum, 2 * (5 + 15));
    let cell = RefCell::default();
    assert_eq!(log(guarded::dropped, &cell), log(plain::dropped, &cell));
    let guarded = log(
        |log| futures::executor::block_on(guarded::awaited(log, 3)),
        &cell,
    );
    assert_eq!(
        guarded,
        log(
            |log| futures::executor::block_on(plain::awaited(log, 3)),
            &cell
        )
    );
}
