//! The budget of one activation of a function that says `#[loop_guard(budget = ..)]`.
//!
//! ```text
//! let __budget = granted(&budget, &SITE);
//! let (__scope, mut __seen) = enter(__budget.entry());
//! let __limit = __budget.iterations();
//! ...
//! if __budget.is_strict() { tick(at) }
//! ```

use crate::base::site::Site;
use crate::budget::limits::Budget;
use crate::budget::root::{Root, root};
use crate::check::enter::Entry;
use crate::check::watched::Watching;
use crate::stack::current;

/// What a [`Budget`] comes to where it is opened. It outlives the scope.
#[doc(hidden)]
#[must_use]
pub struct Granted {
    site: &'static Site,
    limit: u64,
    iterations: u64,
    is_strict: bool,
    _watching: Option<Watching>,
    _root: Option<Root>,
}

/// Opens everything but the scope. The function's own `site` is the scope's, unless the budget has a name.
#[doc(hidden)]
#[track_caller]
pub fn granted(budget: &Budget, site: &'static Site) -> Granted {
    let named = |name| Site::named(name, site.location());
    let site = budget.name.map_or(site, named);
    let root = budget.root.then(root);
    // The scope will lie at the present depth, and its entry looks.
    let watch = budget.watch(site);
    Granted {
        site,
        limit: budget.frame_limit(),
        iterations: budget.frame_iterations().unwrap_or(u64::MAX),
        is_strict: budget.strict,
        _watching: watch.map(|watch| Watching::new(current::depth(), watch)),
        _root: root,
    }
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

    /// Whether a result after the deadline is a trip.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.is_strict
    }
}
