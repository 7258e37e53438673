//! A trip in a closure unwinds. Where that meets C, the process aborts; where a lock is held, it is poisoned. Both are limits of
//! the language: the documentation says what to write instead (`guard_runtime`, "Trips that unwind"), and this is shown here.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use guard_runtime::{Tripped, checkpoint, loop_guard, shield, testing};
use harness::Paused;

const SECOND: Duration = Duration::from_secs(1);

#[loop_guard(timeout = "1s")]
fn locks_in_a_closure(sum: &Mutex<u32>) -> Result<(), Tripped> {
    (0..3).for_each(|turn| {
        let mut held = sum.lock().unwrap_or_else(PoisonError::into_inner);
        testing::advance(SECOND);
        for _ in 0..turn {
            *held += 1;
        }
    });
    Ok(())
}

#[loop_guard(timeout = "1s")]
fn locks_in_a_shield(sum: &Mutex<u32>) -> Result<(), Tripped> {
    (0..3).try_for_each(|turn| {
        shield(|| {
            let mut held = sum.lock().unwrap_or_else(PoisonError::into_inner);
            testing::advance(SECOND);
            for _ in 0..turn {
                *held += 1;
            }
        });
        checkpoint()
    })
}

#[test]
fn a_lock_that_is_held_is_poisoned_but_in_a_shield() {
    let _paused = Paused::new();
    let sum = Mutex::new(0);
    locks_in_a_closure(&sum).unwrap_err();
    assert!(sum.is_poisoned());
    assert_eq!(*sum.lock().unwrap_err().into_inner(), 0);

    let sum = Mutex::new(0);
    locks_in_a_shield(&sum).unwrap_err();
    assert_eq!(*sum.lock().expect("not poisoned"), 1);
}

#[cfg(unix)]
mod called_back_by_c {
    use std::cmp::Ordering;
    use std::ffi::{c_int, c_void};
    use std::process::Command;

    use super::{SECOND, shield, testing};
    use guard_runtime::{Tripped, loop_guard};
    use harness::Paused;

    type Compare = extern "C" fn(*const c_void, *const c_void) -> c_int;

    unsafe extern "C" {
        fn qsort(base: *mut c_void, count: usize, size: usize, compare: Compare);
    }

    #[loop_guard(inherit)]
    fn compare(a: u32, b: u32) -> Ordering {
        for _ in 0..1 {}
        a.cmp(&b)
    }

    extern "C" fn by_value(a: *const c_void, b: *const c_void) -> c_int {
        testing::advance(SECOND);
        // SAFETY: `qsort` hands out elements of the slice.
        let (a, b) = unsafe { (*a.cast::<u32>(), *b.cast::<u32>()) };
        compare(a, b) as c_int
    }

    fn sort(items: &mut [u32]) {
        // SAFETY: base, length and size are those of the slice.
        unsafe { qsort(items.as_mut_ptr().cast(), items.len(), 4, by_value) };
    }

    #[loop_guard(timeout = "1s")]
    fn sort_in_a_shield(items: &mut [u32]) -> Result<(), Tripped> {
        shield(|| sort(items));
        for _ in 0..1 {}
        Ok(())
    }

    #[loop_guard(timeout = "1s")]
    fn sort_at_once(items: &mut [u32]) -> Result<(), Tripped> {
        sort(items);
        Ok(())
    }

    #[test]
    fn in_a_shield_the_trip_waits_for_the_check_behind_it() {
        let _paused = Paused::new();
        let mut items = [3, 1, 2];
        sort_in_a_shield(&mut items).unwrap_err();
        assert_eq!(items, [1, 2, 3]);
    }

    #[test]
    fn without_one_the_process_aborts() {
        const CHILD: &str = "LOOP_GUARD_TEST_QSORT";
        if std::env::var_os(CHILD).is_some() {
            let _paused = Paused::new();
            _ = sort_at_once(&mut [3, 1, 2]);
            return;
        }
        let test = "trips_in_closures_of_others::called_back_by_c::without_one_the_process_aborts";
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("cannot unwind"), "{said}");
    }
}
