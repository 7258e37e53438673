//! Where panics abort, nothing can unwind out of a closure: its loops go on, and the function
//! leaves at its own next check.

use std::time::Duration;

use guard_runtime::{Tripped, loop_guard, testing};

/// Runs for ten seconds, in steps of one.
fn second(done: &mut u32) {
    testing::advance(Duration::from_secs(1));
    *done += 1;
}

#[loop_guard(timeout = "10s")]
fn closure_then_loop(done: &mut u32) -> Result<(), Tripped> {
    let mut work = || {
        for _ in 0..30 {
            second(done);
        }
    };
    work();
    for _ in 0..30 {
        second(done);
    }
    Ok(())
}

#[loop_guard(timeout = "10s", fallback = 7)]
fn closure_in_loop(done: &mut u32) -> u32 {
    loop {
        (0..2).for_each(|_| {
            let mut left = 4;
            while left > 0 {
                second(done);
                left -= 1;
            }
        });
    }
}

#[loop_guard(iterations = 10)]
fn counted(done: &mut u32) -> Result<(), Tripped> {
    (0..1).for_each(|_| {
        for _ in 0..30 {
            *done += 1;
        }
    });
    while *done < 100 {
        *done += 1;
    }
    Ok(())
}

#[loop_guard(timeout = "10s")]
fn no_check_of_its_own(done: &mut u32) -> Result<(), Tripped> {
    (0..1).for_each(|_| {
        for _ in 0..30 {
            second(done);
        }
    });
    Ok(())
}

fn main() {
    assert!(cfg!(panic = "abort"), "the profile says so");
    std::panic::set_hook(Box::new(|info| eprintln!("no panic is expected: {info}")));
    let _paused = testing::pause();

    let mut done = 0;
    assert!(closure_then_loop(&mut done).is_err());
    assert_eq!(
        done, 30,
        "the closure's loop went on, the function's did not begin"
    );

    done = 0;
    assert_eq!(closure_in_loop(&mut done), 7);
    assert_eq!(done, 16, "the second round was finished");

    done = 0;
    assert!(counted(&mut done).is_err());
    assert_eq!(done, 30);

    done = 0;
    assert!(no_check_of_its_own(&mut done).is_ok());
    assert_eq!(done, 30);
    println!("every trip waited");
}
