//! The arguments of a function whose body becomes a closure or a future, into which they move.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, FnArg, Ident, Pat, PatIdent, PatType};

use crate::args::duration::Timeout;
use crate::emit::arguments::{self as emit, Moved};
use crate::plan::{Leave, Limits, Plan};
use crate::syntax::assigns;
use crate::syntax::calls;
use crate::syntax::function::{Function, is_condition, is_foreign};
use crate::syntax::walk::{self, Visitor};

/// Moves the arguments into the body. They are dropped with the body and in the same order as before, the last one
/// first.
///
/// The body captures what it mentions, and captures are dropped in the order of their mention.
///
/// ```text
/// fn f(a: A, (b, c): B) { body }   =>   fn f(a: A, (b, c): B) { move || { let _ = &c; let _ = &b; let _ = &a; body } .. }
/// ```
///
/// What a pattern does not bind is not captured. Such an argument gets a name and is bound again in the body, and
/// so is every argument after it, because variables are dropped before captures.
///
/// ```text
/// fn f(a: A, (b, _): B) { body }   =>   fn f(a: A, argument_1: B) {
///     move || { let _ = &a; let argument_1 = argument_1; let (b, _) = argument_1; body } ..
/// ```
///
/// Not so if another macro below the attribute may read the names of the arguments, or if a `Budget` or the time of
/// an entry point is made of one of them outside the body: then what is not bound is dropped after everything else.
pub(crate) fn moved(plan: &Plan<'_>, function: &mut Function<'_>) -> Moved {
    let mut body = function.block.to_token_stream();
    if let Leave::Fallback(fallback) = &plan.leave {
        fallback.to_tokens(&mut body);
    }
    let cleanup = (plan.cleanup.as_ref()).map(|cleanup| cleanup.call.to_token_stream());
    // An argument that only the cleanup uses stays outside, with the cleanup.
    let is_for_cleanup = |name: &Ident| {
        let mentioned = (cleanup.as_ref()).is_some_and(|call| calls::mentions(call, name));
        mentioned && !calls::mentions(&body, name)
    };
    let outside = (plan.budget.as_ref()).map(|limits| outside(limits, plan.root));
    let is_outside =
        |name: &Ident| (outside.as_ref()).is_some_and(|tokens| calls::mentions(tokens, name));
    let mut inputs = function.sig.inputs.iter();
    let is_used_outside = inputs.any(|input| match input {
        FnArg::Receiver(_) => false,
        FnArg::Typed(argument) => Bindings::of(&argument.pat).all.iter().any(is_outside),
    });
    let keep_names = is_used_outside || function.attrs.iter().any(is_foreign);
    let mut arguments = MovedArguments::default();
    let mut anew = false;
    for (index, input) in function.sig.inputs.iter_mut().enumerate() {
        let argument = match input {
            FnArg::Receiver(receiver) => {
                arguments.mention(&[], Ident::from(receiver.self_token));
                continue;
            }
            FnArg::Typed(argument) => argument,
        };
        let names = Bindings::of(&argument.pat);
        if names.all.iter().any(is_for_cleanup) {
            continue;
        }
        // A lint reports an unused argument, unless it is mentioned.
        let is_unused =
            |name: &Ident| !name.to_string().starts_with('_') && !calls::mentions(&body, name);
        anew |= !names.are_whole || names.all.iter().any(is_unused);
        if anew && !keep_names {
            arguments.bind_anew(plan, &body, index, argument);
            continue;
        }
        let conditions = argument.attrs.iter().filter(|attr| is_condition(attr));
        let conditions: Vec<_> = conditions.cloned().collect();
        for name in names.all.into_iter().filter(|name| !is_unused(name)) {
            arguments.mention(&conditions, name);
        }
    }
    let assigns = assigns::to_part_of(function.block, &arguments.names);
    let mentions = arguments.mentions.into_iter().rev();
    Moved {
        bindings: mentions.chain([arguments.bindings]).collect(),
        rebound: arguments.rebound,
        assigns,
    }
}

