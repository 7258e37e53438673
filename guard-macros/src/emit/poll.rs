//! Guarded futures, and the awaits of those whose body stays in place.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, Block, Expr, ExprAwait, Ident, ReturnType};

use crate::emit::arguments::Moved;
use crate::emit::budget::root_of_budget;
use crate::emit::exit::probe;
use crate::emit::quotes::first;
use crate::emit::scope::new_task;
use crate::emit::{Emit, Mark, in_braces_of, q};
use crate::plan::{Leave, Limits};
use crate::syntax::function::is_condition;

/// What to poll in a scope.
pub(crate) struct Polled<'b> {
    /// The future's body, which is replaced by the quoted code.
    pub(crate) body: &'b Block,
    pub(crate) arguments: Moved,
    /// Whether arguments stay borrowed where possible.
    pub(crate) borrows: bool,
    /// What the future yields, if there is a probe for it.
    pub(crate) output: Option<&'b ReturnType>,
    /// Whether trips in closures unwind to the poll.
    pub(crate) caught: bool,
    /// Statements in front: the cleanup.
    pub(crate) cleanup: Option<TokenStream>,
    /// Where the body's value begins and ends.
    pub(crate) value: (Span, Span),
}

impl Emit<'_> {
    /// An await of a body that stays in place.
    ///
    /// ```text
    /// future.await   =>   match into_future(future) { future => {
    ///     let awaited = scope.awaits(pin!(future)).await;
    ///     match awaited { Ok(value) => value, Err(tripped) => return leave }
    /// } }
    /// ```
    /// As with the compiler's own `await`, the temporaries of `future` live to the end of the statement, and the
    /// future itself until it is ready or left. The whole spans what the user wrote, so lints treat the value as
    /// before.
    ///
    /// `discarded`: nobody uses the value. Then the compiler also asks whether the `async fn` is `#[must_use]`, which it
    /// does only at an await of that function's own future. So there is one, which never runs, and the compiler is not
    /// asked about the value that is there.
    ///
    /// ```text
    /// let same = Same::new();
    /// discard(match same.of(into_future(future)) { future => {
    ///     if false { unheard(async { same.it().await; }) }
    ///     ..
    /// } });
    /// ```
    pub(crate) fn awaited(&self, awaited: &ExprAwait, discarded: bool) -> TokenStream {
        let private = &self.private;
        let ExprAwait {
            attrs,
            base,
            dot_token,
            await_token,
        } = awaited;
        let begin = first(base);
        let base = without_parentheses(base);
        let matched = quote_spanned!(begin=> match);
        let wait = quote!(#dot_token #await_token);
        let waited = self.waited(&wait);
        let heard = discarded.then(|| {
            let mut same = Group::new(Delimiter::Parenthesis, q!(__same.it()));
            same.set_span(begin);
            // The lint on unused results reports the whole statement, so all of it is the user's.
            let end = quote_spanned!(await_token.span=> ;);
            q!(if false { #private::unheard(async { #same #wait #end }); })
        });
        let mut arms = Group::new(Delimiter::Brace, q!(__future => { #heard #waited }));
        arms.set_span(await_token.span);
        let future = q!(#private::IntoFuture::into_future(#base));
        if discarded {
            let conditions = attrs.iter().filter(|attr| is_condition(attr));
            q! {
                #(#conditions)* let __same = #private::Same::new();
                #(#attrs)* #private::discard(#matched __same.of(#future) #arms)
            }
        } else {
            q!(#(#attrs)* #matched #future #arms)
        }
    }

    /// Awaits `__future` in the scope of a body that stays in place. `wait` is the user's own `.await`, where the
    /// compiler reports what must be `Send`.
    pub(super) fn waited(&self, wait: &TokenStream) -> TokenStream {
        let private = &self.private;
        let leave = match &self.plan.leave {
            Leave::Fallback(_) => q!(break '__tripped __tripped),
            Leave::Probe(_) | Leave::Error(_) => {
                let value = self.value_of_trip(&TokenStream::new());
                q!(return #value)
            }
            // The trip's value never comes into being, so a `return` would be unreachable code if the function's
            // type is `!`.
            _ => self.value_of_trip(&TokenStream::new()),
        };
        let awaits = if self.plan.catches_awaited {
            q!(awaits_caught)
        } else {
            q!(awaits)
        };
        let value = self.value_or(&q!(__awaited), &leave);
        q! {
            let __awaited = __task.#awaits(#private::pin!(__future)) #wait;
            #value
        }
    }

    /// ```text
    /// { body }   =>   {
    ///     static SITE; let mut task = Task::new();
    ///     let outcome = {
    ///         let body = pin!(async move { arguments; begin; body });
    ///         let mut body = Body::new(body);
    ///         poll_fn(move |context| task.poll(&SITE, body.as_mut(), context, at)).await
    ///     };
    ///     match outcome { Ok(value) => value, Err(tripped) => leave }
    /// }
    /// ```
    /// Polls the body in its scope. The body is gone before the function leaves; a cleanup stands around all of
    /// this but a `Budget`, which outlives it.
    pub(crate) fn polled(&self, polled: &Polled<'_>, function: &Ident) -> TokenStream {
        let Polled {
            body,
            arguments,
            borrows,
            output,
            caught,
            cleanup,
            value,
        } = polled;
        let private = &self.private;
        let at = self.at(Mark::new("async fn", function.span()));
        // The keyword is the user's: otherwise the compiler has no names for what the block captures.
        let asynchronous = quote_spanned!(body.brace_token.span.open()=> async);
        let by_move = (!borrows).then(|| q!(move));
        // What the compiler knows about the function's value, the block's value has to be told.
        let typed = output.map(|output| {
            let (probe, end) = match output {
                ReturnType::Default => probe(function),
                ReturnType::Type(_, ty) => probe(ty),
            };
            quote_spanned!(end=> if false { return #probe.value(); })
        });
        let (bindings, stmts) = (&arguments.bindings, &body.stmts);
        let inner = in_braces_of(body, q!(#typed #bindings #(#stmts)*));
        let allow = arguments.allow_assignments();
        let leave = self.value_of_trip(&arguments.rebound);
        let mut future = q!(#asynchronous #by_move #inner);
        let mut inside = None;
        let (grant, prologue, poll) = match &self.plan.budget {
            None => (
                None,
                TokenStream::new(),
                q!(#private::poll_caught(__body.as_mut(), __context)),
            ),
            Some(Limits {
                via_budget: Some(_),
                ..
            }) => {
                inside = Some(q! {
                    let __inside = #private::pin!(#future);
                });
                future = q!(__budget.in_scope(#private::Body::new(__inside)));
                let poll = if self.plan.strict {
                    q!(poll_strictly)
                } else {
                    q!(poll_caught)
                };
                let (grant, root) = (self.grant(function), root_of_budget());
                (
                    grant,
                    q!(let mut __task = #private::Task::with_extras();),
                    q!({ #root #private::flat(__task.#poll(__body.as_mut(), __context, #at)) }),
                )
            }
            Some(limits) => {
                let (site, new) = (self.site(function, None), new_task(limits));
                let poll = match caught {
                    _ if self.plan.strict => q!(poll_strictly),
                    true => q!(poll_caught),
                    false => q!(poll),
                };
                // While it is polled, nothing around it counts.
                let root = self.plan.root.then(|| q!(let __root = #private::root();));
                (
                    None,
                    q!(#site let mut __task = #private::Task::#new();),
                    q!({ #root __task.#poll(__body.as_mut(), __context, #at) }),
                )
            }
        };
        let awaited = self.plan.cleanup.as_ref().is_some_and(|it| it.is_async);
        let (poll, finish) = match cleanup {
            None => (poll, None),
            // A panic is resumed after the cleanup.
            Some(_) if awaited => (
                q!(#private::until_panic(|| #poll)),
                Some(q!(let __outcome = __cleanup.finish(__outcome).await;)),
            ),
            Some(_) => (poll, Some(q!(__cleanup.finish();))),
        };
        // A value that does not live long enough is found here, and reported at the user's value.
        let (first, last) = *value;
        let matched = quote_spanned!(first=> match __outcome);
        let outcome = quote_spanned! {last=>
            #matched {
                #private::Result::Ok(__value) => __value,
                #private::Result::Err(__tripped) => #leave,
            }
        };
        q! {
            #grant
            #cleanup
            #prologue
            #allow
            let __outcome = {
                #inside
                let __body = #private::pin!(#future);
                let mut __body = #private::Body::new(__body);
                #private::poll_fn(move |__context| #poll).await
            };
            #finish
            #outcome
        }
    }
}

/// The lint for parentheses around an argument is not to find those around what is awaited.
fn without_parentheses(base: &Expr) -> &Expr {
    match base {
        Expr::Paren(inner) if inner.attrs.is_empty() => without_parentheses(&inner.expr),
        other => other,
    }
}

/// For a binding of what is awaited: lints allow that of `()` where they see an await.
pub(crate) fn allow_unit() -> Attribute {
    syn::parse_quote_spanned!(Span::mixed_site()=> #[allow(clippy::let_unit_value)])
}
