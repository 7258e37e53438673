//! The check of a loop, and of an entry that opens no scope.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::Ident;

use crate::emit::exit::{Position, probe};
use crate::emit::{Emit, Mark, q};
use crate::plan::Leave;

/// What a check has to know about its loop.
#[derive(Clone, Copy)]
pub(crate) struct Check {
    pub(crate) mark: Mark,
    pub(crate) position: Position,
    /// The number of its counter, and how many iterations are between two checks.
    pub(crate) every: Option<(u32, u32)>,
    /// Whether the epoch seen last is read from the thread, and not from a local.
    pub(crate) fresh: bool,
    /// Whether the task yields here when its quantum is over.
    pub(crate) turns: bool,
}

/// The counters of loops with `every`.
pub(crate) fn counters(numbers: impl Iterator<Item = u32>) -> TokenStream {
    numbers
        .map(counter)
        .map(|name| q!(let mut #name = 0u32;))
        .collect()
}

fn counter(number: u32) -> Ident {
    format_ident!("__every_{number}", span = Span::mixed_site())
}

impl Emit<'_> {
    /// The check at the entry of a function that opens no scope.
    pub(crate) fn look(&self, function: &Ident) -> TokenStream {
        let private = &self.private;
        let tick = self.tick(Mark::entry(function), Position::Entry, false);
        let declare = self.inherit();
        q!(#declare if #private::due(__seen) { #tick })
    }

    /// The check at the head of a loop's body.
    ///
    /// ```text
    /// count;
    /// if due(seen) { match tick(at) { Ok(now) => seen = now, Err(tripped) => leave } }
    /// ```
    pub(crate) fn check(&self, check: Check) -> TokenStream {
        let private = &self.private;
        if let Some(tokens) = self.short_check(check) {
            return tokens;
        }
        let tick = self.tick(check.mark, check.position, check.fresh);
        let seen = if check.fresh {
            q!(#private::inherit())
        } else {
            q!(__seen)
        };
        let turn = check.turns.then(|| {
            if self.in_place {
                let waited = self.waited(&q!(.await));
                q!({ let __future = #private::turn(); #waited })
            } else {
                q!(#private::turn().await;)
            }
        });
        let mut due = q!(if #private::due(#seen) { #tick #turn });
        if let Some((number, every)) = check.every {
            let name = counter(number);
            due = q! {
                if #name == 0 {
                    #name = #every;
                    #due
                }
                #name -= 1;
            };
        }
        let count = self.count(check);
        q!(#count #due)
    }

    /// What the checks of a function with very many loops have in common.
    pub(crate) fn crowd(&self) -> Option<TokenStream> {
        let private = &self.private;
        let holds = match &self.plan.leave {
            Leave::Probe(_) => q!(__probe.holds_errors()),
            Leave::Panic => q!(false),
            _ => return None,
        };
        let file = q!(#private::file!());
        (self.plan.crowded).then(|| q!(let __crowd = #private::Crowd::new(#holds, #file);))
    }

    /// The check in a function with very many loops: one call, one exit, and no constant of its own, which the
    /// compiler would have to evaluate. The place is three arguments: a tuple of them takes half as long again to compile.
    ///
    /// ```text
    /// if crowd.check(&mut seen, place) { return probe.left(); }
    /// ```
    fn short_check(&self, check: Check) -> Option<TokenStream> {
        let usual = check.position == Position::Body && !check.fresh && !check.turns;
        if !self.plan.crowded || !usual || check.every.is_some() {
            return None;
        }
        let (kind, place) = (check.mark.kind, self.line_and_column(check.mark.span));
        let look = match &self.plan.leave {
            Leave::Probe(ty) => {
                let (probe, end) = probe(ty);
                let left = quote_spanned!(end=> #probe.left());
                q!(if __crowd.check(&mut __seen, #kind, #place) { return #left; })
            }
            Leave::Panic => q!(_ = __crowd.check(&mut __seen, #kind, #place);),
            _ => return None,
        };
        let count = self.count(check);
        Some(q!(#count #look))
    }

    /// Counts one iteration, if iterations are counted.
    fn count(&self, check: Check) -> Option<TokenStream> {
        if self.outside || !self.counts() {
            return None;
        }
        let (private, at) = (&self.private, self.at(check.mark));
        let leave = self.leave(check.position, check.fresh);
        if self.shared_count {
            // A static, so that a closure which captures nothing still does not.
            return Some(q! {
                if let #private::Option::Some(__tripped) = #private::count(&__LOOP_GUARD_SITE, #at) {
                    #leave
                }
            });
        }
        Some(q! {
            if __left == 0 {
                if let #private::Option::Some(__tripped) = #private::spend(&__scope, __limit, #at) {
                    #leave
                }
                // The scope is observed: it goes on, and is not asked again.
                __left = #private::u64::MAX;
            }
            __left = __left.saturating_sub(1);
        })
    }

    /// The cold path of a check.
    pub(crate) fn tick(&self, mark: Mark, position: Position, fresh: bool) -> TokenStream {
        let (private, at) = (&self.private, self.at(mark));
        let fine = if fresh {
            q!(#private::Result::Ok(_) => {})
        } else {
            q!(#private::Result::Ok(__now) => __seen = __now,)
        };
        match &self.plan.leave {
            Leave::Probe(ty) if position != Position::Closure => {
                let (probe, end) = probe(ty);
                let look = if self.plan.lenient && position == Position::Entry {
                    quote_spanned!(end=> #probe.look_leniently(#at))
                } else {
                    quote_spanned!(end=> #probe.look(#at))
                };
                return q! {
                    match #look {
                        #fine
                        #private::Result::Err(__out) => return __out,
                    }
                };
            }
            Leave::Panic if position != Position::Closure && fresh => {
                return q!(_ = #private::look(#at););
            }
            Leave::Panic if position != Position::Closure => {
                return q!(__seen = #private::look(#at););
            }
            _ => {}
        }
        let leave = self.leave(position, fresh);
        q! {
            match #private::tick(#at) {
                #fine
                #private::Result::Err(__tripped) => { #leave }
            }
        }
    }
}
