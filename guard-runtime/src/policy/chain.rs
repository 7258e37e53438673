//! Fallbacks that are tried in order: each has a time of its own, and one for which no time is left is skipped.

use core::fmt;
use core::panic::Location as Caller;
use core::time::Duration;

use crate::base::duration;
use crate::base::location::Location;
use crate::base::site::Site;
use crate::check::enter::enter;
use crate::policy::around;
use crate::time::clock::nanos;
use crate::trip::boundary;
use crate::trip::event::Event;
use crate::trip::hook;
use crate::trip::tripped::Tripped;

/// Begins a chain of fallbacks, for `fallback = chain().then(..).last(..)`.
///
/// Each step runs in a budget of its own. It answers with `Some` value of the function, or with an `Ok` if that is
/// what the function returns; after any other value, or a trip, the next step is tried. A step is skipped if less
/// than half of its time remains in the budgets around. The last one answers in any case. The hook is told which
/// one did, as [`Event::Answered`](crate::Event::Answered).
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::policy::chain;
/// use guard_runtime::{Tripped, checkpoint, loop_guard};
///
/// fn ask_the_replica() -> Result<u64, Tripped> {
///     loop {
///         checkpoint()?; // never answers
///     }
/// }
///
/// #[loop_guard(
///     timeout = "20ms",
///     fallback = chain().then("5ms", |_| ask_the_replica().ok()).then(Duration::from_millis(1), |_| cached).last(|_| 0)
/// )]
/// fn balance(cached: Option<u64>) -> u64 {
///     loop {}
/// }
///
/// # fn main() {
/// assert_eq!(balance(Some(7)), 7);
/// assert_eq!(balance(None), 0);
/// # }
/// ```
#[must_use = "a chain does nothing until `last`"]
#[track_caller]
pub fn chain() -> Chain<Beginning> {
    Chain {
        steps: Beginning(()),
        location: Location::of(Caller::caller()),
    }
}

/// A chain of fallbacks; see [`chain`].
#[derive(Debug, Clone, Copy)]
#[must_use = "a chain does nothing until `last`"]
pub struct Chain<S> {
    steps: S,
    location: Location,
}

/// No step yet.
#[derive(Debug, Clone, Copy)]
pub struct Beginning(());

/// A chain with one more step.
#[derive(Clone, Copy)]
pub struct Then<S, F> {
    before: S,
    time: Duration,
    step: F,
}

impl<S: fmt::Debug, F> fmt::Debug for Then<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Then")
            .field("before", &self.before)
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

impl<S> Chain<S> {
    /// Adds a step with a time limit: a [`Duration`], or a text such as `"200ms"`.
    ///
    /// # Panics
    ///
    /// If the text is no duration.
    #[track_caller]
    pub fn then<F, A>(self, time: impl Time, step: F) -> Chain<Then<S, F>>
    where
        F: FnOnce(Tripped) -> A,
    {
        Chain {
            steps: Then {
                before: self.steps,
                time: time.duration(),
                step,
            },
            location: self.location,
        }
    }

    /// Ends the chain with the last resort, which always answers.
    pub fn last<R>(self, last: impl FnOnce(Tripped) -> R) -> impl FnOnce(Tripped) -> R
    where
        S: Steps<R>,
    {
        move |tripped| {
            let Self { steps, location } = self;
            let (number, answer) = match steps.answer(&tripped, location) {
                (number, Some(answer)) => (number, answer),
                (number, None) => (number + 1, last(tripped.clone())),
            };
            hook::report(&Event::Answered {
                tripped,
                step: number,
                location,
            });
            answer
        }
    }
}

/// The steps of a chain.
pub trait Steps<R>: sealed::Steps {
    /// The number of the step that answered, or how many steps were tried, and the answer.
    #[doc(hidden)]
    fn answer(self, tripped: &Tripped, location: Location) -> (u32, Option<R>);
}

impl<R> Steps<R> for Beginning {
    fn answer(self, _: &Tripped, _: Location) -> (u32, Option<R>) {
        (0, None)
    }
}

impl<R, S, F, A> Steps<R> for Then<S, F>
where
    S: Steps<R>,
    F: FnOnce(Tripped) -> A,
    A: Answer<R>,
{
    fn answer(self, tripped: &Tripped, location: Location) -> (u32, Option<R>) {
        let number = match self.before.answer(tripped, location) {
            (number, None) => number + 1,
            answered => return answered,
        };
        let time = nanos(self.time);
        if around::remaining().is_some_and(|left| nanos(left) < time / 2) {
            return (number, None);
        }
        let site = Site::named("fallback", location);
        let Ok(_scope) = enter(site.once(time)) else {
            return (number, None);
        };
        let answer = boundary::boundary(|| (self.step)(tripped.clone()));
        (number, answer.ok().and_then(A::answer))
    }
}

/// What a step may return: an `Option` of what the function returns, or the same `Result` as the function.
pub trait Answer<R>: sealed::Answer {
    #[doc(hidden)]
    fn answer(self) -> Option<R>;
}

impl<R> Answer<R> for Option<R> {
    fn answer(self) -> Self {
        self
    }
}

impl<T, E> Answer<Self> for Result<T, E> {
    fn answer(self) -> Option<Self> {
        self.is_ok().then_some(self)
    }
}

/// A duration, or a text such as `"1m 30s"`.
pub trait Time: sealed::Time {
    #[doc(hidden)]
    fn duration(self) -> Duration;
}

impl Time for Duration {
    fn duration(self) -> Self {
        self
    }
}

impl Time for &str {
    #[track_caller]
    fn duration(self) -> Duration {
        let parsed = duration::parse(self);
        parsed.unwrap_or_else(|| panic!("{self:?} is not a duration: write for example \"200ms\""))
    }
}

mod sealed {
    pub trait Steps {}
    impl Steps for super::Beginning {}
    impl<S, F> Steps for super::Then<S, F> {}

    pub trait Answer {}
    impl<R> Answer for Option<R> {}
    impl<T, E> Answer for Result<T, E> {}

    pub trait Time {}
    impl Time for core::time::Duration {}
    impl Time for &str {}
}
