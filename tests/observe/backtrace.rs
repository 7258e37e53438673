//! The calls that led to the check that tripped, if somebody asks for them.

use guard_runtime::{Budget, Tripped, loop_guard};

use crate::{assert_success, child};

const ASKED: (&str, &str) = ("LOOP_GUARD_BACKTRACE", "1");

#[loop_guard(inherit)]
#[inline(never)]
fn reckon() -> Result<(), Tripped> {
    loop {
        std::hint::spin_loop();
    }
}

#[loop_guard(iterations = 10)]
#[inline(never)]
fn panics() -> u32 {
    loop {
        std::hint::spin_loop();
    }
}

fn trip() -> Tripped {
    Budget::new()
        .iterations(10)
        .run(reckon)
        .unwrap()
        .unwrap_err()
}

#[test]
fn the_calls_are_told_below_the_line_where_there_is_room() {
    let name = "backtrace::the_calls_are_told_below_the_line_where_there_is_room";
    if let Some(output) = child(name, &[ASKED]) {
        assert_success(&output);
        return;
    }
    let tripped = trip();
    let calls = tripped.backtrace().expect("asked for").to_string();
    assert!(calls.contains("reckon"), "{calls}");
    assert_eq!(tripped.to_string().lines().count(), 1, "{tripped}");
    let long = format!("{tripped:#}");
    assert_eq!(long, format!("{tripped}\n{calls}"));
}

#[test]
fn a_panic_tells_them() {
    let name = "backtrace::a_panic_tells_them";
    // Not the compiler's own backtrace.
    if let Some(output) = child(name, &[ASKED, ("RUST_BACKTRACE", "0")]) {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!output.status.success(), "{stdout}{stderr}");
        assert!(
            (stdout + &stderr).contains("observe::backtrace::panics"),
            "{stderr}"
        );
        return;
    }
    panics();
}

#[test]
fn nobody_pays_for_them_who_does_not_ask() {
    let name = "backtrace::nobody_pays_for_them_who_does_not_ask";
    if let Some(output) = child(
        name,
        &[("LOOP_GUARD_BACKTRACE", "0"), ("RUST_BACKTRACE", "1")],
    ) {
        assert_success(&output);
        return;
    }
    let tripped = trip();
    assert!(tripped.backtrace().is_none());
    assert_eq!(format!("{tripped:#}"), tripped.to_string());
}
