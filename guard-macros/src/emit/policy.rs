//! Policies around the body.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Block, Expr, Ident, ReturnType, Type};

use crate::emit::exit::inferable;
use crate::emit::quotes::blaming;
use crate::emit::{Emit, braced, q};
use crate::plan::{Leave, Policies};
use crate::syntax::types::{nameable, never};

/// The body to call, and its function.
pub(crate) struct CalledBody<'b> {
    pub(crate) body: &'b Block,
    pub(crate) output: &'b ReturnType,
    pub(crate) function: &'b Ident,
    pub(crate) is_async: bool,
    /// The places where the body takes the value of an argument.
    pub(crate) moves: Vec<Ident>,
}

impl Emit<'_> {
    /// ```text
    /// { body }   =>   { match breaker(&b, || bulkhead(&h, || boundary(|| -> R { body }))) {
    ///     Ok(value) => value,
    ///     Err(tripped) => leave,
    /// } }
    /// ```
    /// and with attempts
    /// ```text
    /// { body }   =>   {
    ///     static TOKENS;
    ///     let mut attempts = Attempts::new(&retry, &TOKENS);
    ///     let mut body = repeatable(|| -> R { body });
    ///     match loop {
    ///         attempts.begin();
    ///         let outcome = attempt(name, nanos, || breaker(.. boundary(&mut body)));
    ///         if !Outcome::<R>::new().is_failure(&outcome) || !attempts.again() { break outcome; }
    ///     } { .. }
    /// }
    /// ```
    pub(crate) fn in_policies(
        &self,
        policies: &Policies<'_>,
        call: &CalledBody<'_>,
    ) -> TokenStream {
        let private = &self.private;
        let (needs, leave) = match &self.plan.leave {
            Leave::Fallback(_) => (
                Some(q!(const _: () = #private::policy::needs_unwinding();)),
                q!(break '__tripped __tripped),
            ),
            _ => (None, self.value_of_trip(&TokenStream::new())),
        };
        let layers = self.layers(policies, call);
        let attempts = policies.retry.map(|retry| self.attempts(retry, call));
        let outcome = match policies.retry {
            Some(_) => self.retried(policies, &layers, call),
            None => layers,
        };
        let value = self.value_or(&outcome, &leave);
        q!(#needs #attempts #value)
    }

    /// Tells the compiler what an `async` block yields, before it infers that from the block's statements.
    ///
    /// ```text
    /// if let Some(value) = None::<T> { return value; }
    /// ```
    pub(crate) fn yields_type(&self, output: &ReturnType) -> TokenStream {
        let (private, end, ty) = match (output, nameable(output)) {
            // `!` is no type that an expression could name.
            _ if never(output) => return TokenStream::new(),
            (ReturnType::Type(_, cause), ReturnType::Type(_, ty)) => {
                let (private, end) = self.blaming(cause);
                (private, end, q!(#ty))
            }
            _ => (self.private.clone(), Span::mixed_site(), q!(())),
        };
        quote_spanned!(end=> if let #private::Option::Some(__value) = #private::Option::None::<#ty> { return __value; })
    }

    /// One call of the body.
    fn layers(&self, policies: &Policies<'_>, call: &CalledBody<'_>) -> TokenStream {
        let private = &self.private;
        if call.is_async {
            return self.layers_async(policies, call);
        }
        let mut layers = match policies.retry {
            None => {
                let body = closure(call);
                q!(#private::boundary(#body))
            }
            Some(_) => q!(#private::boundary(&mut __body)),
        };
        if let Some(expr) = policies.bulkhead {
            layers = self.layer("bulkhead", None, expr, &q!(|| #layers));
        }
        if let Some(expr) = policies.breaker {
            // The type is given, so that the compiler blames a breaker of another type.
            layers = self.layer("breaker", policies.outcome.as_ref(), expr, &q!(|| #layers));
        }
        if let Some(timeout) = policies.attempt_timeout {
            let (name, nanos) = (self.name(call.function), self.nanos(Some(timeout)));
            layers = q!(#private::policy::attempt(#name, #nanos, || #layers));
        }
        layers
    }

    /// One call of a future. All layers are stored side by side, and each borrows the next: by value, each would be a
    /// step deeper for the compiler's limit on nested layouts.
    ///
    /// ```text
    /// match async { body } { inner => { let inner = pin!(inner); match bulkhead(&h, inner) { .. } } }
    /// ```
    fn layers_async(&self, policies: &Policies<'_>, call: &CalledBody<'_>) -> TokenStream {
        let private = &self.private;
        let inner = q!(__inner);
        let body = if policies.retry.is_some() {
            q!(__body())
        } else {
            let (asynchronous, body) = (asynchronous(call), braced(call.body));
            q!(#asynchronous #body)
        };
        let bulkhead = policies
            .bulkhead
            .map(|expr| self.layer("bulkhead_async", None, expr, &inner));
        let breaker = policies.breaker.map(|expr| {
            // The type is given, so that the compiler blames a breaker of another type.
            self.layer("breaker_async", policies.outcome.as_ref(), expr, &inner)
        });
        let attempt = policies.attempt_timeout.map(|timeout| {
            let (name, nanos) = (self.name(call.function), self.nanos(Some(timeout)));
            q!(#private::policy::attempt_async(#name, #nanos, #inner))
        });
        let caught = q!(#private::policy::caught(#inner));
        let layers = [Some(body), Some(caught), bulkhead, breaker, attempt];
        let awaited = q!(#inner.await);
        layers
            .into_iter()
            .flatten()
            .rev()
            .fold(awaited, |outer, layer| {
                q! {
                    match #layer { #inner => {
                        let #inner = #private::pin!(#inner);
                    let #inner = #private::Body::new(#inner);
                        #outer
                    } }
                }
            })
    }

    /// A policy around `inner`. Compiler errors about the policy point at its expression.
    fn layer(
        &self,
        policy: &str,
        ty: Option<&Type>,
        expr: &Expr,
        inner: &TokenStream,
    ) -> TokenStream {
        let (private, end) = self.blaming(expr);
        let ty = ty.map(|ty| quote_spanned!(end=> ::<_, #ty>));
        let policy = Ident::new(policy, end);
        quote_spanned!(end=> #private::policy::#policy #ty (&#expr, #inner))
    }

    /// A body that can be called again. The compiler reports each token that prevents that.
    ///
    /// Of an `async` body it would report the body as a whole. There these lines are in front:
    /// ```text
    /// if false { again(&Taken::new(&argument).again()); }
    /// ```
    fn attempts(&self, retry: &Expr, call: &CalledBody<'_>) -> TokenStream {
        let private = &self.private;
        let closure = closure(call);
        let body = if call.is_async {
            let asynchronous = asynchronous(call);
            q!(#private::policy::repeatable_async(#asynchronous #closure))
        } else {
            q!(#private::policy::repeatable(#closure))
        };
        let (blamed, end) = self.blaming(retry);
        let new =
            quote_spanned!(end=> #blamed::policy::Attempts::new(&#retry, &__LOOP_GUARD_TOKENS));
        let moves = taken(private, &call.moves);
        q! {
            #moves
            static __LOOP_GUARD_TOKENS: #private::policy::Tokens = #private::policy::Tokens::new();
            let mut __attempts = #new;
            let mut __body = #body;
        }
    }

    fn retried(
        &self,
        policies: &Policies<'_>,
        layers: &TokenStream,
        call: &CalledBody<'_>,
    ) -> TokenStream {
        let private = &self.private;
        let is_failure = match &policies.outcome {
            Some(ty) => q!(#private::policy::Outcome::<#ty>::new().is_failure(&__outcome)),
            None => q!(__outcome.is_err()),
        };
        let again = if call.is_async {
            q!(__attempts.again_async().await)
        } else {
            q!(__attempts.again())
        };
        q! {
            loop {
                __attempts.begin();
                let __outcome = #layers;
                if !#is_failure || !#again {
                    break __outcome;
                }
            }
        }
    }
}

fn taken(private: &TokenStream, moves: &[Ident]) -> Option<TokenStream> {
    let checks = moves.iter().map(|argument| {
        let (private, end) = blaming(private, argument);
        quote_spanned!(end=> #private::policy::again(&#private::policy::Taken::new(&#argument).again());)
    });
    (!moves.is_empty()).then(|| q!(if false { #(#checks)* }))
}

/// The body as a closure.
fn closure(call: &CalledBody<'_>) -> TokenStream {
    let (output, body) = (inferable(call.output), braced(call.body));
    q!(|| #output #body)
}

/// The keyword `async` as if the user had written it, as for every body that becomes a future.
fn asynchronous(call: &CalledBody<'_>) -> TokenStream {
    let open = call.body.brace_token.span.open();
    quote_spanned!(open=> async)
}
