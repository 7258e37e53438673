//! `every_trip` dropped what its closure returned, so that assertions which return an error passed.

use std::error::Error;
use std::io;
use std::panic::catch_unwind;

use guard_runtime::testing::every_trip;
use guard_runtime::{Tripped, loop_guard};

#[loop_guard(timeout = "1s")]
fn sum(items: &[u64]) -> Result<u64, Tripped> {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    Ok(sum)
}

/// Like the failure of a property test, it is made from a message.
#[derive(Debug)]
#[expect(dead_code, reason = "it is shown")]
struct Failed(String);

#[derive(Debug)]
#[expect(dead_code, reason = "it is shown")]
enum Holds {
    Trip(Tripped),
    Failure(Failed),
}

impl From<Tripped> for Holds {
    fn from(tripped: Tripped) -> Self {
        Self::Trip(tripped)
    }
}

fn fails(run: impl Fn() -> u64 + std::panic::UnwindSafe) -> String {
    let payload = catch_unwind(run).expect_err("it fails");
    *payload.downcast().expect("a message")
}

#[test]
fn an_error_that_is_not_the_trips_fails() {
    let message = fails(|| {
        every_trip(|| match sum(&[1, 2]) {
            Ok(_) => Ok(()),
            Err(_) => Err(Failed("left half".to_owned())),
        })
    });
    assert!(message.contains("with a trip at check 1"), "{message}");
    assert!(message.contains("left half"), "{message}");

    let message = fails(|| {
        every_trip(|| match sum(&[1, 2])? {
            4 => Ok(()),
            wrong => Err(Holds::Failure(Failed(wrong.to_string()))),
        })
    });
    assert!(message.contains("in the run without a trip"), "{message}");

    let message = fails(|| {
        every_trip(|| -> Result<(), Box<dyn Error>> {
            sum(&[1])?;
            Err("another".into())
        })
    });
    assert!(message.contains("another"), "{message}");
}

#[test]
fn the_trips_own_error_does_not_whatever_holds_it() {
    assert_eq!(every_trip(|| sum(&[1, 2])), 3);
    assert_eq!(
        every_trip(|| -> Result<u64, Holds> { Ok(sum(&[1, 2])?) }),
        3
    );
    assert_eq!(every_trip(|| -> io::Result<u64> { Ok(sum(&[1, 2])?) }), 3);
    assert_eq!(
        every_trip(|| -> Result<u64, Box<dyn Error>> {
            Ok(sum(&[1, 2]).map_err(io::Error::from)?)
        }),
        3
    );
    assert_eq!(
        every_trip(|| -> Result<u64, Failed> { sum(&[1, 2]).map_err(|it| Failed(it.to_string())) }),
        3
    );
}
