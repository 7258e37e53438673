//! The ways out of a function that tripped.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Block, Expr, ReturnType};

use crate::emit::{Emit, Place, braced, q, run};
use crate::plan::Leave;
use crate::syntax::calls::takes_the_trip;
use crate::syntax::types::nameable;

impl Emit<'_> {
    /// Leaves with `__tripped`. If that cannot be done (a panic while the thread unwinds already), the code behind this
    /// runs, and the next check finds the same trip.
    pub(crate) fn leave(&self, place: Place, fresh: bool) -> TokenStream {
        let private = &self.private;
        match &self.plan.leave {
            // There is no loop to break at the entry; the first one will notice.
            Leave::Break if place == Place::Entry => q!(_ = __tripped;),
            Leave::Break => q!(#private::broken(__tripped); break;),
            _ if place == Place::Closure && fresh => q!(_ = #private::unwind(__tripped);),
            _ if place == Place::Closure => q!(__seen = #private::unwind(__tripped);),
            Leave::Fallback(_) => q!(break '__tripped __tripped;),
            _ => self.leave_function(),
        }
    }

    /// Leaves with `__tripped` from where `return` leaves the function.
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
            // What is cut is reported when it is left.
            Leave::Cut => q!(return;),
            Leave::Fallback(fallback) => {
                let value = self.fallback(fallback);
                q!(return #value;)
            }
        }
    }

    /// What the return type makes of `__tripped`; a missing `From` is reported there.
    fn error(&self) -> TokenStream {
        match &self.plan.leave {
            Leave::Probe(ty) => {
                let (private, end) = self.blaming(ty);
                quote_spanned!(end=> #private::Probe::<#ty>::new().leave(__tripped))
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
            _ => q!(#fallback),
        }
    }

    /// ```text
    /// { body }   =>   { return match boundary(move || -> R { arguments; body }) {
    ///     Ok(value) => value,
    ///     Err(tripped) => { rebound; leave }
    /// }; }
    /// ```
    /// A trip in a closure of the body unwinds to here. `arguments` are bound in the closure, `rebound` for a fallback.
    pub(crate) fn boundary(
        &self,
        arguments: &TokenStream,
        rebound: &TokenStream,
        body: &Block,
        output: &ReturnType,
    ) -> TokenStream {
        let private = &self.private;
        let (output, body) = (inferable(output), braced(body));
        let leave = self.value_of_trip(rebound);
        q! {
            return match #private::boundary(move || #output {
                #arguments
                #body
            }) {
                #private::Result::Ok(__value) => __value,
                #private::Result::Err(__tripped) => #leave,
            };
        }
    }

    /// The function's value when `__tripped` came out of its body.
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
    /// The fallback sees the arguments and nothing of the body, and is evaluated when the scope and all locals are gone.
    /// If the body is that of a future that is `polled`, whoever polls it evaluates the fallback.
    pub(crate) fn with_fallback(
        &self,
        fallback: &Expr,
        enter: &TokenStream,
        body: &Block,
        diverges: bool,
        polled: bool,
    ) -> TokenStream {
        let private = &self.private;
        let value = if polled {
            q!(match #private::leave(__tripped).await {})
        } else {
            self.fallback(fallback)
        };
        let run = run(body, diverges);
        q! {
            match '__tripped: { #enter #run } {
                __tripped => #value,
            }
        }
    }
}

/// The return type of the boundary's closure: `impl Trait` cannot be written there, `_` can.
pub(crate) fn inferable(output: &ReturnType) -> TokenStream {
    match nameable(output) {
        ReturnType::Default => q!(-> ()),
        output @ ReturnType::Type(..) => q!(#output),
    }
}
