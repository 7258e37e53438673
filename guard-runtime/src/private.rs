//! What expansions name. Not public API: it changes without notice.

pub use core::future::{IntoFuture, poll_fn};
pub use core::iter::IntoIterator;
pub use core::pin::pin;
pub use core::{
    column, concat, file, line, module_path, option::Option, primitive::u64, result::Result,
};

#[cfg(feature = "macros")]
pub use guard_macros::within;

#[cfg(not(feature = "macros"))]
pub use crate::__within as within;
pub use crate::base::location::At;
pub use crate::base::options::OnOverdue;
pub use crate::base::site::Site;
pub use crate::budget::granted::{budget, flat, grant, spending, until_cancelled};
pub use crate::budget::limits::until;
pub use crate::check::enter::{enter, enter_or_panic, open};
pub use crate::check::iterations::{Count, count, spend};
pub use crate::check::probe::{Crowd, ErrorReturn, Fallback, Probe};
pub use crate::check::root::root;
pub use crate::check::tick::{due, inherit, look, tick};
pub use crate::check::tried::has_failed;
pub use crate::cleanup::cleanup_future::{cleanup_async, until_panic};
pub use crate::cleanup::covered::covered;
pub use crate::cleanup::deferred::{cleanup, cleanup_of_future};
pub use crate::cleanup::named::named;
pub use crate::future::in_place::{InPlace, Same, discard, unheard};
pub use crate::future::kept::Extras;
pub use crate::future::leave::leave;
pub use crate::future::polled::{Body, Task, allow, begin, poll_caught};
pub use crate::future::quantum::{take_turns, turn};
pub use crate::stack::scope::Scope;
pub use crate::strip::ends::between;
pub use crate::strip::kind::kind;
pub use crate::strip::stride::Stride;
pub use crate::time::moment::nanos;
pub use crate::time::seen::Seen;
pub use crate::trip::boundary::{abandon, boundary, panic, unwind};
pub use crate::trip::hook::broken;
pub use crate::trip::tripped::Tripped;

/// Makes ticks late, for this project's own tests.
#[cfg(feature = "testing")]
pub use crate::driver::starve as starve_ticker;

/// Budgets of CPU time: the argument `cpu` needs the feature `cpu` of guard-runtime.
#[cfg(feature = "cpu")]
pub mod cpu {
    pub use crate::budget::granted::within;
}

/// Policies around the body of a function.
#[cfg(feature = "policy")]
pub mod policy {
    pub use crate::policy::retry::Attempts;
    pub use crate::policy::taken::{Taken, again};
    pub use crate::policy::tokens::Tokens;
    pub use crate::policy::woven::{
        Outcome, attempt, attempt_async, breaker, breaker_async, bulkhead, bulkhead_async, caught,
        needs_unwinding, repeatable, repeatable_async, without,
    };
}
