//! The budget of one activation of a function with `#[loop_guard(budget = ..)]`, or with limits that its frame
//! cannot store.
//!
//! ```text
//! let __budget = grant(budget(&expr), &SITE);
//! let __granted = __budget.open();
//! let (__scope, mut __seen) = enter(__granted.entry());
//! __granted.begin();
//! ```
//!
//! In a future that is polled as a whole, the code that polls it opens the scope: `__budget.in_scope(body)`. One whose body
//! stays in place keeps `__budget.spending()`. In both the budget stands in front of the cleanup, so that what counts the
//! scope counts the cleanup.

use core::future::Future;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::{Arc, OnceLock};

use crate::base::site::Site;
use crate::budget::limits::Budget;
use crate::budget::run::{CountedBy, look};
use crate::budget::waits::Waits;
use crate::cancel::asked::IntoCancel;
use crate::check::account::Account;
use crate::check::accounts::Listed;
use crate::check::enter::Entry;
use crate::check::root::{Root, root};
use crate::cleanup::cleanup_future::Cleanup;
use crate::future::in_place::InPlace;
use crate::future::kept::{Extras, More, OnStack};
use crate::future::polled::allow;
use crate::stack::current;
use crate::time::seen::Seen;
use crate::trip::tripped::Tripped;

/// A budget on the heap. A debug build keeps every intermediate value on the stack, and a recursion has them at
/// each of its levels.
#[doc(hidden)]
#[must_use]
pub struct Boxed(Box<Budget>);

impl Boxed {
    /// Like [`Budget::iterations`].
    pub fn iterations(mut self, limit: u64) -> Self {
        self.0.0.iterations = Some(limit);
        self
    }

    /// Like [`Budget::depth`].
    pub fn depth(mut self, limit: u64) -> Self {
        self.0.0.account.depth = Some(limit);
        self
    }

    /// Like [`Budget::all`].
    pub fn all(mut self) -> Self {
        self.0.0.account.all = true;
        self
    }

    /// Like [`Budget::root`].
    pub fn root(mut self) -> Self {
        self.0.0.root = true;
        self
    }
}

/// The budget that a function names.
#[doc(hidden)]
pub fn budget(budget: &Budget) -> Boxed {
    Boxed(Box::new(budget.clone()))
}

/// A budget of this many nanoseconds; `MAX` never ends.
#[doc(hidden)]
#[track_caller]
pub fn spending(nanos: u64) -> Boxed {
    Boxed(Box::new(Budget::timeout(Duration::from_nanos(nanos))))
}

/// Adds a limit of this many nanoseconds of CPU time.
#[cfg(feature = "cpu")]
#[doc(hidden)]
pub fn within(mut budget: Boxed, nanos: u64) -> Boxed {
    budget.0.0.account.cpu = Some(nanos);
    budget
}

/// Adds a token that cancels the scope.
#[doc(hidden)]
pub fn until_cancelled(mut budget: Boxed, token: impl IntoCancel) -> Boxed {
    budget.0.0.account.tokens.push(token.into_cancel());
    budget
}

/// What one activation of the function `site` may spend. The site is the scope's, unless the budget has a name.
#[doc(hidden)]
pub fn grant(budget: Boxed, site: &'static Site) -> Grant {
    let Boxed(budget) = budget;
    Grant {
        site: budget.site_of(site),
        budget,
        account: OnceLock::new(),
    }
}

/// A budget for one activation: the value of [`grant`].
#[doc(hidden)]
#[must_use]
pub struct Grant {
    budget: Box<Budget>,
    site: &'static Site,
    /// The account of the scope that was opened. It outlives the scope, so that a shutdown which counts it also
    /// counts the function's cleanup.
    account: OnceLock<Arc<Account>>,
}

