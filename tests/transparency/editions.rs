//! In edition 2021 the temporaries of a block's value outlive its variables, and those of an `if let` its `else`; since
//! edition 2024 they do not. A guarded function keeps to the edition of its own crate.

use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use edition_2021::Log;

#[path = "../crates/edition_2021/lib.rs"]
mod edition_2024;

/// What is dropped until it is ready, or until it was polled so many times and is dropped itself.
fn dropped<F: Future<Output = u32>>(
    polls: u32,
    make: impl FnOnce(&Log) -> F,
) -> (Vec<u32>, Option<u32>) {
    let log = Log::default();
    let mut value = None;
    {
        let mut future = pin!(make(&log));
        for _ in 0..polls {
            let mut context = Context::from_waker(Waker::noop());
            if let Poll::Ready(ready) = future.as_mut().poll(&mut context) {
                value = Some(ready);
                break;
            }
            log.borrow_mut().push(1000);
        }
    }
    (log.take(), value)
}

macro_rules! same {
    (@future once $value:expr) => { ready($value) };
    (@future $future:expr) => { $future };
    ($edition:ident $form:ident: $($name:ident($told:ident => $($argument:expr),*) $(at $once:ident)?;)*) => {
        for polls in 0..6 {
            $({
                let plain = dropped(polls, |log| {
                    let $told = |id| $edition::Told(log.clone(), id);
                    same!(@future $($once)? $edition::plain::$name($($argument),*))
                });
                let guarded = dropped(polls, |log| {
                    let $told = |id| $edition::Told(log.clone(), id);
                    same!(@future $($once)? $edition::$form::$name($($argument),*))
                });
                assert_eq!(guarded, plain, "{} {}, {polls} polls", stringify!($form), stringify!($name));
            })*
        }
    };
}

macro_rules! forms {
    ($test:ident in $edition:ident: $($form:ident)*) => {
        #[test]
        fn $test() {
            $(same! {
                $edition $form:
                borrows_an_argument(told => (told(1), told(2)), told(3));
                awaits_what_borrows(told => told(1), told(2));
                in_a_statement(told => told(1), told(2));
                moves(told => told(1), told(2), told(3));
                with_a_helper(told => (told(1), told(2)), told(3));
                early(told => told(1), told(2));
                early_or_late(told => told(1), told(2));
                early_or_late(told => told(1), told(1));
                in_closures(told => told(1), told(2));
                tries(told => told(1), told(2));
                called(told => told(1), (told(2), told(3))) at once;
                called_with_closures(told => told(1), (told(2), told(3))) at once;
                with_a_value(told => told(1), told(2)) at once;
                ends_in_a_choice(told => told(1), told(2)) at once;
            })*
        }
    };
}

forms! {
    edition_2021_keeps_its_order in edition_2021:
    guarded inherited counted entered falling_back strict strict_by_parts strict_or_else by_budget cleaned
    strict_and_cleaned
}
forms! {
    edition_2024_keeps_its_order in edition_2024:
    guarded inherited counted entered falling_back strict strict_by_parts strict_or_else by_budget cleaned
    strict_and_cleaned
}

#[test]
fn the_editions_differ() {
    let of_2021 = dropped(9, |log| {
        let told = |id| edition_2021::Told(log.clone(), id);
        edition_2021::plain::awaits_what_borrows(told(1), told(2))
    });
    let of_2024 = dropped(9, |log| {
        let told = |id| edition_2024::Told(log.clone(), id);
        edition_2024::plain::awaits_what_borrows(told(1), told(2))
    });
    assert_eq!(of_2021.0, [1000, 10, 11, 2, 1]);
    assert_eq!(of_2024.0, [1000, 11, 10, 2, 1]);
}

#[test]
fn an_awaited_cleanup_keeps_its_order() {
    assert_eq!(
        dropped(9, |_| edition_2021::awaits_its_cleanup()).1,
        Some(1)
    );
    assert_eq!(edition_2021::CLEANED.take(), [10, 11]);
    assert_eq!(
        dropped(9, |_| edition_2024::awaits_its_cleanup()).1,
        Some(1)
    );
    assert_eq!(edition_2024::CLEANED.take(), [11, 10]);
}
