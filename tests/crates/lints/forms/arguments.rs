//! Every argument of the attribute that the other files do not have.

use super::{Error, Outcome};
use guard_runtime::policy::{Breaker, Bulkhead, Retry};
use guard_runtime::{Budget, CancelToken};
use std::time::Instant;

/// Fails never.
pub static BREAKER: Breaker = Breaker::new();

/// Room for all.
pub static BULKHEAD: Bulkhead = Bulkhead::new(1000);

/// Three times.
pub const RETRY: Retry = Retry::attempts(3);

/// Budgets that are decided at run time.
#[derive(Debug)]
pub struct Tenant {
    /// Of one call.
    pub budget: Budget,
}

/// CPU time.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(cpu = "1h"))]
pub fn cpu(n: u32) -> Outcome<u32> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}

/// Levels of a recursion.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(depth = 1000))]
pub fn depth(n: u32) -> Outcome<u32> {
    let mut sum = 0;
    for i in 1..n {
        sum += depth(n - i)?;
    }
    Ok(sum)
}

/// Two budgets, of which both have to be spent.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", iterations = 1000, when = "all"))]
pub fn when(n: u32) -> Outcome<u32> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}

/// A token.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(cancel = token.clone()))]
pub fn cancel(n: u32, token: &CancelToken) -> Outcome<u32> {
    let mut sum = 0;
    while !token.is_cancelled() && sum < n {
        sum += 1;
    }
    Ok(sum)
}

/// A budget that is a value.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(budget = tenant.budget))]
pub fn budget(n: u32, tenant: &Tenant) -> Outcome<u32> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    println!("{:?}", tenant);
    Ok(sum)
}

/// A check at the entry.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(inherit, entry))]
pub fn entry(n: u32) -> Outcome<u32> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}

/// A moment.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(deadline = moment))]
pub fn deadline(n: u32, moment: Instant) -> Outcome<u32> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    println!("{:?}", moment);
    Ok(sum)
}

/// Without the budgets around.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", root))]
pub fn root(n: u32) -> Outcome<u32> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}

/// A value that is late is none.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", strict))]
pub fn strict(n: u32) -> Outcome<u32> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}

/// What the watchdog does, and what is told before.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", warn_at = 0.8, on_overdue = "restart", pauses = "ignore"))]
pub fn watched(n: u32) -> Outcome<u32> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}

/// Policies.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", breaker = BREAKER, bulkhead = BULKHEAD))]
pub fn kept_away(n: u32) -> Outcome<u32> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}

/// Again, and something else at last.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", retry = RETRY, attempt_timeout = "1s", reserve = "200ms", fallback = Err(Error)))]
pub fn again(n: u32) -> Outcome<u32> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    if sum == 7 {
        return Err(Error);
    }
    Ok(sum)
}

/// The crate under its own name.
#[cfg_attr(feature = "timeout", guard_runtime::loop_guard(timeout = "1h", crate = guard_runtime))]
pub fn by_path(n: u32) -> Outcome<u32> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}
