//! Budgets that are opened around a closure or a future.

use core::future::{Future, poll_fn};
use core::iter;
use core::pin::pin;
use core::task::Poll;
use std::sync::Arc;

use crate::base::location::At;
use crate::base::reentry;
use crate::base::site::Site;
use crate::budget::limits::Budget;
use crate::budget::waits::Waits;
use crate::check::account::Account;
use crate::check::accounts::{self, Listed};
use crate::check::counted::CheckCounting;
use crate::check::enter::enter;
use crate::check::noticed::tick_of_result;
use crate::check::root::root;
use crate::check::tick::tick;
use crate::future::leave::is_left;
use crate::future::polled::{Task, allow, begin};
use crate::stack::current;
use crate::trip::boundary;
use crate::trip::tripped::Tripped;

impl Budget {
    /// Calls `f` in a scope with this budget.
    ///
    /// The checks that `f` reaches (guarded functions, [`checkpoint`](crate::checkpoint)s) trip once it is spent,
    /// and leave their functions, each in its own way; `f` may handle that, and its value is returned. Entering is
    /// a check too: if an outer scope is spent, `f` is not called.
    ///
    /// # Errors
    ///
    /// The trip of a check whose function had no place for an error, or of the entry; with
    /// [`strict`](Self::strict), also the trip of a result after the deadline.
    pub fn run<T>(&self, f: impl FnOnce() -> T) -> Result<T, Tripped> {
        if reentry::is_barred() {
            return Ok(f()); // An allocator's, while the runtime allocates: there are no scopes.
        }
        let _root = self.root.then(root);
        let site = self.site();
        let (scope, _) = enter(site.once(self.frame_limit()))?;
        let (_, index) = scope.place();
        let _listed = (self.account(site)).map(|account| Listed::new(index, account));
        look(&site.at())?;
        let counted = self.frame_iterations().map(|limit| {
            scope.allow(limit);
            CheckCounting::new(scope.place().1)
        });
        let value = boundary::boundary(f)?;
        drop(counted);
        if self.strict {
            tick_of_result(&site.at())?;
        }
        Ok(value)
    }

    /// Polls `future` in a scope with this budget: time that it spends waiting counts as well, and when its time is
    /// over it is dropped.
    ///
    /// The budget begins with the first poll. If the returned future is dropped before it is ready, `future` is dropped
    /// together with its scope.
    ///
    /// # Errors
    ///
    /// The future's output is the trip if its time ran out while it waited, or if a check tripped whose function
    /// had no place for an error; otherwise as for [`run`](Self::run).
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::Budget;
    ///
    /// # fn block_on<T>(future: impl Future<Output = T>) -> T {
    /// #     let mut future = std::pin::pin!(future);
    /// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// #     loop {
    /// #         if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
    /// #             return value;
    /// #         }
    /// #     }
    /// # }
    /// # block_on(async {
    /// let budget = Budget::timeout(Duration::from_millis(5)).named("answer");
    /// assert_eq!(budget.wrap(async { 42 }).await.unwrap(), 42);
    /// let tripped = budget.wrap(std::future::pending::<()>()).await.unwrap_err();
    /// assert_eq!(tripped.scope(), "answer");
    /// # });
    /// ```
    pub fn wrap<F: Future>(
        &self,
        future: F,
    ) -> impl Future<Output = Result<F::Output, Tripped>> + use<F> {
        let (budget, site) = (self.clone(), self.site());
        async move {
            let mut task = Task::with_extras();
            let body = budget.in_scope(site, CountedBy::Checks, future, |_| ());
            let mut body = pin!(body);
            poll_fn(|context| {
                let _root = budget.root.then(root);
                task.poll_caught(body.as_mut(), context, &site.at())
            })
            .await?
        }
    }

    /// Opens the scope, which the task around closes. `opened` is told its account.
    pub(super) async fn in_scope<F: Future>(
        &self,
        site: &'static Site,
        counting: CountedBy,
        future: F,
        opened: impl FnOnce(Option<&Arc<Account>>),
    ) -> Result<F::Output, Tripped> {
        if begin(site, self.frame_limit()).is_stale() {
            tick(&site.at())?;
        }
        let limit = self.frame_iterations();
        if limit.is_some() || counting == CountedBy::Iterations {
            allow(limit.unwrap_or(u64::MAX));
        }
        let counts_checks = limit.is_some() && counting == CountedBy::Checks;
        let account = self.account(site);
        opened(account.as_ref());
        let mut waits = account
            .as_ref()
            .map(|account| Waits::new(iter::once(&**account)));
        let mut future = pin!(future);
        let value = poll_fn(|context| {
            // The innermost scope is the one that was opened above.
            let index = current::depth() - 1;
            let _listed = account
                .as_ref()
                .map(|account| Listed::new(index, Arc::clone(account)));
            look(&site.at())?;
            let _counted = counts_checks.then(|| CheckCounting::new(index));
            let poll = future.as_mut().poll(context);
            // A future that is being left does not wait: the code that polls the task takes the trip.
            if let (Poll::Pending, Some(waits), false) = (&poll, &mut waits, is_left()) {
                if waits.register(context) {
                    look(&site.at())?;
                }
            }
            poll.map(Ok)
        })
        .await?;
        if self.strict {
            tick_of_result(&site.at())?;
        }
        Ok(value)
    }
}

/// What counts as an iteration in a future's scope.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CountedBy {
    /// Each check: the scope has no loops of its own.
    Checks,
    /// The iterations of the function's loops, which count them.
    Iterations,
}

/// Looks at the accounts, without counting a check.
pub(super) fn look(at: &At) -> Result<(), Tripped> {
    match current::current().filter(|_| accounts::is_open()) {
        Some(stack) => accounts::look(stack, at).map(drop),
        None => Ok(()),
    }
}
