//! Handing the scopes of one thread to another.

use core::cell::Cell;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::pin;
use std::sync::Arc;

use crate::base::reentry;
use crate::base::site::Site;
use crate::budget::waits::Waits;
use crate::check::account::Account;
use crate::check::accounts::{self, Listed};
use crate::check::root::root;
use crate::future::shared;
use crate::stack::current::{self, force_cold};
use crate::stack::frame::Saved;
use crate::stack::frames::Stack;
use crate::stack::scope::Base;
use crate::stack::sharing::Shared;
use crate::time::source;

/// The scopes that are open here, to be opened on another thread or in another task as well.
///
/// Work that is started elsewhere has no part in the budgets of the code that started it, unless a context is
/// handed over. Inside [`run`](Self::run) the handed-over scopes count and no others, in particular none that the
/// thread has open already: so a pool that runs one job in the middle of another keeps them apart. Deadlines,
/// tokens and CPU time are shared; iterations and depths are counted where the loops are.
///
/// A scope ends when its function returns, that of a future when it has its result or is dropped. What still runs in it
/// then, trips with [`Cause::ScopeEnded`](crate::Cause::ScopeEnded) within a tick; [`detach`](Self::detach) says
/// otherwise. Inside [`run`](Self::run) the scopes still belong to the code that handed them over: they end with that code,
/// and not when `run` returns.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, Context, checkpoint, remaining};
///
/// let outcome = Budget::timeout(Duration::from_millis(5)).named("request").run(|| {
///     let context = Context::current();
///     std::thread::scope(|scope| {
///         let worker = scope.spawn(move || {
///             assert_eq!(remaining(), None);
///             context.run(|| loop {
///                 if let Err(tripped) = checkpoint() {
///                     break tripped;
///                 }
///             })
///         });
///         worker.join().unwrap()
///     })
/// });
/// assert_eq!(outcome.unwrap().scope(), "request");
/// ```
#[derive(Clone)]
pub struct Context {
    scopes: Arc<[Handed]>,
    /// The accounts, each with the number of its scope.
    accounts: Arc<[(u32, Arc<Account>)]>,
    /// The account that ends the scopes.
    origin: Option<(u32, Arc<Account>)>,
}

#[derive(Clone, Copy)]
struct Handed {
    site: &'static Site,
    saved: Saved,
    /// The same for threads whose clock runs, if it was saved under a paused clock.
    #[cfg(feature = "testing")]
    running: Saved,
    /// The iteration limit, if that is spent.
    spent: Option<u64>,
}

impl Handed {
    /// The saved scope, on the clock of this thread.
    fn saved(&self) -> &Saved {
        #[cfg(feature = "testing")]
        if source::paused_at().is_none() {
            return &self.running;
        }
        &self.saved
    }
}

impl Context {
    /// The scopes that count here. Outside any, or in a [`shield`](crate::shield()), it is empty.
    #[must_use]
    pub fn current() -> Self {
        let stack = current::current().filter(|_| !reentry::is_barred());
        stack.map_or_else(Self::empty, Self::of)
    }

    fn empty() -> Self {
        Self {
            scopes: Arc::new([]),
            accounts: Arc::new([]),
            origin: None,
        }
    }

    fn of(stack: &'static Stack) -> Self {
        let base = stack.above_innermost_wall();
        let handed = |index| {
            let (site, _, spent) = stack.describe(index);
            let saved = stack.save(index);
            Handed {
                site: Site::by_id(site),
                saved,
                #[cfg(feature = "testing")]
                running: running(saved),
                spent,
            }
        };
        let scopes: Arc<[_]> = (base..stack.depth()).map(handed).collect();
        let accounts = accounts::lasting(stack);
        let accounts = accounts
            .into_iter()
            .map(|(owner, account)| (owner - base, account));
        let innermost = stack.depth().checked_sub(1);
        let innermost = innermost.filter(|index| *index >= base);
        let origin = innermost.and_then(|index| {
            let site = scopes[(index - base) as usize].site;
            Some((index - base, origin(stack, index, site)?))
        });
        Self {
            accounts: accounts.collect(),
            scopes,
            origin,
        }
    }

    /// The same scopes, which then do not end with the function that opened them: only their budgets end them.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::{Budget, Context, checkpoint};
    ///
    /// let context = Budget::timeout(Duration::from_secs(60)).run(Context::current).unwrap();
    /// assert!(context.run(checkpoint).is_err(), "the scope has ended");
    /// assert!(context.detach().run(checkpoint).is_ok());
    /// ```
    #[must_use]
    pub fn detach(&self) -> Self {
        Self {
            origin: None,
            ..self.clone()
        }
    }