/// The expressions of the scope's budget that are evaluated outside of the body.
fn outside(limits: &Limits<'_>, root: bool) -> TokenStream {
    let mut tokens = TokenStream::new();
    if limits.via_budget.is_none() && !root {
        return tokens;
    }
    let further = limits.via_budget.as_ref();
    let exprs = [
        limits.deadline,
        limits.iterations,
        further.and_then(|it| it.budget),
        further.and_then(|it| it.depth),
        further.and_then(|it| it.cancel),
    ];
    let times = [
        limits.timeout,
        limits.reserve,
        further.and_then(|it| it.cpu),
    ];
    let computed = (times.into_iter().flatten()).filter_map(|time| match time {
        Timeout::Expr(expr) => Some(&**expr),
        Timeout::Nanos(_) => None,
    });
    for expr in exprs.into_iter().flatten().chain(computed) {
        expr.to_tokens(&mut tokens);
    }
    tokens
}

#[derive(Default)]
struct MovedArguments {
    /// The arguments that are captured.
    names: Vec<Ident>,
    mentions: Vec<TokenStream>,
    /// The bindings of those that are bound again, in the body and for the fallback.
    bindings: TokenStream,
    rebound: TokenStream,
}

impl MovedArguments {
    fn mention(&mut self, conditions: &[Attribute], name: Ident) {
        self.mentions.push(emit::mention(conditions, &name));
        self.names.push(name);
    }

    /// Gives the argument a name, and binds its pattern to that name.
    fn bind_anew(
        &mut self,
        plan: &Plan<'_>,
        body: &TokenStream,
        index: usize,
        argument: &mut PatType,
    ) {
        let pat = argument.pat.clone();
        let attrs = argument.attrs.clone();
        argument.attrs.retain(is_condition);
        let conditions = &argument.attrs;
        let (name, simple) = match &*pat {
            Pat::Ident(pat) => (
                emit::ours(&pat.ident, index),
                pat.by_ref.is_none() && pat.subpat.is_none(),
            ),
            _ => (emit::argument(index), false),
        };
        let unused = match &*pat {
            Pat::Wild(_) => true,
            // Lints object to mentioning it, so only the body itself may.
            Pat::Ident(pat) if simple && pat.ident.to_string().starts_with('_') => {
                !calls::mentions(body, &pat.ident)
            }
            _ => false,
        };
        if !simple || unused {
            let mutable = Bindings::of(&pat).borrow_mutably;
            self.bindings
                .extend(emit::rebind_whole(conditions, &name, mutable));
        }
        if !unused {
            self.bindings.extend(emit::rebind(&attrs, &pat, &name));
        }
        if let Leave::Fallback(fallback) = &plan.leave {
            let fallback = fallback.to_token_stream();
            if Bindings::of(&pat)
                .all
                .iter()
                .any(|name| calls::mentions(&fallback, name))
            {
                self.rebound
                    .extend(emit::rebind_for_fallback(conditions, &pat, &name));
            }
        }
        *argument.pat = Pat::Ident(PatIdent {
            attrs: Vec::new(),
            by_ref: None,
            mutability: None,
            ident: name,
            subpat: None,
        });
    }
}

/// The names that a pattern binds.
struct Bindings {
    all: Vec<Ident>,
    /// Whether the names take the whole value.
    are_whole: bool,
    /// Whether some of it is bound with `ref mut`.
    borrow_mutably: bool,
}

impl Bindings {
    fn of(pat: &Pat) -> Self {
        let mut names = Self {
            all: Vec::new(),
            are_whole: is_whole(pat),
            borrow_mutably: false,
        };
        names.visit_pat_mut(&mut pat.clone());
        names
    }
}

impl Visitor for Bindings {
    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        // A name that begins with a capital may be a constant.
        if !pat.ident.to_string().starts_with(char::is_uppercase) {
            self.all.push(pat.ident.clone());
        }
        self.borrow_mutably |= pat.by_ref.is_some() && pat.mutability.is_some();
        walk::pat_ident(self, pat);
    }
}

/// Whether the pattern binds its whole value by moving it.
fn is_whole(pat: &Pat) -> bool {
    match pat {
        Pat::Ident(pat) => {
            let is_name = !pat.ident.to_string().starts_with(char::is_uppercase);
            pat.by_ref.is_none() && pat.subpat.is_none() && is_name
        }
        Pat::Tuple(pat) => pat.elems.iter().all(is_whole),
        Pat::Paren(pat) => is_whole(&pat.pat),
        _ => false,
    }
}