impl Grant {
    /// Whether a result after the deadline is a trip.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.budget.strict
    }

    /// Whether nothing around the scope counts.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.budget.root
    }

    /// Hides the scopes around, if the budget is a root.
    #[track_caller]
    pub fn root(&self) -> Option<Root> {
        self.budget.root.then(root)
    }

    /// Opens everything except the scope.
    pub fn open(&self) -> Granted {
        let (budget, site) = (&self.budget, self.site);
        // The scope will be opened at the current depth, and its entry is a check.
        let account = budget.account(site);
        self.keep(account.as_ref());
        let listed = |account: &Arc<Account>| Listed::new(current::depth(), Arc::clone(account));
        Granted {
            site,
            limit: budget.frame_limit(),
            iterations: budget.frame_iterations().unwrap_or(u64::MAX),
            _listed: account.as_ref().map(listed),
            account,
        }
    }

    fn keep(&self, account: Option<&Arc<Account>>) {
        // Only a shutdown counts scopes, and it has a token in each of them.
        if let Some(account) = account.filter(|it| !it.tokens().is_empty()) {
            _ = self.account.set(Arc::clone(account));
        }
    }

    /// What a future whose body stays in place keeps of the scope.
    pub fn spending(&self) -> Spending<'_> {
        Spending {
            grant: self,
            extras: Extras::default(),
            account: None,
            waits: None,
            listed: None,
        }
    }

    /// Opens the scope of that future. A stale result asks for a check at once.
    #[must_use]
    pub fn begin<X: More, const ROOT: bool>(&self, task: &mut InPlace<X, ROOT>) -> Seen {
        let seen = task.begin(self.site, self.budget.frame_limit());
        allow(self.budget.frame_iterations().unwrap_or(u64::MAX));
        seen
    }

    /// Runs the body of a future in its scope, which the task around closes.
    pub fn in_scope<F: Future>(
        &self,
        body: F,
    ) -> impl Future<Output = Result<F::Output, Tripped>> + use<'_, F> {
        let opened = |account: Option<&Arc<Account>>| self.keep(account);
        (self.budget).in_scope(self.site, CountedBy::Iterations, body, opened)
    }

    /// Lets a cleanup that is awaited keep the account, wherever it is polled.
    pub fn covers<'b, F>(&'b self, cleanup: Cleanup<'b, F>) -> Cleanup<'b, F> {
        cleanup.keeping(&self.account)
    }
}

/// What a future keeps of a scope that was opened of a [`Grant`].
#[doc(hidden)]
#[must_use]
pub struct Spending<'b> {
    grant: &'b Grant,
    extras: Extras,
    account: Option<Arc<Account>>,
    waits: Option<Waits>,
    /// Only during a poll.
    listed: Option<Listed>,
}

impl More for Spending<'_> {
    fn save(&mut self, scope: &OnStack) {
        self.extras.save(scope);
    }

    fn restore(&self, scope: &OnStack) {
        self.extras.restore(scope);
    }

    fn is_root(&self) -> bool {
        self.grant.is_root()
    }

    const BEGINS: bool = true;

    #[inline(never)]
    fn begins(&mut self, scope: &OnStack) -> Result<(), Tripped> {
        if !scope.is_open() {
            return Ok(());
        }
        let Grant { budget, site, .. } = self.grant;
        if self.account.is_none() {
            self.account = budget.account(site);
            self.grant.keep(self.account.as_ref());
        }
        let listed = |account| Listed::new(scope.index(), Arc::clone(account));
        self.listed = self.account.as_ref().map(listed);
        look(&site.at())
    }

    #[inline(never)]
    fn waits(&mut self, _: &OnStack, context: &mut Context<'_>) -> Result<(), Tripped> {
        let account = self.account.as_deref();
        let waits = (self.waits).get_or_insert_with(|| Waits::new(account.into_iter()));
        if waits.register(context) {
            look(&self.grant.site.at())?;
        }
        self.listed = None;
        Ok(())
    }

    fn ends(&mut self) {
        self.listed = None;
    }
}

/// An opened [`Budget`]. It outlives the scope.
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
    /// The scope to enter.
    #[must_use]
    pub fn entry(&self) -> Entry<false> {
        self.site.once(self.limit)
    }

    /// How many iterations the function's loops may take; `MAX` without a limit.
    #[must_use]
    pub fn iterations(&self) -> u64 {
        self.iterations
    }

    /// Called once the scope is open: the check at its entry was not an iteration, and does not count.
    pub fn begin(&self) {
        if let Some(account) = &self.account {
            account.forget_checks();
        }
    }
}

/// Merges the trip of the task with that of the scope in it.
#[doc(hidden)]
pub fn flat<T>(poll: Poll<Result<Result<T, Tripped>, Tripped>>) -> Poll<Result<T, Tripped>> {
    poll.map(|outcome| outcome.and_then(|inner| inner))
}
