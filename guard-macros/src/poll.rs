//! The paths into `guard_runtime::__private` of guarded futures. Decides nothing.

use proc_macro2::TokenStream;
use syn::{Attribute, Block, Ident, ReturnType};

use crate::analyze::{Limits, never};
use crate::emit::{Emit, Mark, Place, entry, nameable, q};

/// What the body of an `async fn` takes over from it: mentions of its arguments.
#[derive(Default)]
pub(crate) struct Captured(Vec<TokenStream>);

impl Captured {
    pub(crate) fn add(&mut self, conditions: &[Attribute], name: &Ident) {
        // Lints object to the mention of an argument that is called unused.
        let unused = (name.to_string().starts_with('_'))
            .then(|| q!(#[allow(clippy::used_underscore_binding)]));
        self.0.push(q!(#(#conditions)* #unused let _ = &#name;));
    }

    /// The last argument first: what is captured is dropped in the order of its mention.
    pub(crate) fn mentions(&self) -> TokenStream {
        self.0.iter().rev().cloned().collect()
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

    /// ```text
    /// { body }   =>   {
    ///     static SITE; let mut task = Task::new();
    ///     let outcome = {
    ///         let mut body = pin!(async move { captured; body });
    ///         poll_fn(move |context| task.poll(&SITE, body.as_mut(), context, at)).await
    ///     };
    ///     match outcome { Ok(value) => value, Err(tripped) => leave }
    /// }
    /// ```
    /// The body is gone before the function leaves.
    pub(crate) fn polled(
        &self,
        body: &Block,
        output: &ReturnType,
        caught: bool,
        function: &Ident,
    ) -> TokenStream {
        let private = &self.private;
        let at = self.at(Mark {
            kind: "async fn",
            span: function.span(),
        });
        let body = q!(async move #body);
        // `!` is no type that an expression could name.
        let (body, value) = match nameable(output) {
            _ if never(output) => (body, q!(#private::Result::Ok(_) => #private::abandon(),)),
            ReturnType::Default => (
                q!(#private::future::<(), _>(#body)),
                q!(#private::Result::Ok(__value) => __value,),
            ),
            ReturnType::Type(_, ty) => (
                q!(#private::future::<#ty, _>(#body)),
                q!(#private::Result::Ok(__value) => __value,),
            ),
        };
        let leave = self.value_of_trip(&TokenStream::new());
        let (prologue, poll) = match &self.plan.budget {
            None => (
                TokenStream::new(),
                q!(#private::poll_caught(__body.as_mut(), __context)),
            ),
            Some(limits) => {
                let site = self.site(function);
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
        q! {
            #prologue
            let __outcome = {
                let mut __body = #private::pin!(#body);
                #private::poll_fn(move |__context| #poll).await
            };
            match __outcome {
                #value
                #private::Result::Err(__tripped) => #leave,
            }
        }
    }
}
