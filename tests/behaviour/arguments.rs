//! The attribute's arguments: what they mean, and when they are evaluated.

use std::cell::Cell;
use std::time::Duration;

use guard_runtime::{Cause, Tripped, loop_guard, testing};

use harness::Paused;

use crate::test_clock::NANO;

fn limit(tripped: &Tripped) -> Duration {
    match tripped.cause() {
        Cause::Timeout { limit, .. } => limit,
        other => panic!("{other:?}"),
    }
}

/// A function with this literal as its timeout, which it overruns.
macro_rules! overrun {
    ($text:literal) => {{
        #[loop_guard(timeout = $text)]
        fn overrun() -> Result<(), Tripped> {
            loop {
                testing::advance(Duration::from_secs(400 * 24 * 3600));
            }
        }
        limit(&overrun().unwrap_err())
    }};
}

#[test]
fn timeouts_as_people_write_them() {
    let _paused = Paused::new();
    assert_eq!(overrun!("30s"), Duration::from_secs(30));
    assert_eq!(overrun!("1m 30s"), Duration::from_secs(90));
    assert_eq!(overrun!("250ms"), Duration::from_millis(250));
    assert_eq!(overrun!("1500 us"), Duration::from_micros(1500));
    assert_eq!(overrun!("1ns"), NANO);
    assert_eq!(overrun!("2h 3min"), Duration::from_secs(2 * 3600 + 180));
    assert_eq!(overrun!("1day"), Duration::from_secs(24 * 3600));
}

const BUDGET: Duration = Duration::from_millis(3);

struct Config {
    budget: Duration,
}

impl Config {
    #[loop_guard(timeout = self.budget * factor)]
    fn spin(&self, factor: u32) -> Result<(), Tripped> {
        loop {
            testing::advance(NANO * 999_999);
        }
    }
}

#[loop_guard(timeout = BUDGET)]
fn constant() -> Result<(), Tripped> {
    loop {
        testing::advance(NANO * 999_999);
    }
}

#[loop_guard(timeout = { let half = total / 2; half.min(Duration::from_secs(1)) })]
fn block(total: Duration) -> Result<(), Tripped> {
    loop {
        testing::advance(total);
    }
}

#[test]
fn timeouts_as_expressions() {
    let _paused = Paused::new();
    let config = Config {
        budget: Duration::from_micros(700),
    };
    assert_eq!(
        limit(&config.spin(3).unwrap_err()),
        Duration::from_micros(2100)
    );
    assert_eq!(limit(&constant().unwrap_err()), BUDGET);
    assert_eq!(limit(&block(BUDGET).unwrap_err()), BUDGET / 2);
    assert_eq!(
        limit(&block(BUDGET * 1000).unwrap_err()),
        Duration::from_secs(1)
    );
}

/// Returns `value`, and counts how often it was asked for.
fn ask<T>(asked: &Cell<u32>, value: T) -> T {
    asked.set(asked.get() + 1);
    value
}

#[loop_guard(timeout = ask(asked, BUDGET), iterations = ask(asked, 50))]
fn asks(asked: &Cell<u32>, rounds: u32) -> Result<u32, Tripped> {
    let at_entry = asked.get();
    for _ in 0..rounds {
        assert_eq!(asked.get(), at_entry);
    }
    Ok(at_entry)
}

#[test]
fn expressions_are_evaluated_once_at_entry() {
    let _paused = Paused::new();
    let asked = Cell::new(0);
    assert_eq!(asks(&asked, 50).unwrap(), 2);
    assert_eq!(asks(&asked, 0).unwrap(), 4);
    assert!(asks(&asked, 51).is_err());
    assert_eq!(asked.get(), 6);
}

/// `names` is read before the body, which shadows and moves it.
#[loop_guard(iterations = names.len())]
fn before_the_body(names: Vec<&str>) -> Result<usize, Tripped> {
    let mut count = 0;
    for names in names {
        count += names.len();
    }
    Ok(count)
}

#[test]
fn arguments_are_read_before_the_body_takes_them() {
    assert_eq!(before_the_body(vec!["a", "bc"]).unwrap(), 3);
}

