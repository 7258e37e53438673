//! The paths into `guard_runtime::__private` of guarded futures. Decides nothing.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Attribute, Block, Ident, ReturnType};

use crate::analyze::{Limits, never};
use crate::emit::{Emit, Mark, Place, ends, entry, nameable, q};

/// What the body of an `async fn` takes over from it: its arguments.
pub(crate) struct Captured {
    /// They are borrowed where they can be, as before.
    borrowed: bool,
    mentions: Vec<TokenStream>,
    bindings: TokenStream,
    /// What the fallback needs of those that are bound anew.
    pub(crate) fallback: TokenStream,
    /// Where the body's value stands.
    value: (Span, Span),
}

impl Captured {
    /// Nothing but what the block captures by itself.
    pub(crate) fn new(block: &Block) -> Self {
        let value = block.stmts.last().map(ends);
        Self {
            borrowed: false,
            mentions: Vec::new(),
            bindings: TokenStream::new(),
            fallback: TokenStream::new(),
            value: value.unwrap_or_else(|| (Span::mixed_site(), Span::mixed_site())),
        }
    }

    /// The same, borrowed where that will do.
    pub(crate) fn borrowed(block: &Block) -> Self {
        Self {
            borrowed: true,
            ..Self::new(block)
        }
    }

    pub(crate) fn mention(&mut self, conditions: &[Attribute], name: &Ident) {
        // Lints object to the mention of an argument that is called unused.
        let unused = (name.to_string().starts_with('_'))
            .then(|| q!(#[allow(clippy::used_underscore_binding)]));
        self.mentions
            .push(q!(#(#conditions)* #unused let _ = &#name;));
    }

    pub(crate) fn bind(&mut self, binding: TokenStream) {
        self.bindings.extend(binding);
    }

    /// The last argument first: what is captured is dropped in the order of its mention.
    pub(crate) fn statements(&self) -> TokenStream {
        let mentions = self.mentions.iter().rev().cloned();
        mentions.chain([self.bindings.clone()]).collect()
    }
}

impl Emit<'_> {
    /// Opens the scope of a future, when it is polled first.
    pub(crate) fn begin(&self, limits: &Limits<'_>, function: &Ident) -> TokenStream {
        let private = &self.private;
        let (nanos, limit) = (self.nanos(limits.timeout), self.limit(limits));
        let allow = limit.is_some().then(|| q!(#private::allow(__limit);));
        let turns = limits.every.map(|every| {
            let every = self.nanos(Some(every));
            q!(#private::take_turns(#every);)
        });
        let tick = self.tick(entry(function), Place::Entry, true);
        q! {
            #limit
            let __seen = #private::begin(&__LOOP_GUARD_SITE, #nanos);
            #allow
            #turns
            if __seen.is_stale() { #tick }
        }
    }

    /// Tells the compiler what an `async` block yields, before it guesses from what stands in it.
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
    /// The body is gone before the function leaves. A cleanup stands around all this.
    pub(crate) fn polled(
        &self,
        body: &Block,
        captured: &Captured,
        cleanup: Option<&TokenStream>,
        caught: bool,
        function: &Ident,
    ) -> TokenStream {
        let private = &self.private;
        let at = self.at(Mark {
            kind: "async fn",
            span: function.span(),
        });
        // A keyword of the user's: else the compiler has no names for what the block captures.
        let asynchronous = quote_spanned!(body.brace_token.span.open()=> async);
        let by_move = (!captured.borrowed).then(|| q!(move));
        let leave = self.value_of_trip(&captured.fallback);
        let (prologue, poll) = match &self.plan.budget {
            None => (
                TokenStream::new(),
                q!(#private::poll_caught(__body.as_mut(), __context)),
            ),
            Some(limits) => {
                let site = self.site(function, None);
                let new = if limits.iterations.is_some() || limits.every.is_some() {
                    q!(with_extras)
                } else {
                    q!(new)
                };
                let poll = if caught { q!(poll_caught) } else { q!(poll) };
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
        let (first, last) = captured.value;
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
