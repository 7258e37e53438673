//! This crate does not depend on `guard_runtime` by that name: it is called `loops` here, or is re-exported by
//! `facade`.
#![cfg(test)]

use std::time::Duration;

use facade::{Tripped, loop_guard};

#[loops::loop_guard(iterations = 10, crate = loops)]
fn renamed(n: u32) -> Result<u32, Tripped> {
    let twice = |n| {
        let mut sum = 0;
        for _ in 0..n {
            sum += 2;
        }
        sum
    };
    Ok(twice(n))
}

#[loop_guard(timeout = Duration::ZERO, crate = facade::deep::guard, fallback = |trip: Tripped| trip.scope().len())]
fn through_another_crate(n: usize) -> usize {
    let mut i = 0;
    while i < n {
        i += 1;
    }
    i
}

mod inner {
    pub(crate) use loops as here;

    #[here::loop_guard(inherit, crate = crate::inner::here)]
    pub(crate) mod every {
        pub(crate) fn sum(numbers: &[u32]) -> u32 {
            let mut sum = 0;
            for number in numbers {
                sum += number;
            }
            sum
        }

        pub(crate) fn relative(n: u32) -> u32 {
            let mut n = n;
            while n > 10 {
                n /= 2;
            }
            n
        }
    }

    #[here::loop_guard(iterations = 3, crate = self::here)]
    pub(crate) fn relative() -> Result<(), here::Tripped> {
        loop {}
    }
}

#[loops::loop_guard(inherit, crate = loops, cleanup = |_| told.set(told.get() + 1), cleanup_timeout = "1s")]
fn cleaned(told: &std::cell::Cell<u32>) {
    loops::defer!(|_| told.set(told.get() + 1));
    facade::deep::guard::defer!(within = "100ms", { told.set(told.get() + 1) });
    loops::defer!(within = Duration::MAX, { told.set(told.get() + 1) });
}

facade::guarded!(written_by_a_macro, 5);

#[test]
fn the_guard_is_found_by_any_name() {
    assert_eq!(renamed(10).unwrap(), 20);
    assert!(renamed(11).is_err());
    assert_eq!(
        through_another_crate(3),
        "facade_user::through_another_crate".len()
    );
    assert_eq!(inner::every::sum(&[1, 2, 3]), 6);
    assert_eq!(inner::every::relative(100), 6);
    assert!(inner::relative().is_err());
    assert_eq!(written_by_a_macro(5).unwrap(), 10);
    assert!(written_by_a_macro(6).is_err());
    let told = std::cell::Cell::new(0);
    cleaned(&told);
    assert_eq!(told.get(), 4);
}
