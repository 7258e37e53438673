//! What attributes of the language mean on a guarded function: `#[must_use]` and `#[track_caller]`.

use std::panic::Location;

use guard_runtime::{Tripped, loop_guard};

use crate::panics;

/// Compiles only if the value must be used.
#[test]
fn must_use_is_kept() {
    #[must_use]
    #[loop_guard(inherit)]
    fn important(n: u32) -> u32 {
        let count = || for _ in 0..n {};
        count();
        n
    }
    #[expect(unused_must_use, reason = "the lint must fire")]
    {
        important(1);
    }
    assert_eq!(important(2), 2);
}

twins! { located: ()
    #[track_caller]
    pub(crate) fn caller(n: u32) -> &'static Location<'static> {
        for _ in 0..n {}
        Location::caller()
    }

    #[track_caller]
    pub(crate) fn caller_of_closures(n: u32) -> &'static Location<'static> {
        let count = || for _ in 0..n {};
        count();
        Location::caller()
    }

    #[track_caller]
    pub(crate) fn unwraps(n: Option<u32>) -> u32 {
        let mut sum = 0;
        for i in 0..3 { sum += i; }
        sum + n.expect("a number")
    }

    pub(crate) fn indexes(list: &[u32], n: usize) -> u32 {
        let mut sum = 0;
        for i in 0..n {
            sum += list[i];
        }
        let mut i = 0;
        while i < n {
            i += 1;
            let add = |j: usize| {
                for k in j..j + 1 {
                    sum += list[k] + list[n - i - 5];
                }
            };
            let mut add = add;
            add(i);
        }
        sum
    }
}

#[test]
fn callers_and_panics_are_where_they_were() {
    macro_rules! places {
        ($twin:ident) => {{
            use located::$twin::{caller, caller_of_closures, indexes, unwraps};
            let told = [
                panics::of(|| indexes(&[1, 2, 3], 7)).1,
                panics::of(|| indexes(&[1, 2, 3], 3)).1,
            ];
            // This line is where the macro is called.
            let (_, unwrapped) = panics::of(|| unwraps(None));
            assert_eq!(unwrapped, [(line!(), "a number".to_owned())]);
            for location in [caller(3), caller_of_closures(3)] {
                assert_eq!((location.file(), location.line()), (file!(), line!()));
            }
            told
        }};
    }
    let plain = places!(plain);
    for told in &plain {
        assert_eq!(told.len(), 1, "each of them panics");
    }
    assert_eq!(places!(timed), plain);
    assert_eq!(places!(counted), plain);
    assert_eq!(places!(inherited), plain);
}

/// A boundary hides the caller of a `#[track_caller]` function, so a trip in a closure is a panic there, even if
/// the function returns a `Result`.
#[test]
fn a_track_caller_function_panics_when_a_closure_of_its_trips() {
    #[track_caller]
    #[loop_guard(iterations = 3)]
    fn located(n: u32) -> Result<(), Tripped> {
        for _ in 0..n {}
        let count = || for _ in 0..2 {};
        count();
        Ok(())
    }
    assert!(located(1).is_ok());
    assert!(panics::none(|| located(4)).is_err());
    assert!(panics::one(|| located(2)).contains("ran out of iterations: 3 allowed"));
}
