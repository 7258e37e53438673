//! Opening a scope.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{BinOp, Expr, Ident, UnOp};

use crate::args::duration::Timeout;
use crate::emit::exit::probe;
use crate::emit::{Emit, Mark, Position, blaming, q};
use crate::plan::{Leave, Limits};

impl Emit<'_> {
    /// Opens the scope, and leaves if a budget is spent already.
    ///
    /// ```text
    /// let limit = 1_000; let mut left = limit;
    /// let (scope, mut seen) = match { static SITE; enter(SITE.always(nanos)) } {
    ///     Ok(open) => open,
    ///     Err(tripped) => leave,
    /// };
    /// ```
    pub(crate) fn enter(&self, limits: &Limits<'_>, function: &Ident) -> TokenStream {
        if limits.via_budget.is_some() {
            return self.open_granted();
        }
        let (nanos, limit) = (self.time(limits), self.limit(limits));
        let (within, entry) = match (is_constant(limits), self.plan.root) {
            (true, _) => (Some(&nanos), q!(__LOOP_GUARD_SITE.always(#nanos))),
            (false, true) => (None, q!(__LOOP_GUARD_SITE.once(__nanos))),
            (false, false) => (None, q!(__LOOP_GUARD_SITE.once(#nanos))),
        };
        let site = self.site(function, within);
        if self.shared_count {
            let open = self.open(&entry, None);
            return q!(#site #limit #open __scope.allow(__limit););
        }
        let left = limit.is_some().then(|| q!(let mut __left = __limit;));
        let open = self.open(&entry, Some(&site));
        q!(#limit #left #open)
    }

    /// The wall that hides everything around, in front of the scope. The time is evaluated before it, where the
    /// scopes around still count.
    ///
    /// ```text
    /// let nanos = ..; let root = root();
    /// ```
    pub(crate) fn root(&self) -> Option<TokenStream> {
        let limits = self.plan.budget.as_ref().filter(|_| self.plan.root)?;
        if limits.via_budget.is_some() {
            return None;
        }
        let private = &self.private;
        let nanos = self.time(limits);
        let nanos = (!is_constant(limits)).then(|| q!(let __nanos = #nanos;));
        Some(q!(#nanos let __root = #private::root();))
    }

    pub(super) fn open(&self, entry: &TokenStream, site: Option<&TokenStream>) -> TokenStream {
        let private = &self.private;
        let open = match &self.plan.leave {
            Leave::Panic => q!({ #site #private::enter_or_panic(#entry) }),
            // At the entry there is no loop to break; the first loop will notice.
            Leave::Break => q!({ #site #private::open(#entry) }),
            Leave::Probe(ty) => {
                let (probe, end) = probe(ty);
                let enter = if self.plan.lenient {
                    quote_spanned!(end=> #probe.enter_leniently(#entry))
                } else {
                    quote_spanned!(end=> #probe.enter(#entry))
                };
                q! {
                    match { #site #enter } {
                        #private::Result::Ok(__open) => __open,
                        #private::Result::Err(__out) => return __out,
                    }
                }
            }
            _ => {
                let leave = self.leave(Position::Entry, false);
                q! {
                    match { #site #private::enter(#entry) } {
                        #private::Result::Ok(__open) => __open,
                        #private::Result::Err(__tripped) => { #leave }
                    }
                }
            }
        };
        q!(let (__scope, mut __seen) = #open;)
    }

    /// Opens the scope of a future at its first poll, and leaves if a budget is spent already.
    pub(crate) fn begin(&self, limits: &Limits<'_>, function: &Ident) -> TokenStream {
        let private = &self.private;
        let turns = limits.yield_every.map(|every| {
            let every = self.nanos(Some(every));
            q!(#private::take_turns(#every);)
        });
        if limits.via_budget.is_some() && !self.in_place {
            // The code that polls the body opens the scope.
            return turns.unwrap_or_default();
        }
        let tick = self.tick(Mark::entry(function), Position::Entry, true);
        if limits.via_budget.is_some() {
            let leave = self.leave(Position::Entry, false);
            return q! {
                let __seen = __budget.begin(&mut __task);
                #turns
                if __seen.is_stale() { #tick }
                if let #private::Result::Err(__tripped) = __task.spend() { #leave }
            };
        }
        let (nanos, limit) = (self.time(limits), self.limit(limits));
        let allow = limit.is_some().then(|| q!(#private::allow(__limit);));
        let begin = if self.in_place {
            q!(__task.begin)
        } else {
            q!(#private::begin)
        };
        q! {
            #limit
            let __seen = #begin(&__LOOP_GUARD_SITE, #nanos);
            #allow
            #turns
            if __seen.is_stale() { #tick }
        }
    }

    /// What stands in front of [`begin`](Self::begin) if the body stays in place: what the future keeps of its scope,
    /// with its cleanup.
    pub(crate) fn keep(
        &self,
        limits: &Limits<'_>,
        function: &Ident,
        cleanup: Option<&TokenStream>,
    ) -> TokenStream {
        let (private, root) = (&self.private, self.plan.root);
        let (declare, more) = match &limits.via_budget {
            Some(_) => (self.grant(function), Some(q!(__budget.spending()))),
            None => (Some(self.site(function, None)), None),
        };
        let usual = |private| {
            if has_extras(limits) {
                q!(#private::Extras::default())
            } else {
                q!(())
            }
        };
        let new = match (cleanup, more, root) {
            (Some(_), more, _) => {
                let more = more.unwrap_or_else(|| usual(private));
                q!(<_, #root>::with(#private::covered(__cleanup, #more)))
            }
            (None, Some(more), _) => q!(<_, #root>::with(#more)),
            (None, None, true) => {
                let more = usual(private);
                q!(<_, true>::with(#more))
            }
            (None, None, false) => {
                let new = new_task(limits);
                q!(#new())
            }
        };
        q! {
            #declare
            #cleanup
            let mut __task = #private::InPlace::#new;
        }
    }

    /// The epoch to begin with if no scope is opened.
    pub(crate) fn inherit(&self) -> TokenStream {
        let private = &self.private;
        q!(let mut __seen = #private::inherit();)
    }

    /// The time of a scope in nanoseconds, without what is kept for a fallback.
    pub(super) fn time(&self, limits: &Limits<'_>) -> TokenStream {
        let private = &self.private;
        let nanos = match limits.deadline {
            Some(moment) => {
                let (private, end) = self.blaming(moment);
                quote_spanned!(end=> #private::until(#moment))
            }
            None => self.nanos(limits.timeout),
        };
        match limits.reserve {
            Some(reserve) => {
                let reserve = self.nanos(Some(reserve));
                q!(#private::policy::without(#nanos, #reserve))
            }
            None => nanos,
        }
    }

    /// A number of nanoseconds; no limit if there is no duration.
    pub(crate) fn nanos(&self, timeout: Option<&Timeout>) -> TokenStream {
        let private = &self.private;
        match timeout {
            Some(timeout) => nanos(private, timeout),
            None => q!(#private::u64::MAX),
        }
    }

    /// `let __limit = ..;`, if iterations are counted.
    fn limit(&self, limits: &Limits<'_>) -> Option<TokenStream> {
        let limit = self.number(limits.iterations?);
        Some(q!(let __limit = #limit;))
    }

    /// A number of any integer type. One that leaves its type open would be an `i32`, and is a `u64` instead.
    pub(super) fn number(&self, expr: &Expr) -> TokenStream {
        match unsuffixed(expr) {
            Some(number) => grouped(number),
            None if is_untyped(expr) => {
                let private = &self.private;
                q!({ let __number: #private::u64 = #expr; __number })
            }
            None => {
                let (private, end) = self.blaming(expr);
                quote_spanned!(end=> #private::Count::count(#expr))
            }
        }
    }
}

/// How to create the task of a future: most have nothing but a deadline.
pub(super) fn new_task(limits: &Limits<'_>) -> TokenStream {
    if has_extras(limits) {
        q!(with_extras)
    } else {
        q!(new)
    }
}

fn has_extras(limits: &Limits<'_>) -> bool {
    limits.iterations.is_some() || limits.yield_every.is_some()
}

/// Whether the scope's time is the same at each entry.
pub(crate) fn is_constant(limits: &Limits<'_>) -> bool {
    let is_computed = matches!(limits.timeout, Some(Timeout::Expr(_)));
    !is_computed && limits.deadline.is_none() && limits.reserve.is_none()
}

/// A duration in nanoseconds.
pub(crate) fn nanos(private: &TokenStream, timeout: &Timeout) -> TokenStream {
    match timeout {
        Timeout::Nanos(nanos) => grouped(*nanos),
        Timeout::Expr(expr) => {
            let (private, end) = blaming(private, expr);
            quote_spanned!(end=> #private::nanos(#expr))
        }
    }
}

/// The number, if the expression is a literal without a suffix.
fn unsuffixed(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Group(group) => unsuffixed(&group.expr),
        Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Int(int),
            ..
        }) if int.suffix().is_empty() => int.base10_parse().ok(),
        _ => None,
    }
}

/// Whether nothing in the expression says of which integer type it is: `1 << 40`, `60 * 1_000_000_000`.
fn is_untyped(expr: &Expr) -> bool {
    match expr {
        Expr::Group(group) => is_untyped(&group.expr),
        Expr::Paren(paren) => is_untyped(&paren.expr),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Not(_)) && is_untyped(&unary.expr),
        Expr::Binary(binary) => match binary.op {
            BinOp::Shl(_) | BinOp::Shr(_) => is_untyped(&binary.left),
            BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_) => {
                is_untyped(&binary.left) && is_untyped(&binary.right)
            }
            _ => false,
        },
        _ => unsuffixed(expr).is_some(),
    }
}

/// The number with digits grouped, as a person would write it.
fn grouped(number: u64) -> TokenStream {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push('_');
        }
        text.push(digit);
    }
    text.push_str("_u64");
    text.parse().unwrap_or_else(|_| q!(#number))
}
