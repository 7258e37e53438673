//! The attribute on impl blocks, traits and modules: every function with a loop, and no other.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard, remaining, testing};
use harness::Paused;

use crate::panics;

struct Machine {
    steps: u32,
}

#[loop_guard(timeout = "10s")]
impl Machine {
    const LIMIT: u32 = 3;

    /// Documented.
    #[must_use]
    const fn new() -> Self {
        Self { steps: 0 }
    }

    fn limited(&mut self) -> Result<u32, Tripped> {
        while self.steps < Self::LIMIT {
            self.steps += 1;
        }
        Ok(self.steps)
    }

    fn run(&mut self) -> Result<(), Tripped> {
        loop {
            testing::advance(Duration::from_secs(1));
            self.steps += 1;
        }
    }

    fn stop(&self) -> Option<Duration> {
        let _ = self.steps;
        remaining()
    }

    #[loop_guard(timeout = "3s")]
    fn short(&mut self) -> Result<(), Tripped> {
        loop {
            testing::advance(Duration::from_secs(1));
            self.steps += 1;
        }
    }

    #[loop_guard(inherit)]
    fn free(&mut self, n: u32) {
        for _ in 0..n {
            testing::advance(Duration::from_secs(1));
            self.steps += 1;
        }
    }
}

fn paused<T>(f: impl FnOnce() -> T) -> T {
    let _paused = Paused::new();
    panics::none(f)
}

#[test]
fn on_an_impl_block() {
    assert_eq!(Machine::new().limited().unwrap(), 3);
    let mut machine = Machine::new();
    let trip = paused(|| machine.run()).unwrap_err();
    assert_eq!(machine.steps, 11);
    assert!(trip.scope().ends_with("targets::run"), "{trip}");
    assert!(
        machine.stop().is_some(),
        "a function without loops opens its scope too"
    );
}

#[test]
fn an_attribute_inside_overrides_that_of_the_block() {
    let mut machine = Machine::new();
    assert!(paused(|| machine.short()).is_err());
    assert_eq!(machine.steps, 4);
    paused(|| machine.free(100));
    assert_eq!(machine.steps, 104);
}

trait Work {
    type Output;
    fn work(&mut self) -> Result<Self::Output, Tripped>;
    fn provided(&self, n: u32) -> u32;
}

#[loop_guard(timeout = "10s")]
impl Work for Machine {
    type Output = ();

    fn work(&mut self) -> Result<Self::Output, Tripped> {
        loop {
            testing::advance(Duration::from_secs(1));
        }
    }

    fn provided(&self, n: u32) -> u32 {
        let count = |n| {
            let mut done = 0;
            for _ in 0..n {
                done += 1;
            }
            done
        };
        count(n)
    }
}

#[loop_guard(timeout = "10s")]
trait Provides {
    const N: usize;

    fn required(&self) -> u32;

    fn provided(&self) -> Result<u32, Tripped> {
        loop {
            testing::advance(Duration::from_secs(1));
        }
    }

    fn made() -> Result<Vec<Self>, Tripped>
    where
        Self: Sized + Clone + Default,
    {
        let mut made = Vec::new();
        while made.len() < Self::N {
            made.push(Self::default());
        }
        Ok(made)
    }
}

impl Provides for u8 {
    const N: usize = 4;

    fn required(&self) -> u32 {
        u32::from(*self)
    }
}

#[test]
fn on_a_trait_and_its_impl() {
    let mut machine = Machine::new();
    assert!(paused(|| machine.work()).is_err());
    assert_eq!(machine.provided(7), 7);
    assert!(paused(|| 1u8.provided()).is_err());
    assert_eq!(1u8.required(), 1);
    assert_eq!(u8::made().unwrap(), [0; 4]);
}

trait Default2 {
    #[loop_guard(timeout = "10s")]
    fn alone(&self) -> Result<(), Tripped> {
        loop {
            testing::advance(Duration::from_secs(1));
        }
    }
}

impl Default2 for u8 {}

#[test]
fn on_a_default_method_alone() {
    assert!(paused(|| 1u8.alone()).is_err());
}

#[loop_guard(timeout = "10s")]
mod outer {
    use super::{Duration, Tripped, testing};

    pub(super) const TABLE: [usize; 3] = {
        let mut table = [0; 3];
        let mut i = 0;
        while i < 3 {
            table[i] = i;
            i += 1;
        }
        table
    };

    pub(super) fn spin() -> Result<(), Tripped> {
        loop {
            testing::advance(Duration::from_secs(1));
        }
    }

    pub(super) mod inner {
        use super::{Duration, Tripped, testing};

        pub(crate) struct Inside;

        impl Inside {
            pub(crate) fn spin() -> Result<(), Tripped> {
                loop {
                    testing::advance(Duration::from_secs(1));
                }
            }
        }

        #[guard_runtime::loop_guard(inherit)]
        pub(crate) mod free {
            pub(crate) fn count(n: u32) -> u32 {
                let mut done = 0;
                for _ in 0..n {
                    done += 1;
                }
                done
            }
        }
    }
}

#[test]
fn on_a_module_and_those_in_it() {
    assert_eq!(outer::TABLE, [0, 1, 2]);
    let trip = paused(outer::spin).unwrap_err();
    assert!(trip.scope().ends_with("targets::outer::spin"), "{trip}");
    let trip = paused(outer::inner::Inside::spin).unwrap_err();
    assert!(trip.scope().ends_with("outer::inner::spin"), "{trip}");
    assert_eq!(outer::inner::free::count(9), 9);
}

struct Counter(Rc<Cell<u32>>);

/// Under `inherit` a `const fn` stays one, and a destructor does its work to the end.
#[loop_guard(inherit)]
mod untouched {
    use super::{Counter, Duration, testing};

    pub(super) const fn sum(n: u32) -> u32 {
        let (mut i, mut sum) = (0, 0);
        while i < n {
            i += 1;
            sum += i;
        }
        sum
    }

    pub(super) const TEN: u32 = sum(4);

    impl Drop for Counter {
        fn drop(&mut self) {
            for _ in 0..5 {
                testing::advance(Duration::from_secs(1));
                self.0.set(self.0.get() + 1);
            }
        }
    }
}

#[test]
fn const_functions_and_destructors_pass_untouched() {
    #[loop_guard(timeout = "10s")]
    fn trips(_counter: Counter) -> Result<(), Tripped> {
        loop {
            testing::advance(Duration::from_secs(1));
        }
    }

    assert_eq!(untouched::TEN, 10);
    let done = Rc::new(Cell::new(0));
    assert!(paused(|| trips(Counter(Rc::clone(&done)))).is_err());
    assert_eq!(done.get(), 5);
}
