//! Finds the trip in the errors of other crates.

use std::error::Error;
use std::io;

use anyhow::Context;
use guard_runtime::{Cause, Tripped, loop_guard};

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("stopped")]
    Stopped(#[from] Tripped),
    #[error(transparent)]
    Parse(#[from] std::num::ParseIntError),
}

#[loop_guard(iterations = 3)]
fn parse(rows: &[&str]) -> Result<u32, Failure> {
    let mut sum = 0;
    for row in rows {
        sum += row.parse::<u32>()?;
    }
    Ok(sum)
}

#[loop_guard(iterations = 1)]
fn twice(rows: &[&str]) -> anyhow::Result<u32> {
    let mut sum = 0;
    for _ in 0..2 {
        sum += parse(rows).context("no rows")?;
    }
    Ok(sum)
}

/// The pattern that the documentation recommends.
fn tripped(error: &anyhow::Error) -> Option<&Tripped> {
    error.chain().find_map(|cause| cause.downcast_ref())
}

#[test]
fn a_source_is_found_in_the_chain() {
    let failure = parse(&["1", "2", "3", "4"]).unwrap_err();
    assert!(failure.source().unwrap().is::<Tripped>());
    let error = twice(&["1", "2", "3", "4"]).unwrap_err();
    assert_eq!(error.to_string(), "no rows");
    assert!(tripped(&error).unwrap().scope().ends_with("errors::parse"));
    let own = twice(&["1"]).unwrap_err();
    assert!(tripped(&own).unwrap().scope().ends_with("errors::twice"));
    assert!(matches!(
        tripped(&own).unwrap().cause(),
        Cause::Iterations { limit: 1 }
    ));
    let other = twice(&["x"]).unwrap_err();
    assert!(tripped(&other).is_none());
}

#[derive(Debug, thiserror::Error)]
enum Hiding {
    #[error(transparent)]
    Stopped(#[from] Tripped),
}

#[loop_guard(iterations = 1)]
fn hides() -> Result<(), Hiding> {
    for _ in 0..2 {}
    Ok(())
}

#[test]
fn a_transparent_error_hides_it() {
    assert!(hides().unwrap_err().source().is_none());
    assert!(tripped(&hides().unwrap_err().into()).is_none());
}

#[loop_guard(iterations = 1)]
fn reads() -> io::Result<()> {
    for _ in 0..2 {}
    Ok(())
}

#[loop_guard(iterations = 1)]
fn boxes() -> Result<(), Box<dyn Error + Send + Sync>> {
    for _ in 0..2 {}
    Ok(())
}

/// Both pass on the source of what they hold, and a trip has none. An error type with `#[from]` keeps it.
#[test]
fn an_io_error_and_a_boxed_one_hide_it() {
    let error = anyhow::Error::from(reads().unwrap_err());
    assert!(tripped(&error).is_none());
    let io = error.downcast_ref::<io::Error>().unwrap();
    assert!(io.get_ref().unwrap().is::<Tripped>());

    let error = anyhow::Error::from_boxed(boxes().unwrap_err());
    assert!(tripped(&error).is_none());
    let trip = boxes().unwrap_err().downcast::<Tripped>().unwrap();
    let kept = anyhow::Error::from(Failure::from(*trip));
    assert!(tripped(&kept).is_some());
}
