//! What a scope may be limited by besides time and iterations: tokens, CPU time, the depth of a recursion, the
//! scope that it was handed over from, and all of its budgets together instead of any of them.
//!
//! A frame has no room for that, and few scopes need it. So an [`Account`] is kept beside the stack; `accounts.rs`
//! lists those of a thread.

use core::cell::Cell;
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::panic::{AssertUnwindSafe, RefUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::base::site::Site;
pub(crate) use crate::cancel::tokens::Token;
use crate::cancel::tokens::Tokens;
use crate::check::uses::Uses;
use crate::stack::sharing::Shared;
use crate::time::clock;
use crate::time::epoch::HEARTBEAT;
use crate::trip::hook::discard;
use crate::trip::tripped::{Cause, Use};

/// The limits that need an account, as a [`Budget`](crate::Budget) holds them.
#[derive(Clone, Default)]
pub(crate) struct AccountLimits {
    pub(crate) tokens: Tokens,
    #[cfg(feature = "cpu")]
    pub(crate) cpu: Option<u64>,
    pub(crate) depth: Option<u64>,
    /// Whether the scope is spent only once the last of its budgets is.
    pub(crate) all: bool,
}

impl AccountLimits {
    /// The limits of one scope, which opens now: a token may have a part of its own for each scope.
    fn of_scope(&self) -> Self {
        let mut own = self.clone();
        for token in own.tokens.as_mut_slice() {
            if let Some(of_scope) = token.of_scope() {
                *token = of_scope;
            }
        }
        own
    }

    /// Whether a scope with these limits needs an [`Account`].
    pub(crate) fn is_some(&self) -> bool {
        self.depth.is_some() || self.is_lasting()
    }

    /// Whether the scope can be spent after its entry.
    fn is_lasting(&self) -> bool {
        #[cfg(feature = "cpu")]
        if self.cpu.is_some() {
            return true;
        }
        self.all || !matches!(self.tokens, Tokens::None)
    }
}

impl fmt::Debug for AccountLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("AccountLimits");
        out.field("tokens", &self.tokens.as_slice().len());
        #[cfg(feature = "cpu")]
        out.field("cpu", &self.cpu);
        out.field("depth", &self.depth);
        out.field("all", &self.all).finish()
    }
}

/// The limits of one scope and what it has used of them, on all threads on which it is open.
pub(crate) struct Account {
    site: &'static Site,
    limits: AccountLimits,
    /// With `all`: when its time began, and the limit. The frame then has none.
    time: Option<(u64, u64)>,
    /// With `all`: the checks so far, and the limit.
    checks: Option<(AtomicU64, u64)>,
    /// The CPU time that threads have spent in it, up to when each of them last looked.
    #[cfg(feature = "cpu")]
    used: AtomicU64,
    /// The scope that it was handed over from, if it was.
    origin: Option<Shared>,
    told: AtomicBool,
    /// Whether its mode has let it pass.
    passed: AtomicBool,
}

// A token that panics counts as cancelled, so a scope that refers to one is no less unwind safe.
impl RefUnwindSafe for Account {}

impl Account {
    /// The account of a scope that opens now. With `all`, its `limit` and `iterations` are counted here.
    pub(crate) fn new(
        site: &'static Site,
        limits: &AccountLimits,
        limit: u64,
        iterations: Option<u64>,
    ) -> Arc<Self> {
        let timed = limits.all && limit != u64::MAX;
        let checks = iterations.filter(|_| limits.all);
        Arc::new(Self {
            time: timed.then(|| (clock::now(), limit)),
            checks: checks.map(|limit| (AtomicU64::new(0), limit)),
            ..Self::unused(site, limits.of_scope())
        })
    }

    /// The account of a scope that was handed over, and ends with the scope that it comes from.
    pub(crate) fn of_origin(site: &'static Site, origin: Shared) -> Arc<Self> {
        Arc::new(Self {
            origin: Some(origin),
            ..Self::unused(site, AccountLimits::default())
        })
    }

    fn unused(site: &'static Site, limits: AccountLimits) -> Self {
        Self {
            site,
            limits,
            time: None,
            checks: None,
            #[cfg(feature = "cpu")]
            used: AtomicU64::new(0),
            origin: None,
            told: AtomicBool::new(false),
            passed: AtomicBool::new(false),
        }
    }

    /// The account of a scope that was handed over, and ends when this token is cancelled.
    pub(crate) fn until(site: &'static Site, end: Token) -> Arc<Self> {
        let limits = AccountLimits {
            tokens: Tokens::One(end),
            ..AccountLimits::default()
        };
        Self::new(site, &limits, u64::MAX, None)
    }

