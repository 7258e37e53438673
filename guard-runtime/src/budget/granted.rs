//! The budget of one activation of a function that says `#[loop_guard(budget = ..)]`, or names limits that its frame
//! does not hold.
//!
//! ```text
//! let __budget = grant(budget(&expr), &SITE);
//! let __granted = __budget.open();
//! let (__scope, mut __seen) = enter(__granted.entry());
//! __granted.begin();
//! ```
//!
//! A future has its scope opened by whoever polls it: `__budget.in_scope(async move { body })`.

use core::future::Future;
use core::task::Poll;
use core::time::Duration;
use std::sync::{Arc, OnceLock};

use crate::base::site::Site;
use crate::budget::limits::Budget;
use crate::budget::root::{Root, root};
use crate::budget::run::Counting;
use crate::cancel::asked::IntoCancel;
use crate::check::account::Account;
use crate::check::accounts::Listed;
use crate::check::enter::Entry;
use crate::stack::current;
use crate::trip::tripped::Tripped;

/// A budget on the heap. A debug build keeps each step of its making, and a recursion does so on each of its levels.
#[doc(hidden)]
#[must_use]
pub struct Boxed(Box<Budget>);

impl Boxed {
    /// As [`Budget::iterations`].
    pub fn iterations(mut self, limit: u64) -> Self {
        self.0.0.iterations = Some(limit);
        self
    }

    /// As [`Budget::depth`].
    pub fn depth(mut self, limit: u64) -> Self {
        self.0.0.account.depth = Some(limit);
        self
    }

    /// As [`Budget::all`].
    pub fn all(mut self) -> Self {
        self.0.0.account.all = true;
        self
    }

    /// As [`Budget::root`].
    pub fn root(mut self) -> Self {
        self.0.0.root = true;
        self
    }
}

/// The budget of a function that names one.
#[doc(hidden)]
pub fn budget(budget: &Budget) -> Boxed {
    Boxed(Box::new(budget.clone()))
}

/// A budget of so many nanoseconds; `MAX` never ends.
#[doc(hidden)]
#[track_caller]
pub fn spending(nanos: u64) -> Boxed {
    Boxed(Box::new(Budget::timeout(Duration::from_nanos(nanos))))
}

/// The same, with so many nanoseconds of CPU time.
#[cfg(feature = "cpu")]
#[doc(hidden)]
pub fn within(mut budget: Boxed, nanos: u64) -> Boxed {
    budget.0.0.account.cpu = Some(nanos);
    budget
}

/// The same, until the token is cancelled.
#[doc(hidden)]
pub fn until_cancelled(mut budget: Boxed, token: impl IntoCancel) -> Boxed {
    budget.0.0.account.tokens.push(token.into_cancel());
    budget
}

/// What one activation of the function `site` may spend. The site is the scope's, unless the budget has a name.
#[doc(hidden)]
pub fn grant(budget: Boxed, site: &'static Site) -> Grant {
    let Boxed(budget) = budget;
    let name = budget
        .name
        .or((budget.ignores_pauses).then_some(site.name()));
    let named = |name| budget.site_at(name, site.location());
    let site = name.map_or(site, named);
    Grant {
        budget,
        site,
        account: OnceLock::new(),
    }
}

/// See [`grant`].
#[doc(hidden)]
#[must_use]
pub struct Grant {
    budget: Box<Budget>,
    site: &'static Site,
    /// That of a scope that this opened. Whoever counts it (a shutdown) counts the function's cleanup as well, which runs
    /// when the scope is gone.
    account: OnceLock<Arc<Account>>,
}

impl Grant {
    /// The scope's site.
    #[must_use]
    pub fn site(&self) -> &'static Site {
        self.site
    }

    /// Whether a result after the deadline is a trip.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.budget.strict
    }

    /// Hides what is around, if the budget says so.
    #[track_caller]
    pub fn root(&self) -> Option<Root> {
        self.budget.root.then(root)
    }

    /// Opens everything but the scope.
    pub fn open(&self) -> Granted {
        let (budget, site) = (&self.budget, self.site);
        // The scope will lie at the present depth, and its entry looks.
        let account = budget.account(site);
        // Only a shutdown counts scopes, and it has a token in each.
        if let Some(account) = account.as_ref().filter(|it| !it.tokens().is_empty()) {
            _ = self.account.set(Arc::clone(account));
        }
        let listed = |account: &Arc<Account>| Listed::new(current::depth(), Arc::clone(account));
        Granted {
            site,
            limit: budget.frame_limit(),
            iterations: budget.frame_iterations().unwrap_or(u64::MAX),
            _listed: account.as_ref().map(listed),
            account,
        }
    }

    /// The body of a future in its scope, which the task around closes.
    pub fn in_scope<F: Future>(
        &self,
        body: F,
    ) -> impl Future<Output = Result<F::Output, Tripped>> + use<F> {
        let budget = Budget::clone(&self.budget);
        budget.in_scope(self.site, Counting::Iterations, body)
    }
}

/// What a [`Budget`] comes to where it is opened. It outlives the scope.
#[doc(hidden)]
#[must_use]
pub struct Granted {
    site: &'static Site,
    limit: u64,
    iterations: u64,
    _listed: Option<Listed>,
    account: Option<Arc<Account>>,
}

impl Granted {
    /// The scope.
    #[must_use]
    pub fn entry(&self) -> Entry<false> {
        self.site.once(self.limit)
    }

    /// How many iterations the function's loops may take; `MAX` without a limit.
    #[must_use]
    pub fn iterations(&self) -> u64 {
        self.iterations
    }

    /// The scope is open. The check of its entry was none of an iteration.
    pub fn begin(&self) {
        if let Some(account) = &self.account {
            account.forget_checks();
        }
    }
}

/// The trip of the task, or that of the scope in it.
#[doc(hidden)]
pub fn flat<T>(poll: Poll<Result<Result<T, Tripped>, Tripped>>) -> Poll<Result<T, Tripped>> {
    poll.map(|outcome| outcome.and_then(|inner| inner))
}
