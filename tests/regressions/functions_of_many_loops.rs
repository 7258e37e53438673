//! A debug build of a function with 400 loops took forty times as long as without the attribute: borrow checking takes more
//! than linear time, and strips gave it much to do. Beyond 32 loops there are no strips, and each check is one call.
//! `benches/build/loops` prints what it takes.

use std::time::Duration;

use guard_runtime::{Budget, Cause, Tripped, loop_guard, testing};
use harness::Paused;

macro_rules! many {
    ($(#[$guard:meta])* fn $name:ident($xs:ident, $sum:ident) -> $result:ty { $end:expr } $($number:literal)*) => {
        $(#[$guard])*
        fn $name($xs: &[u32]) -> $result {
            let mut $sum = 0;
            $(for x in $xs {
                $sum += x;
                if $number == 38 {
                    testing::advance(Duration::from_secs(1));
                }
            })*
            $end
        }
    };
}

macro_rules! forty {
    ($($item:tt)*) => {
        many! { $($item)* 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 }
    };
}

forty! {
    #[loop_guard(timeout = "1500ms")]
    fn fallible(xs, sum) -> Result<u32, Tripped> { Ok(sum) }
}

forty! {
    #[loop_guard(timeout = "1500ms")]
    fn infallible(xs, sum) -> u32 { sum }
}

forty! {
    #[loop_guard(iterations = 100)]
    fn counted(xs, sum) -> Result<u32, Tripped> { Ok(sum) }
}

forty! {
    #[loop_guard(timeout = "1500ms", fallback = xs.first().map_or(0, |x| x + 2))]
    fn falls_back(xs, sum) -> u32 { sum }
}

type Number = u32;

forty! {
    #[loop_guard(timeout = "1500ms")]
    fn by_another_name(xs, sum) -> Number { sum }
}

fn helper(sum: u32) -> u32 {
    sum
}

forty! {
    #[loop_guard(timeout = "1500ms")]
    fn catches(xs, sum) -> Result<u32, Tripped> { Ok(helper(sum)) }
}

forty! {
    #[loop_guard(timeout = "1500ms", strict, cleanup = |_| ())]
    fn strict(xs, sum) -> Result<u32, Tripped> { Ok(sum) }
}

forty! {
    #[loop_guard(inherit)]
    fn inherits(xs, sum) -> Result<u32, Box<dyn std::error::Error>> { Ok(sum) }
}

#[cfg(feature = "policy")]
forty! {
    #[loop_guard(timeout = "1500ms", retry = guard_runtime::policy::Retry::attempts(2))]
    fn repeats(xs, sum) -> Result<u32, Tripped> { Ok(sum) }
}

macro_rules! many_in_a_future {
    ($($number:literal)*) => {
        #[loop_guard(timeout = "1500ms")]
        async fn future(xs: &[u32]) -> Result<u32, Tripped> {
            let mut sum = 0;
            $(for x in xs {
                sum += x;
                if $number % 8 == 0 {
                    testing::advance(Duration::from_millis(100));
                }
            })*
            Ok(sum)
        }
    };
}

many_in_a_future! { 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 }

#[test]
fn whatever_is_around_their_loops() {
    let _paused = Paused::new();
    let short = [1, 2];
    let long = [1, 2, 3];
    assert_eq!(by_another_name(&[1]), 40);
    assert!(std::panic::catch_unwind(|| by_another_name(&long)).is_err());
    assert_eq!(catches(&[1]).unwrap(), 40);
    assert_eq!(strict(&[1]).unwrap(), 40);
    assert!(matches!(
        catches(&long).unwrap_err().cause(),
        Cause::Timeout { .. }
    ));
    assert_eq!(strict(&long).unwrap_err().location().file(), file!());

    let around = Budget::timeout(Duration::from_millis(1500)).named("around");
    assert_eq!(around.run(|| inherits(&[1])).unwrap().unwrap(), 40);
    let error = around.run(|| inherits(&long)).unwrap().unwrap_err();
    assert_eq!(error.downcast::<Tripped>().unwrap().scope(), "around");
    // The second trip of a thread is not taken for the first.
    let other = around.clone().named("other");
    let error = other.run(|| inherits(&short)).unwrap().unwrap_err();
    assert_eq!(error.downcast::<Tripped>().unwrap().scope(), "other");
}

#[test]
#[cfg(feature = "policy")]
fn those_that_are_repeated() {
    let _paused = Paused::new();
    assert_eq!(repeats(&[1]).unwrap(), 40);
    assert!(repeats(&[1, 2, 3]).is_err());
}

#[test]
fn they_trip_as_others_do() {
    let _paused = Paused::new();
    assert_eq!(fallible(&[1]).unwrap(), 40);
    assert_eq!(infallible(&[1]), 40);
    assert_eq!(falls_back(&[1]), 40);
    assert_eq!(counted(&[1, 2]).unwrap(), 120);

    let tripped = fallible(&[1, 2, 3]).unwrap_err();
    assert!(matches!(tripped.cause(), Cause::Timeout { .. }));
    assert_eq!(tripped.location().file(), file!());
    assert!(tripped.to_string().contains("noticed in the `for` at"));
    assert!(std::panic::catch_unwind(|| infallible(&[1, 2, 3])).is_err());
    assert_eq!(falls_back(&[1, 2, 3]), 3);
    assert!(matches!(
        counted(&[1, 2, 3]).unwrap_err().cause(),
        Cause::Iterations { .. }
    ));
    assert_eq!(crate::block_on(future(&[1, 2])).unwrap(), 120);
    assert!(crate::block_on(future(&[1, 2, 3, 4])).is_err());
}
