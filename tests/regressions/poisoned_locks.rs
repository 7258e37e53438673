//! A trip in a closure unwinds to its function: on the way it poisons the locks that are held there, and destructors see a
//! thread that panics. A trip of the function's own loop does neither.

use std::cell::Cell;
use std::sync::{Mutex, RwLock};
use std::thread;
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard, testing};
use harness::Paused;

const LIMIT: Duration = Duration::from_secs(1);

/// Tells at its end whether the thread panics.
struct Ends<'c>(&'c Cell<Option<bool>>);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.set(Some(thread::panicking()));
    }
}

#[derive(Default)]
struct Shared {
    count: Mutex<u32>,
    sum: RwLock<u32>,
    panics: Cell<Option<bool>>,
}

impl Shared {
    fn are_poisoned(&self) -> [bool; 2] {
        [self.count.is_poisoned(), self.sum.is_poisoned()]
    }
}

#[loop_guard(timeout = LIMIT, name = "owner")]
fn in_a_closure(shared: &Shared) -> Result<(), Tripped> {
    let add = || {
        let _ends = Ends(&shared.panics);
        let (mut count, mut sum) = (shared.count.lock().unwrap(), shared.sum.write().unwrap());
        testing::advance(LIMIT * 2);
        while *count < 3 {
            *count += 1;
            *sum += *count;
        }
    };
    add();
    Ok(())
}

#[loop_guard(timeout = LIMIT, name = "owner")]
fn in_the_function(shared: &Shared) -> Result<(), Tripped> {
    let _ends = Ends(&shared.panics);
    let (mut count, mut sum) = (shared.count.lock().unwrap(), shared.sum.write().unwrap());
    testing::advance(LIMIT * 2);
    while *count < 3 {
        *count += 1;
        *sum += *count;
    }
    Ok(())
}

/// The way around: the closure is a function with a place for the error.
#[loop_guard(timeout = LIMIT, name = "owner")]
fn in_a_helper(shared: &Shared) -> Result<(), Tripped> {
    #[loop_guard(inherit)]
    fn add(shared: &Shared) -> Result<(), Tripped> {
        let _ends = Ends(&shared.panics);
        let (mut count, mut sum) = (shared.count.lock().unwrap(), shared.sum.write().unwrap());
        testing::advance(LIMIT * 2);
        while *count < 3 {
            *count += 1;
            *sum += *count;
        }
        Ok(())
    }
    add(shared)
}

#[track_caller]
fn leaves(of: impl Fn(&Shared) -> Result<(), Tripped>, unwinds: bool) {
    let _paused = Paused::new();
    let shared = Shared::default();
    assert_eq!(of(&shared).unwrap_err().scope(), "owner");
    assert_eq!(shared.are_poisoned(), [unwinds; 2]);
    assert_eq!(shared.panics.get(), Some(unwinds));
}

#[test]
fn a_trip_in_a_closure_poisons_what_it_holds() {
    leaves(in_a_closure, true);
}

#[test]
fn no_other_trip_does() {
    leaves(in_the_function, false);
    leaves(in_a_helper, false);
}
