//! An error conversion that asks for its caller, as `eyre`'s does, was given a place in the runtime.

use std::panic::Location;
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard};

#[derive(Debug)]
struct Report(&'static Location<'static>);

impl From<Tripped> for Report {
    #[track_caller]
    fn from(_: Tripped) -> Self {
        Self(Location::caller())
    }
}

#[loop_guard(iterations = 3)]
fn in_a_loop() -> Result<(), Report> {
    loop {}
}

#[loop_guard(timeout = Duration::ZERO)]
fn at_the_entry() -> Result<(), Report> {
    for _ in 0..3 {}
    Ok(())
}

#[loop_guard(timeout = "1ms")]
fn at_a_look() -> Result<(), Report> {
    loop {
        std::hint::spin_loop();
    }
}

#[loop_guard(timeout = "1ms")]
fn in_a_closure() -> Result<(), Report> {
    let never_ends = || {
        loop {
            std::hint::spin_loop();
        }
    };
    never_ends()
}

#[loop_guard(timeout = "1ms", on_trip = "error")]
fn by_a_word() -> Result<(), Report> {
    loop {
        std::hint::spin_loop();
    }
}

#[loop_guard(timeout = "1ms")]
async fn in_a_future() -> Result<(), Report> {
    std::future::pending().await
}

#[test]
fn the_place_is_in_the_users_function() {
    let reports = [
        in_a_loop(),
        at_the_entry(),
        at_a_look(),
        in_a_closure(),
        by_a_word(),
        futures::executor::block_on(in_a_future()),
    ];
    for report in reports {
        let Report(place) = report.unwrap_err();
        assert_eq!(place.file(), file!(), "{place}");
    }
}
