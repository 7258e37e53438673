//! Iteration budgets.

use crate::base::location::At;
use crate::base::reentry;
use crate::base::site::Site;
use crate::check::tick::trip;
use crate::stack::current::{self, force_cold};
use crate::stack::scope::Scope;
use crate::time::epoch::EPOCH;
use crate::trip::tripped::Tripped;

/// The trip of a loop that begins iteration `limit + 1` of its activation, which opened `scope`; `None` if its mode
/// lets it pass.
#[doc(hidden)]
#[cold]
#[inline(never)]
#[must_use]
pub fn spend(scope: &Scope, limit: u64, at: &At) -> Option<Tripped> {
    let (stack, owner) = scope.place();
    stack.spend(owner, limit);
    force_cold();
    trip(stack, owner, 0, 0, *at)
}

/// Counts one iteration for the innermost activation of the function `site` on this thread, whether its loops or
/// its closures make it. Returns the trip if it is one too many. A closure that runs on another thread counts
/// nothing.
#[doc(hidden)]
#[must_use]
pub fn count(site: &'static Site, at: &At) -> Option<Tripped> {
    if reentry::is_barred() {
        return None;
    }
    let stack = current::current()?;
    let owner = stack.nearest(site)?;
    let limit = stack.take(owner).err()?;
    let first = stack.spend(owner, limit);
    if stack.is_walled(owner) {
        // Inside a shield nothing trips; the next check after it does.
        if first {
            EPOCH.bump();
        }
        return None;
    }
    force_cold();
    trip(stack, owner, 0, 0, *at)
}

/// A number of iterations, from any integer type.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`iterations` and `depth` must be whole numbers, found `{Self}`",
    label = "write for example `iterations = 1000`"
)]
pub trait Count {
    /// Saturates: a negative number allows no iteration.
    fn count(self) -> u64;
}

macro_rules! count {
    ($($integer:ty)*) => {$(
        impl Count for $integer {
            #[inline(always)]
            fn count(self) -> u64 {
                u64::try_from(self.max(0)).unwrap_or(u64::MAX)
            }
        }
    )*};
}
count!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
