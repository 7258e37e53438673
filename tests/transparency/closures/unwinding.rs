//! Trips and panics that unwind through functions with loops in closures.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard, testing};

use super::{by_error, paused};
use crate::panics;

/// Its destructor loops in a closure, in whatever scope is open then.
struct Loops(Rc<RefCell<u32>>);

impl Drop for Loops {
    fn drop(&mut self) {
        #[loop_guard(inherit)]
        fn work(done: &RefCell<u32>) {
            let work = || {
                for _ in 0..5 {
                    *done.borrow_mut() += 1;
                }
            };
            work();
        }
        work(&self.0);
    }
}

#[loop_guard(timeout = "10s")]
fn panics_when_spent(loops: Loops) -> Result<(), Tripped> {
    testing::advance(Duration::from_secs(20));
    let _loops = loops;
    panic!("first");
}

#[loop_guard(timeout = "10s")]
fn trips_then_drops(loops: Loops) -> Result<(), Tripped> {
    let _loops = loops;
    let forever = || loop {
        testing::advance(Duration::from_secs(20));
    };
    forever()
}

#[test]
fn a_trip_while_the_thread_unwinds_lets_the_loop_go_on() {
    let done = Rc::new(RefCell::new(0));
    paused(|| {
        let loops = Loops(Rc::clone(&done));
        assert_eq!(panics::one(|| panics_when_spent(loops)), "first");
        assert_eq!(done.take(), 5);
        let loops = Loops(Rc::clone(&done));
        assert!(panics::none(|| trips_then_drops(loops)).is_err());
        assert_eq!(done.take(), 5);
    });
}

#[loop_guard(timeout = "10s")]
fn outer(mut inner: impl FnMut() -> Result<u32, Tripped>) -> Result<u32, Tripped> {
    let call = || {
        let mut sum = 0;
        for _ in 0..3 {
            sum += inner().unwrap_or(7);
        }
        sum
    };
    let mut call = call;
    Ok(call())
}

#[test]
fn an_inner_function_passes_the_trip_of_an_outer_one_through() {
    paused(|| {
        let mut seen = Vec::new();
        let outcome = panics::none(|| {
            outer(|| {
                let trip = by_error(20);
                seen.push(trip.as_ref().unwrap_err().scope());
                trip
            })
        });
        assert!(outcome.unwrap_err().scope().ends_with("::outer"));
        assert_eq!(seen.len(), 1);
    });
}

#[test]
fn a_panic_of_the_users_own_passes_the_boundary_as_it_is() {
    #[loop_guard(timeout = "10s")]
    fn panicking(n: u32) -> Result<u32, Tripped> {
        let work = |n| {
            for i in 0..n {
                assert!(i < 3, "only three");
            }
            n
        };
        Ok(work(n))
    }
    assert_eq!(panics::one(|| panicking(4)), "only three");
    assert_eq!(panicking(3).unwrap(), 3);
}
