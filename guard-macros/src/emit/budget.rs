//! Scopes of a `Budget`: one that the function names, or one that is made here of limits that a frame cannot store.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::Ident;

use crate::emit::{Emit, q};
use crate::plan::{BudgetParts, Limits};

impl Emit<'_> {
    /// The `let` with the scope's budget, in front of the function's statements.
    ///
    /// ```text
    /// static SITE; let budget = grant(spending(nanos).depth(1_000), &SITE); let site = budget.site();
    /// ```
    pub(crate) fn grant(&self, function: &Ident) -> Option<TokenStream> {
        let limits = self.plan.budget.as_ref()?;
        let parts = limits.via_budget.as_ref()?;
        let (private, site) = (&self.private, self.site(function, None));
        let budget = self.budget(limits, parts);
        let grant = q!(#private::grant(#budget, &__LOOP_GUARD_SITE));
        // The future that is polled in the scope refers to it.
        let grant = match self.plan.future {
            Some(_) => q!(&#grant),
            None => grant,
        };
        Some(q! {
            #site
            let __budget = #grant;
        })
    }

    fn budget(&self, limits: &Limits<'_>, parts: &BudgetParts<'_>) -> TokenStream {
        let private = &self.private;
        let root = self.plan.root.then(|| q!(.root()));
        if let Some(expr) = parts.budget {
            let (private, end) = self.blaming(expr);
            let budget = quote_spanned!(end=> #private::budget(&(#expr)));
            return q!(#budget #root);
        }
        let time = self.time(limits);
        let mut budget = q!(#private::spending(#time));
        if let Some(limit) = parts.cpu {
            let limit = self.nanos(Some(limit));
            budget = q!(#private::cpu::within(#budget, #limit));
        }
        let iterations = limits.iterations.map(|limit| self.number(limit));
        let iterations = iterations.map(|limit| q!(.iterations(#limit)));
        let depth = parts.depth.map(|limit| self.number(limit));
        let depth = depth.map(|limit| q!(.depth(#limit)));
        let all = parts.all.then(|| q!(.all()));
        budget = q!(#budget #iterations #depth #all #root);
        match parts.cancel {
            Some(token) => {
                let (private, end) = self.blaming(token);
                quote_spanned!(end=> #private::until_cancelled(#budget, #token))
            }
            None => budget,
        }
    }

    /// Opens the scope, and leaves if a budget is spent already.
    ///
    /// ```text
    /// let granted = budget.open(); let limit = granted.iterations(); let mut left = limit;
    /// let (scope, mut seen) = match enter(granted.entry()) { .. };
    /// granted.begin();
    /// ```
    pub(super) fn open_granted(&self) -> TokenStream {
        let open = self.open(&q!(__granted.entry()), None);
        let limit = self
            .counts()
            .then(|| q!(let __limit = __granted.iterations();));
        let count = match (self.counts(), self.shared_count) {
            (true, true) => Some(q!(__scope.allow(__limit);)),
            (true, false) => Some(q!(let mut __left = __limit;)),
            (false, _) => None,
        };
        q! {
            let __granted = __budget.open();
            #limit
            #open
            #count
            __granted.begin();
        }
    }
}

/// Hides the scopes around, if the budget demands it. Stands behind [`grant`](Emit::grant).
pub(crate) fn root_of_budget() -> TokenStream {
    q!(let __root = __budget.root();)
}