    /// Calls `f` in these scopes. Can be called any number of times, also at the same time on several threads.
    ///
    /// The checks that `f` reaches leave their functions, each in its own way; a function without a place for an
    /// error panics through the caller.
    pub fn run<T>(&self, f: impl FnOnce() -> T) -> T {
        if reentry::is_barred() {
            return f(); // An allocator's, while the runtime allocates: there are no scopes.
        }
        let _root = root();
        let _opened = Opened::new(self);
        f()
    }

    /// Polls `future` in these scopes: each poll is like [`run`](Self::run). A cancel or a deadline wakes it, and
    /// the guarded functions in it trip; a wait without a guard continues.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::{Budget, Context, Tripped, loop_guard};
    ///
    /// #[loop_guard(timeout = "1h")]
    /// async fn never() -> Result<(), Tripped> {
    ///     std::future::pending().await
    /// }
    ///
    /// let budget = Budget::timeout(Duration::from_millis(5)).named("request");
    /// let task = budget.run(|| Context::current().detach().wrap(never())).unwrap();
    /// let tripped = futures::executor::block_on(task).unwrap_err();
    /// assert_eq!(tripped.scope(), "request");
    /// ```
    pub fn wrap<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        let context = self.clone();
        async move {
            let mut waits = Waits::new(context.all_accounts().map(|(_, account)| &**account));
            let mut future = pin!(future);
            poll_fn(|task| {
                let poll = context.run(|| future.as_mut().poll(task));
                if poll.is_pending() && waits.register(task) {
                    // Cancelled before it was registered, so nothing else wakes the task.
                    task.waker().wake_by_ref();
                }
                poll
            })
            .await
        }
    }

    fn all_accounts(&self) -> impl Iterator<Item = &(u32, Arc<Account>)> {
        self.accounts.iter().chain(&self.origin)
    }
}

/// What ends work in the scope at `index` of this thread's `stack`, which is the innermost.
fn origin(stack: &'static Stack, index: u32, site: &'static Site) -> Option<Arc<Account>> {
    if HANDED.get() == stack.depth() {
        return None; // It was handed over, with what ends it.
    }
    match source::depth_of_task() {
        Some(task) if task == index => {
            let end = shared::end_of(stack, index);
            Some(Account::until(site, end))
        }
        // The future that is polled has no scope yet: it is somebody else's.
        Some(task) if task > index => None,
        _ => Some(Account::of_origin(site, Shared::new(stack, index))),
    }
}

thread_local! {
    /// The depth above the scopes that were handed over last; 0 without any.
    static HANDED: Cell<u32> = const { Cell::new(0) };
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.scopes.iter().map(|scope| scope.site.name());
        f.debug_list().entries(names).finish()
    }
}

/// The scopes of a context, on this thread's stack until it is dropped.
struct Opened {
    listed: Vec<Listed>,
    handed_before: u32,
    _scope: Base,
}

impl Opened {
    fn new(context: &Context) -> Self {
        let scope = Base::new();
        let (stack, base) = scope.place();
        for handed in &*context.scopes {
            let index = stack.depth();
            stack.resume(handed.site.register(), handed.saved());
            if let Some(limit) = handed.spent {
                stack.spend(index, limit);
            }
        }
        force_cold();
        let account =
            |(at, account): &(u32, Arc<Account>)| Listed::new(base + at, Arc::clone(account));
        Self {
            listed: context.all_accounts().map(account).collect(),
            handed_before: HANDED.replace(stack.depth()),
            _scope: scope,
        }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        // The scope that was opened last is closed first.
        while self.listed.pop().is_some() {}
        HANDED.set(self.handed_before);
    }
}

/// Converts a saved scope for threads whose clock runs.
#[cfg(feature = "testing")]
fn running(saved: Saved) -> Saved {
    let Some(paused) = source::paused_at() else {
        return saved;
    };
    let age = paused.saturating_sub(saved.start);
    let exact = crate::base::layout::is_exact(saved.lag) && saved.start != 0;
    if !exact {
        return saved;
    }
    let now = crate::time::clock::real();
    let start = now.saturating_sub(age);
    Saved { start, ..saved }
}