/// A function with a limit of this type, and a loop of as many iterations as requested.
macro_rules! counting {
    ($limit:expr, $rounds:expr) => {{
        #[loop_guard(iterations = $limit)]
        fn counting(rounds: u64) -> Result<u64, Tripped> {
            let mut done = 0;
            while done < rounds {
                done += 1;
            }
            Ok(done)
        }
        counting($rounds).map_err(|tripped| tripped.cause())
    }};
}

#[test]
fn iterations_of_any_integer_type() {
    const LIMIT: i8 = 7;
    let seven = Err(Cause::Iterations { limit: 7 });
    assert_eq!(counting!(7, 7), Ok(7));
    assert_eq!(counting!(7, 8), seven);
    assert_eq!(counting!(LIMIT, 8), seven);
    assert_eq!(counting!(7_u8, 8), seven);
    assert_eq!(counting!(7_usize, 8), seven);
    assert_eq!(counting!(6_u64 + 1, 8), seven);
    assert_eq!(counting!(7_i128, 8), seven);
    assert_eq!(counting!(u128::MAX, 8), Ok(8));
    assert_eq!(counting!(18_446_744_073_709_551_615_u64, 8), Ok(8));
    assert_eq!(counting!(NONE, 0), Ok(0));
    assert_eq!(counting!(NONE, 1), Err(Cause::Iterations { limit: 0 }));
    assert_eq!(
        counting!(-3_i32 + 1, 1),
        Err(Cause::Iterations { limit: 0 })
    );
}

#[loop_guard(timeout = "5ms", iterations = 5)]
fn both(rounds: u32, step: Duration) -> Result<(), Tripped> {
    for _ in 0..rounds {
        testing::advance(step);
    }
    Ok(())
}

#[test]
fn the_first_of_two_budgets_trips() {
    let _paused = Paused::new();
    let five = Duration::from_millis(5);
    assert!(both(5, five / 4).is_ok());
    assert_eq!(
        both(6, NANO).unwrap_err().cause(),
        Cause::Iterations { limit: 5 }
    );
    let elapsed = five + NANO;
    assert_eq!(
        both(5, elapsed).unwrap_err().cause(),
        Cause::Timeout {
            limit: five,
            elapsed
        }
    );
}

#[loop_guard(iterations = 10)]
fn recursive(depth: u32, total: &mut u32) -> Result<(), Tripped> {
    for _ in 0..4 {
        *total += 1;
    }
    if depth > 0 {
        recursive(depth - 1, total)?;
    }
    for _ in 0..6 {
        *total += 1;
    }
    Ok(())
}

#[test]
fn each_activation_counts_for_itself() {
    let mut total = 0;
    recursive(50, &mut total).unwrap();
    assert_eq!(total, 510);
}

#[loop_guard(iterations = NONE, name = "the settling of accounts")]
fn named() -> Result<(), Tripped> {
    loop {}
}

/// A literal zero is an error.
const NONE: u32 = 0;

struct Account;

impl Account {
    #[loop_guard(iterations = NONE)]
    fn settle() -> Result<(), Tripped> {
        loop {}
    }
}

mod inner {
    use guard_runtime::{Tripped, loop_guard};

    use super::NONE;

    #[loop_guard(iterations = NONE)]
    pub(super) fn settle() -> Result<(), Tripped> {
        loop {}
    }
}

#[test]
fn names() {
    let scope = |outcome: Result<(), Tripped>| outcome.unwrap_err().scope();
    assert_eq!(scope(named()), "the settling of accounts");
    assert_eq!(scope(Account::settle()), "behaviour::arguments::settle");
    assert_eq!(
        scope(inner::settle()),
        "behaviour::arguments::inner::settle"
    );
}

mod elsewhere {
    pub(super) mod re_exported {
        pub(in crate::arguments) use guard_runtime as by_another_name;
    }
}

#[loop_guard(iterations = 3, crate = elsewhere::re_exported::by_another_name)]
fn through_another_path() -> Result<(), Tripped> {
    loop {}
}

#[loop_guard(timeout = "1ns", iterations = 3, crate = crate::arguments::elsewhere::re_exported::by_another_name)]
fn through_a_crate_path() -> Result<(), Tripped> {
    loop {}
}

#[test]
fn the_runtime_under_another_path() {
    let _paused = Paused::new();
    assert!(through_another_path().is_err());
    assert!(through_a_crate_path().is_err());
}