    pub(super) fn site(&self) -> &'static Site {
        self.site
    }

    /// Marks the scope as tripped. Returns true the first time.
    pub(super) fn tell(&self) -> bool {
        !self.told.swap(true, Ordering::Relaxed)
    }

    /// Marks the scope as spent and let pass by its mode. Returns true the first time.
    pub(super) fn let_pass(&self) -> bool {
        !self.passed.swap(true, Ordering::Relaxed)
    }

    pub(super) fn is_told(&self) -> bool {
        self.told.load(Ordering::Relaxed)
    }

    /// Whether every check counts for it.
    pub(super) fn counts_checks(&self) -> bool {
        self.checks.is_some()
    }

    /// Counts a check, if it counts them.
    pub(super) fn count_check(&self) {
        if let Some((checks, _)) = &self.checks {
            checks.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Starts to count checks from here.
    pub(crate) fn forget_checks(&self) {
        if let Some((checks, _)) = &self.checks {
            checks.store(0, Ordering::Relaxed);
        }
    }

    /// Whether the scope can be spent after its entry.
    pub(super) fn is_lasting(&self) -> bool {
        self.origin.is_some() || self.limits.is_lasting()
    }

    /// Whether a check has to look at it if `level` activations of its site are open.
    pub(super) fn has_to_be_looked_at(&self, level: u64) -> bool {
        self.is_lasting() || self.limits.depth.is_some_and(|limit| level > limit)
    }

    #[cfg(feature = "cpu")]
    pub(super) fn limits_cpu(&self) -> bool {
        self.limits.cpu.is_some()
    }

    /// Adds CPU time that a thread has spent in the scope.
    #[cfg(feature = "cpu")]
    pub(super) fn add_cpu(&self, spent: u64) {
        self.used.fetch_add(spent, Ordering::Relaxed);
    }

    /// The tokens.
    pub(crate) fn tokens(&self) -> &[Token] {
        self.limits.tokens.as_slice()
    }

    /// Whether waiting code has to ask repeatedly, because nothing wakes it when the scope is spent.
    pub(crate) fn is_asked(&self) -> bool {
        self.origin.is_some()
    }

    /// When its time is over, if its frame does not store that.
    pub(crate) fn time_ends(&self) -> u64 {
        self.time
            .map_or(u64::MAX, |(start, limit)| start.saturating_add(limit))
    }
}

impl Account {
    /// Why the scope is spent, or when to look again. On this thread, `level` activations of its site are open.
    /// `cpu` is told how much CPU time is left, and returns the CPU time that is not added yet; it may return more, but
    /// then no more than is left.
    pub(super) fn look(&self, level: u64, cpu: impl FnOnce(u64) -> u64) -> Result<u64, Cause> {
        let mut next = u64::MAX;
        for token in self.tokens() {
            if let Some(cause) = ask(token) {
                return Err(cause);
            }
            if !token.moves_the_epoch() {
                next = clock::now().saturating_add(HEARTBEAT);
            }
        }
        if let Some(origin) = &self.origin {
            if origin.has_ended() {
                return Err(Cause::ScopeEnded);
            }
            next = clock::now().saturating_add(HEARTBEAT);
        }
        let checks = self.checks();
        if self.limits.all && checks.as_ref().is_some_and(|checks| !checks.is_spent()) {
            // Not all are spent, and each check looks: neither clock has to be read.
            return Ok(next);
        }
        let depth = self.limits.depth.map(|limit| Use { limit, used: level });
        let uses = Uses {
            time: self.time(),
            cpu: self.cpu(cpu),
            checks,
            depth,
        };
        let then = if self.limits.all {
            uses.together()?
        } else {
            uses.alone()?
        };
        Ok(next.min(then))
    }

    /// Why it is spent even behind a shield.
    pub(super) fn forced(&self) -> Option<Cause> {
        let mut tokens = self.tokens().iter();
        tokens
            .find(|token| token.is_forced())
            .map(|token| token.cause())
    }

    #[cfg(feature = "cpu")]
    fn cpu(&self, here: impl FnOnce(u64) -> u64) -> Option<Use<u64>> {
        let limit = self.limits.cpu?;
        let before = self.used.load(Ordering::Relaxed);
        let used = before.saturating_add(here(limit.saturating_sub(before)));
        Some(Use { limit, used })
    }

    #[cfg(not(feature = "cpu"))]
    #[allow(clippy::unused_self, reason = "the shape with the feature")]
    fn cpu(&self, _: impl FnOnce(u64) -> u64) -> Option<Use<u64>> {
        None
    }

    fn time(&self) -> Option<Use<u64>> {
        let (start, limit) = self.time?;
        Some(Use {
            limit,
            used: clock::now().saturating_sub(start),
        })
    }

    fn checks(&self) -> Option<Use<u64>> {
        let (checks, limit) = self.checks.as_ref()?;
        Some(Use {
            limit: *limit,
            used: checks.load(Ordering::Relaxed),
        })
    }
}

thread_local! {
    /// Whether this thread is asking a token, which is foreign code.
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is asking a token. Checks that the token's code makes do not look at accounts.
pub(super) fn is_asking() -> bool {
    ASKING.get()
}

/// Asks a token: returns why to stop, if it says so.
fn ask(token: &Token) -> Option<Cause> {
    if token.moves_the_epoch() {
        return token.is_cancelled().then(|| token.cause());
    }
    ASKING.set(true);
    let asked = catch_unwind(AssertUnwindSafe(|| {
        token.is_cancelled().then(|| token.cause())
    }));
    ASKING.set(false);
    asked.unwrap_or_else(|payload| {
        discard(payload);
        let reason = "the token panicked";
        Some(Cause::Cancelled { reason })
    })
}
