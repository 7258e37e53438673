//! Modes and timeouts from `LOOP_GUARD`.

use std::time::Duration;

use guard_runtime::{Mode, Tripped, loop_guard, remaining, set_mode};

use crate::modes::{MS, paused, work, would_trip};
use crate::{assert_success, child};

#[loop_guard(timeout = "1h", name = "modes::replaced")]
fn replaced() -> Result<(), Tripped> {
    loop {}
}

#[loop_guard(timeout = "1ms", name = "modes::longer")]
fn longer() -> Option<Duration> {
    remaining()
}

#[loop_guard(iterations = 1_000_000, name = "modes::given")]
fn given() -> Option<Duration> {
    let mut left = None;
    for _ in 0..1 {
        left = remaining();
    }
    left
}

#[test]
fn the_environment_sets_modes_and_timeouts_and_its_mistakes_are_told_once() {
    let rules = "observe, modes::replaced=enforce, modes::replaced.timeout=20ms, modes::longer=enforce, \
                 modes::longer.timeout=1h, modes::given=enforce, modes::given.timeout=200s, \
                 modes::wrong=enfroce, modes::gone=off";
    let name =
        "environment::the_environment_sets_modes_and_timeouts_and_its_mistakes_are_told_once";
    if let Some(output) = child(name, &[("LOOP_GUARD", rules)]) {
        let stderr = assert_success(&output);
        let told: Vec<_> = stderr
            .lines()
            .filter(|line| line.contains("LOOP_GUARD"))
            .collect();
        assert_eq!(told.len(), 1, "{stderr}");
        assert!(
            told[0].contains("\"modes::wrong=enfroce\"") && !told[0].contains("gone"),
            "{stderr}"
        );
        return;
    }
    for _ in 0..3 {
        let tripped = replaced().unwrap_err();
        assert!(tripped.to_string().contains("20ms allowed"), "{tripped}");
        let (longer, given) = (longer().unwrap(), given().unwrap());
        assert!(longer > Duration::from_secs(3000), "{longer:?}");
        assert!(
            given > Duration::from_secs(1) && given <= Duration::from_secs(200),
            "{given:?}"
        );
    }
    paused(|| {
        assert_eq!(work("modes::anything", MS, 10).unwrap().unwrap(), 10);
        assert_eq!(work("modes::gone", MS, 10).unwrap().unwrap(), 10);
    });
    assert_eq!(
        (
            would_trip("modes::anything").len(),
            would_trip("modes::gone").len()
        ),
        (1, 0)
    );
    // A mode set at run time has precedence over the environment.
    set_mode("modes::*", Mode::Enforce).unwrap();
    paused(|| assert!(work("modes::anything", MS, 10).unwrap().is_err()));
}
