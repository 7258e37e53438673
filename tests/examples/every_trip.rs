//! The examples are correct wherever they are cut.

use std::time::Duration;

use guard_runtime::testing::every_trip;

use crate::matcher::{self, Found};
use crate::pattern::Pattern;

/// What was found before the trip is a prefix of everything that there is to find.
#[test]
fn the_quickstart_keeps_what_it_has_found() {
    let text = "aac\nb\naab ac\n";
    for pattern in ["a+c", "(a|b)+", "b$", "nowhere"] {
        let pattern = Pattern::parse(pattern).expect("a pattern");
        let mut whole = Found::default();
        let budget = Duration::from_secs(1);
        assert!(matcher::search(&pattern, text, budget, &mut whole).is_ok());
        let trips = every_trip(|| {
            let mut found = Found::default();
            let outcome = matcher::search(&pattern, text, budget, &mut found);
            assert!(found.count <= whole.count && found.line <= whole.line);
            for (one, other) in found.first.iter().zip(&whole.first) {
                assert_eq!((one.line, one.text), (other.line, other.text));
            }
            if outcome.is_ok() {
                assert_eq!((found.count, found.line), (whole.count, whole.line));
            }
        });
        assert!(trips > 10, "{trips}");
    }
}

/// The smallest example, whose results are known.
#[allow(dead_code, reason = "its main")]
#[path = "../../examples/first.rs"]
mod first;

#[test]
fn the_first_example_trips_at_its_entry_and_at_every_step() {
    assert_eq!(every_trip(|| first::collatz(27)), 1 + 111);
    assert_eq!(every_trip(|| first::collatz(1)), 1);
}
