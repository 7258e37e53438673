//! A `while` ran with a bound that was gone: unsafe code moves the bound or the counter through a pointer, while the
//! condition reads it by its name.

use guard_runtime::{Tripped, loop_guard};

#[loop_guard(timeout = "1h")]
fn a_bound_behind_a_pointer() -> (usize, usize) {
    let mut bound = 100_usize;
    let pointer = &raw mut bound;
    let (mut at, mut turns) = (0_usize, 0_usize);
    while at < bound {
        // SAFETY: the pointer is that of a local, which nothing borrows.
        unsafe {
            *pointer -= 1;
        }
        turns += 1;
        at += 1;
    }
    (at, turns)
}

#[loop_guard(timeout = "1h")]
unsafe fn a_bound_in_an_array() -> usize {
    let (mut at, mut bound) = (0_usize, 100_usize);
    let pointer = (&raw mut bound).cast::<[usize; 1]>();
    while at < bound {
        // SAFETY: the pointer is that of a local, which nothing borrows.
        unsafe {
            (*pointer)[0] -= 1;
        }
        at += 1;
    }
    at
}

#[loop_guard(timeout = "1h")]
fn a_bound_that_is_swapped() -> usize {
    let (mut at, mut bound, mut other) = (0_usize, 100_usize, 10_usize);
    let (pointer, spare) = (&raw mut bound, &raw mut other);
    while at < bound {
        // SAFETY: the pointers are those of locals, which nothing borrows.
        unsafe {
            pointer.swap(spare);
        }
        at += 1;
    }
    at
}

#[loop_guard(timeout = "50ms")]
fn turn_back() -> Result<usize, Tripped> {
    let mut at = 0_usize;
    let pointer = &raw mut at;
    while at < 100 {
        // SAFETY: the pointer is that of a local, which nothing borrows.
        unsafe {
            *pointer = 0;
        }
        at += 1;
    }
    Ok(at)
}

#[test]
fn what_a_pointer_changes_is_asked_each_time() {
    assert_eq!(a_bound_behind_a_pointer(), (50, 50));
    // SAFETY: it has no conditions.
    assert_eq!(unsafe { a_bound_in_an_array() }, 50);
    assert_eq!(a_bound_that_is_swapped(), 11);
    assert!(turn_back().is_err());
}
