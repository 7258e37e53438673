//! Guarded futures.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Block, Ident, ReturnType};

use crate::emit::{Emit, Mark, q};
use crate::syntax::types::{nameable, never};

/// What is to be polled in a scope.
pub(crate) struct Polled<'b> {
    /// The future's body, which takes over the arguments.
    pub(crate) body: &'b Block,
    /// Arguments stay borrowed where they can be.
    pub(crate) borrows: bool,
    /// Trips in closures unwind to the poll.
    pub(crate) caught: bool,
    /// Statements in front: the cleanup.
    pub(crate) cleanup: Option<TokenStream>,
    /// What the fallback needs of the arguments.
    pub(crate) rebound: TokenStream,
    /// Where the body's value begins and ends.
    pub(crate) value: (Span, Span),
}

impl Emit<'_> {
    /// Tells the compiler what an `async` block yields, before it infers that from the block's statements.
    ///
    /// ```text
    /// if let Some(value) = None::<T> { return value; }
    /// ```
    pub(crate) fn yields_type(&self, output: &ReturnType) -> TokenStream {
        let ty = match nameable(output) {
            // `!` is no type that an expression could name.
            _ if never(output) => return TokenStream::new(),
            ReturnType::Default => q!(()),
            ReturnType::Type(_, ty) => q!(#ty),
        };
        // The compiler tells of this place where a value is of another type.
        let (private, end) = match output {
            ReturnType::Type(_, ty) => self.blaming(ty),
            ReturnType::Default => (self.private.clone(), Span::mixed_site()),
        };
        quote_spanned!(end=> if let #private::Option::Some(__value) = #private::Option::None::<#ty> { return __value; })
    }

    /// ```text
    /// { body }   =>   {
    ///     static SITE; let mut task = Task::new();
    ///     let outcome = {
    ///         let body = pin!(async move { type; arguments; body });
    ///         let mut body = Body::new(body);
    ///         poll_fn(move |context| task.poll(&SITE, body.as_mut(), context, at)).await
    ///     };
    ///     match outcome { Ok(value) => value, Err(tripped) => leave }
    /// }
    /// ```
    /// The body is gone before the function leaves. A cleanup stands around all of this.
    pub(crate) fn polled(&self, polled: &Polled<'_>, function: &Ident) -> TokenStream {
        let Polled {
            body,
            borrows,
            caught,
            cleanup,
            rebound,
            value,
        } = polled;
        let private = &self.private;
        let at = self.at(Mark {
            kind: "async fn",
            span: function.span(),
        });
        // A keyword of the user's: else the compiler has no names for what the block captures.
        let asynchronous = quote_spanned!(body.brace_token.span.open()=> async);
        let by_move = (!borrows).then(|| q!(move));
        let leave = self.value_of_trip(rebound);
        let (prologue, poll) = match &self.plan.budget {
            None => (
                TokenStream::new(),
                q!(#private::poll_caught(__body.as_mut(), __context)),
            ),
            Some(limits) => {
                let site = self.site(function, None);
                let new = if limits.iterations.is_some() || limits.yield_every.is_some() {
                    q!(with_extras)
                } else {
                    q!(new)
                };
                let poll = if *caught { q!(poll_caught) } else { q!(poll) };
                (
                    q!(#site let mut __task = #private::Task::#new();),
                    q!(__task.#poll(&__LOOP_GUARD_SITE, __body.as_mut(), __context, #at)),
                )
            }
        };
        let awaited = self.plan.cleanup.as_ref().is_some_and(|it| it.is_async);
        let (poll, finish) = match cleanup {
            None => (poll, None),
            // A panic goes on behind it.
            Some(_) if awaited => (
                q!(#private::until_panic(|| #poll)),
                Some(q!(let __outcome = __cleanup.finish(__outcome).await;)),
            ),
            Some(_) => (poll, Some(q!(__cleanup.finish();))),
        };
        // A value that does not live long enough is found here, and reported where the user has it.
        let (first, last) = *value;
        let matched = quote_spanned!(first=> match __outcome);
        let outcome = quote_spanned! {last=>
            #matched {
                #private::Result::Ok(__value) => __value,
                #private::Result::Err(__tripped) => #leave,
            }
        };
        q! {
            #cleanup
            #prologue
            let __outcome = {
                let __body = #private::pin!(#asynchronous #by_move #body);
                let mut __body = #private::Body::new(__body);
                #private::poll_fn(move |__context| #poll).await
            };
            #finish
            #outcome
        }
    }
}
