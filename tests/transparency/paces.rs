//! `#[loop_guard(skip)]` and `#[loop_guard(every = N)]` on loops.

use std::time::Duration;

use guard_runtime::{Cause, Tripped, loop_guard, testing};
use harness::Paused;

/// Counts seconds of the paused clock; returns false after a thousand.
struct Seconds(u32);

impl Seconds {
    fn tick(&mut self) -> bool {
        testing::advance(Duration::from_secs(1));
        self.0 += 1;
        self.0 < 1000
    }
}

/// The seconds after which `f` tripped.
fn tripped_after(f: impl FnOnce(&mut Seconds) -> Result<(), Tripped>) -> u32 {
    let mut seconds = Seconds(0);
    let _paused = Paused::new();
    let outcome = f(&mut seconds);
    assert!(outcome.is_err(), "it went through");
    seconds.0
}

#[test]
fn a_loop_is_checked_in_the_first_iteration_and_then_once_in_so_many() {
    #[loop_guard(timeout = "10s")]
    fn by_loop(seconds: &mut Seconds) -> Result<(), Tripped> {
        #[loop_guard(every = 8)]
        loop {
            if !seconds.tick() {
                break;
            }
        }
        Ok(())
    }
    #[loop_guard(timeout = "10s")]
    fn by_while(seconds: &mut Seconds) -> Result<(), Tripped> {
        #[loop_guard(every = 8)]
        while seconds.tick() {}
        Ok(())
    }
    #[loop_guard(timeout = "10s")]
    fn by_while_let(seconds: &mut Seconds) -> Result<(), Tripped> {
        #[loop_guard(every = 8)]
        while let Some(()) = seconds.tick().then_some(()) {}
        Ok(())
    }
    #[loop_guard(timeout = "10s")]
    fn by_for(seconds: &mut Seconds) -> Result<(), Tripped> {
        #[loop_guard(every = 8)]
        'labelled: for _ in 0..100 {
            if !seconds.tick() {
                break 'labelled;
            }
        }
        Ok(())
    }
    // Checks come before iterations 1, 9 and 17; the ten seconds are over in the eleventh.
    assert_eq!(tripped_after(by_loop), 16);
    assert_eq!(tripped_after(by_for), 16);
    // Here the conditions tick before the check.
    assert_eq!(tripped_after(by_while), 17);
    assert_eq!(tripped_after(by_while_let), 17);
}

#[test]
fn one_is_every_iteration() {
    #[loop_guard(timeout = "10s")]
    fn guarded(seconds: &mut Seconds) -> Result<(), Tripped> {
        #[loop_guard(every = 1)]
        for _ in 0..100 {
            seconds.tick();
        }
        Ok(())
    }
    assert_eq!(tripped_after(guarded), 11);
}

#[test]
fn a_skipped_loop_is_not_checked_and_those_around_and_in_it_are() {
    #[loop_guard(timeout = "10s")]
    fn around(seconds: &mut Seconds) -> Result<(), Tripped> {
        for _ in 0..100 {
            #[loop_guard(skip)]
            for _ in 0..30 {
                seconds.tick();
            }
        }
        Ok(())
    }
    #[loop_guard(timeout = "10s")]
    fn inside(seconds: &mut Seconds) -> Result<(), Tripped> {
        #[loop_guard(skip)]
        for _ in 0..100 {
            for _ in 0..4 {
                seconds.tick();
            }
        }
        Ok(())
    }
    assert_eq!(tripped_after(around), 30);
    assert_eq!(tripped_after(inside), 11);
}

#[test]
fn a_nested_loop_counts_anew_each_time_it_is_entered() {
    #[loop_guard(timeout = "10s")]
    fn guarded(seconds: &mut Seconds) -> Result<(), Tripped> {
        #[loop_guard(skip)]
        for _ in 0..100 {
            #[loop_guard(every = 8)]
            for _ in 0..3 {
                seconds.tick();
            }
        }
        Ok(())
    }
    assert_eq!(tripped_after(guarded), 12);
}

#[test]
fn in_closures() {
    #[loop_guard(timeout = "10s")]
    fn every(seconds: &mut Seconds) -> Result<(), Tripped> {
        let mut work = || {
            #[loop_guard(every = 8)]
            while seconds.tick() {
                #[loop_guard(skip)]
                for _ in 0..3 {}
            }
        };
        work();
        Ok(())
    }
    #[loop_guard(timeout = "10s")]
    fn skip(seconds: &mut Seconds) -> Result<(), Tripped> {
        let mut work = || {
            #[loop_guard(skip)]
            for _ in 0..30 {
                seconds.tick();
            }
        };
        #[loop_guard(every = 2)]
        loop {
            work();
        }
    }
    assert_eq!(tripped_after(every), 17);
    assert_eq!(tripped_after(skip), 60);
}

#[test]
fn iterations_are_counted_at_any_pace_and_not_in_skipped_loops() {
    #[loop_guard(iterations = 20)]
    fn guarded(paced: u32, skipped: u32) -> Result<u32, Tripped> {
        let mut done = 0;
        #[loop_guard(every = 8)]
        for _ in 0..paced {
            done += 1;
        }
        #[loop_guard(skip)]
        for _ in 0..skipped {
            done += 1;
        }
        Ok(done)
    }
    assert_eq!(guarded(20, 500).unwrap(), 520);
    let trip = guarded(21, 0).unwrap_err();
    assert_eq!(trip.cause(), Cause::Iterations { limit: 20 });
}

#[test]
fn under_inherit() {
    #[loop_guard(inherit)]
    fn inner(seconds: &mut Seconds) -> Result<(), Tripped> {
        #[loop_guard(every = 8)]
        while seconds.tick() {}
        Ok(())
    }
    #[loop_guard(timeout = "10s")]
    fn outer(seconds: &mut Seconds) -> Result<(), Tripped> {
        inner(seconds)
    }
    assert_eq!(tripped_after(outer), 17);
    let _paused = Paused::new();
    assert!(inner(&mut Seconds(0)).is_ok());
}
