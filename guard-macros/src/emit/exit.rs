//! The ways out of a function that tripped.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Block, Expr, Ident, ReturnType};

use crate::emit::arguments::Moved;
use crate::emit::{Emit, Mark, braced, ends, in_braces_of, q, run};
use crate::plan::Leave;
use crate::syntax::calls::takes_the_trip;
use crate::syntax::diverge::{self, Yields};
use crate::syntax::types::nameable;

/// Where a trip has to leave from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    Entry,
    Body,
    Closure,
}

impl Emit<'_> {
    /// Leaves with `__tripped`. If that is impossible (a panic while the thread is unwinding), the code after this
    /// runs, and the next check finds the same trip.
    pub(crate) fn leave(&self, position: Position, fresh: bool) -> TokenStream {
        let private = &self.private;
        match &self.plan.leave {
            // At the entry there is no loop to break; the first loop will notice.
            Leave::Break if position == Position::Entry => q!(_ = __tripped;),
            Leave::Break => q!(#private::broken(__tripped); break;),
            _ if position == Position::Closure && fresh => q!(_ = #private::unwind(__tripped);),
            _ if position == Position::Closure => q!(__seen = #private::unwind(__tripped);),
            Leave::Fallback(_) => q!(break '__tripped __tripped;),
            _ => self.leave_function(),
        }
    }

    /// Leaves with `__tripped` where a `return` leaves the function.
    fn leave_function(&self) -> TokenStream {
        let private = &self.private;
        match &self.plan.leave {
            Leave::Probe(_) => {
                let out = self.error();
                q!(if let #private::Option::Some(__out) = #out { return __out; })
            }
            Leave::Error(_) => {
                let error = self.error();
                q!(return #error;)
            }
            Leave::Panic | Leave::Break => q!(#private::panic(__tripped);),
            // A cleanup that is cut short is reported when it is left.
            Leave::Cut => q!(return;),
            Leave::Fallback(fallback) => {
                let value = self.fallback(fallback);
                q!(return #value;)
            }
        }
    }

    /// The function's error for `__tripped`; a missing `From` is reported at the return type.
    fn error(&self) -> TokenStream {
        match &self.plan.leave {
            Leave::Probe(ty) => {
                let (probe, end) = probe(ty);
                quote_spanned!(end=> #probe.leave(__tripped))
            }
            Leave::Error(ty) => {
                let (private, end) = self.blaming(ty);
                quote_spanned!(end=> #private::ErrorReturn::error_return(__tripped))
            }
            _ => TokenStream::new(),
        }
    }

    fn fallback(&self, fallback: &Expr) -> TokenStream {
        match fallback {
            _ if takes_the_trip(fallback) => {
                let (private, end) = self.blaming(fallback);
                quote_spanned!(end=> #private::Fallback::with(__tripped, #fallback))
            }
            // As the value of a match arm, it would end after its first block.
            Expr::Binary(_) | Expr::Cast(_) | Expr::Range(_) if begins_with_block(fallback) => {
                q!((#fallback))
            }
            _ => q!(#fallback),
        }
    }

    /// The probe of the function's return type. If the compiler can infer that type, it is not named: in the body,
    /// its names may mean something else.
    ///
    /// ```text
    /// let probe = Probe::new(); if false { return probe.value(); }
    /// ```
    pub(crate) fn probe(&self, named: Option<&ReturnType>) -> TokenStream {
        let private = &self.private;
        let ty = match named.map(nameable) {
            None => {
                return q!(let __probe = #private::Probe::new(); if false { return __probe.value(); });
            }
            Some(ReturnType::Default) => q!(()),
            Some(ReturnType::Type(_, ty)) => q!(#ty),
        };
        // The compiler points here if the future is of another type.
        let (private, end) = match named {
            Some(ReturnType::Type(_, ty)) => self.blaming(ty),
            _ => (self.private.clone(), Span::mixed_site()),
        };
        let new = quote_spanned!(end=> let __probe = #private::Probe::<#ty>::new(););
        q!(#new if false { return __probe.value(); })
    }

    /// ```text
    /// { body }   =>   {
    ///     let outcome = probe.boundary(move || { arguments; body });
    ///     return match outcome { Ok(value) => value, Err(tripped) => { rebound; leave } };
    /// }
    /// ```
    /// A boundary around the body, to which trips in closures unwind. The arguments move into the closure;
    /// `rebound` are those that a fallback needs. It ends with `return`, as a lint may demand of all functions.
    pub(crate) fn boundary(&self, arguments: &Moved, body: &Block) -> TokenStream {
        let leave = self.value_of_trip(&arguments.rebound);
        let value = self.value_or(&q!(__outcome), &leave);
        let (bindings, stmts) = (&arguments.bindings, &body.stmts);
        let closure = in_braces_of(body, q!(#bindings #(#stmts)*));
        let allow = arguments.allow_assignments();
        let taking = taking(body);
        q! {
            #allow
            let __outcome = __probe.boundary(#taking #closure);
            return #value;
        }
    }

    /// Like [`boundary`](Self::boundary), but a result after the deadline is a trip as well, or is one if the budget
    /// says so. The scope is open around it.
    pub(crate) fn strict(
        &self,
        arguments: &Moved,
        body: &Block,
        by_move: bool,
        function: &Ident,
    ) -> TokenStream {
        let value = |leave| self.value_or(&q!(__outcome), &leave);
        let value = match &self.plan.leave {
            // It is the value of a `return` already.
            Leave::Fallback(_) => value(q!(break '__tripped __tripped)),
            _ => {
                let value = value(self.value_of_trip(&arguments.rebound));
                q!(return #value;)
            }
        };
        let at = self.at(Mark::entry(function));
        let if_so = if self.plan.strict_by_budget {
            q!(__budget.is_strict(),)
        } else {
            q!(true,)
        };
        let (bindings, run) = (&arguments.bindings, run(body));
        let closure = in_braces_of(body, q!(#bindings #run));
        let head = if by_move { taking(body) } else { q!(||) };
        let allow = arguments.allow_assignments();
        // A loop that counts names the scope, which would move into the closure and end with it.
        let borrow = self.counts().then(|| q!(let __scope = &__scope;));
        q! {
            #allow
            #borrow
            let __outcome = __probe.strictly(#if_so #at, #head #closure);
            #value
        }
    }

    /// The value, or what leaves with the trip.
    ///
    /// ```text
    /// match outcome { Ok(value) => value, Err(tripped) => leave }
    /// ```
    pub(super) fn value_or(&self, outcome: &TokenStream, leave: &TokenStream) -> TokenStream {
        let private = &self.private;
        q! {
            match #outcome {
                #private::Result::Ok(__value) => __value,
                #private::Result::Err(__tripped) => #leave,
            }
        }
    }

    /// The function's value after `__tripped` came out of its body.
    pub(crate) fn value_of_trip(&self, rebound: &TokenStream) -> TokenStream {
        let private = &self.private;
        match &self.plan.leave {
            Leave::Fallback(fallback) => {
                let value = self.fallback(fallback);
                q!({ #rebound #value })
            }
            Leave::Probe(_) => {
                let out = self.error();
                q!(#out.unwrap_or_else(|| #private::abandon()))
            }
            Leave::Error(_) => self.error(),
            Leave::Panic | Leave::Break | Leave::Cut => {
                q!({ #private::panic(__tripped); #private::abandon() })
            }
        }
    }

    /// ```text
    /// { body }   =>   { match '__tripped: { enter; return { body }; } { tripped => fallback } }
    /// ```
    /// Adds the fallback, which sees the arguments but nothing of the body, and is evaluated after the scope and
    /// all locals are gone. If the body belongs to a future that is `polled`, the code that polls it evaluates the
    /// fallback.
    pub(crate) fn with_fallback(
        &self,
        fallback: &Expr,
        enter: &TokenStream,
        body: &Block,
        rebound: Option<&TokenStream>,
        polled: bool,
    ) -> TokenStream {
        let private = &self.private;
        let value = if polled {
            q!(match #private::leave(__tripped).await {})
        } else {
            let value = self.fallback(fallback);
            rebound.map_or_else(|| value.clone(), |rebound| q!({ #rebound #value }))
        };
        let yields = diverge::block(body);
        let body = braced(body);
        // The compiler would call a `return` in front of a diverging body unreachable.
        let run = match yields {
            Yields::Surely => q!(return #body;),
            Yields::Perhaps => q!(#[allow(unreachable_code)] return #body;),
            Yields::Never => q!(#body),
        };
        q! {
            match '__tripped: { #enter #run } {
                __tripped => #value,
            }
        }
    }
}

/// `move ||`, where the user's body begins: else the compiler has no names for what the closure captures.
fn taking(body: &Block) -> TokenStream {
    quote_spanned!(body.brace_token.span.open()=> move ||)
}

/// The return type of the boundary's closure: `impl Trait` cannot be written there, `_` can.
pub(crate) fn inferable(output: &ReturnType) -> TokenStream {
    match nameable(output) {
        ReturnType::Default => q!(-> ()),
        output @ ReturnType::Type(..) => q!(#output),
    }
}

/// The probe where the return type begins, and the place where the type ends: a missing `From` is reported there.
pub(crate) fn probe(ty: &impl ToTokens) -> (Ident, Span) {
    let (first, last) = ends(ty);
    (Ident::new("__probe", first), last)
}

/// `{ a } + b`, `if a { b } else { c } + d`
fn begins_with_block(expr: &Expr) -> bool {
    match expr {
        Expr::Binary(binary) => begins_with_block(&binary.left),
        Expr::Cast(cast) => begins_with_block(&cast.expr),
        Expr::Range(range) => range.start.as_deref().is_some_and(begins_with_block),
        other => matches!(
            other,
            Expr::Block(_)
                | Expr::Unsafe(_)
                | Expr::Const(_)
                | Expr::Async(_)
                | Expr::If(_)
                | Expr::Match(_)
                | Expr::Loop(_)
                | Expr::While(_)
                | Expr::ForLoop(_)
        ),
    }
}
