//! The paths into `guard_runtime::__private` of the ways out of a function that tripped. Decides nothing.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Block, Expr, ReturnType};

use crate::analyze::Leave;
use crate::emit::{Emit, Place, braced, nameable, q, run};
use crate::rewrite::instrument::Rebound;

impl Emit<'_> {
    /// Leaves with `__tripped`. A way out that cannot be taken (a panic while the thread unwinds
    /// already) goes on behind this: the next check finds the same.
    pub(crate) fn leave(&self, place: Place, fresh: bool) -> TokenStream {
        let private = &self.private;
        match &self.plan.leave {
            // There is no loop to break at the entry; the first one will notice.
            Leave::Break if place == Place::Entry => q!(_ = __tripped;),
            Leave::Break => q!(#private::broken(__tripped); break;),
            _ if place == Place::Closure && fresh => q!(_ = #private::unwind(__tripped);),
            _ if place == Place::Closure => q!(__seen = #private::unwind(__tripped);),
            Leave::Fallback(_) => {
                self.falls_back.set(true);
                q!(break '__tripped __tripped;)
            }
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
            Expr::Closure(_) => {
                let (private, end) = self.blaming(fallback);
                quote_spanned!(end=> #private::Fallback::with(__tripped, #fallback))
            }
            _ => q!(#fallback),
        }
    }

    /// See `instrument`.
    pub(crate) fn boundary(
        &self,
        arguments: &Rebound,
        body: &Block,
        output: &ReturnType,
    ) -> TokenStream {
        let private = &self.private;
        let (output, body) = (inferable(output), braced(body));
        let Rebound {
            body: arguments,
            fallback: rebound,
        } = arguments;
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
    /// { body }   =>   { match '__tripped: { enter; return { body }; } { __tripped => fallback } }
    /// ```
    /// The fallback sees the arguments and nothing of the body, when scope and locals are gone: of a
    /// body that is `polled`, whoever polls it has to see to that.
    pub(crate) fn with_fallback(
        &self,
        enter: &TokenStream,
        body: &Block,
        diverges: bool,
        polled: bool,
    ) -> Option<TokenStream> {
        let Leave::Fallback(fallback) = &self.plan.leave else {
            return None;
        };
        if !self.falls_back.get() {
            return None;
        }
        let private = &self.private;
        let value = if polled {
            q!(match #private::leave(__tripped).await {})
        } else {
            self.fallback(fallback)
        };
        let run = run(body, diverges);
        Some(q! {
            match '__tripped: { #enter #run } {
                __tripped => #value,
            }
        })
    }
}

/// The return type of the boundary's closure: `impl Trait` cannot be written there, `_` can.
fn inferable(output: &ReturnType) -> TokenStream {
    match nameable(output) {
        ReturnType::Default => q!(-> ()),
        output @ ReturnType::Type(..) => q!(#output),
    }
}
